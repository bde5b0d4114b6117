using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Delivery;

/// <summary>Webhooks to a receiver that verifies them by the library of Standard Webhooks.</summary>
public sealed partial class WebhookTests(MailedRegistry city) : IClassFixture<MailedRegistry>
{
    [Fact]
    public async Task A_receiver_that_was_down_gets_what_waited_also_after_the_registry_was_killed()
    {
        using var administrator = await city.SignInAsync("administrator");
        var port = FreePort();
        var secret = await AddAsync(administrator, $"http://127.0.0.1:{port}/hook");
        var change = await city.SubmitChangeAsync("Of a webhook.");
        await WaitForAsync(administrator, "No connection could be made.");
        var waiting = await city.AskAsync("select message || body from registry.occasion where kind = 'change-submitted'");

        await city.Host.KillAsync();
        await city.Host.StartAsync();
        administrator.GoTo(city.Host.Http);
        await using var receiver = await Receiver.StartWebhookAsync(port, secret);
        await city.AskAsync("update registry.delivery set next_at = now() where state = 'waiting'");
        var received = await receiver.NextAsync();
        Assert.True(received.GetProperty("isGenuine").GetBoolean());
        Assert.Equal("POST", received.GetProperty("method").GetString());
        Assert.Equal(waiting, received.GetProperty("id").GetString() + received.GetProperty("body").GetString());
        Assert.Contains($"\"path\":\"/staff/changes/{change}\"", waiting, StringComparison.Ordinal);

        await TestAsync(administrator);
        var test = await receiver.NextAsync();
        Assert.True(test.GetProperty("isGenuine").GetBoolean());
        Assert.Contains("\"type\":\"test\"", test.GetProperty("body").GetString(), StringComparison.Ordinal);
        await WaitForAsync(administrator, "data-state=\"delivered\"");
        Assert.DoesNotContain(secret, city.Host.Log, StringComparison.Ordinal);
        Assert.Equal("0", await city.AskAsync($"select count(*) from registry.webhook where secret like '%{secret[6..]}%'"));
    }

    [Fact]
    public async Task An_address_that_is_not_possible_is_refused_by_the_form()
    {
        using var administrator = await city.SignInAsync("administrator");
        foreach (var url in new[] { "http://tools.city.example/", "https://10.0.0.1/", "nonsense" })
            Assert.Equal(
                HttpStatusCode.UnprocessableEntity,
                await administrator.SubmitAsync("/staff/webhooks", new() { ["url"] = url, ["kinds"] = "change-submitted" })
            );
        using var editor = await city.SignInAsync("editor");
        Assert.NotEqual(HttpStatusCode.OK, await editor.SubmitAsync("/staff/webhooks", new() { ["url"] = "https://tools.city.example/" }));
    }

    /// <summary>Adds a webhook. Returns the secret, which the page shows once.</summary>
    private static async Task<string> AddAsync(StaffVisitor administrator, string url)
    {
        var page = await administrator.SubmitForTextAsync("/staff/webhooks", new() { ["url"] = url, ["kinds"] = "change-submitted" });
        var secret = WebUtility.HtmlDecode(SecretCode().Match(page).Groups[1].Value);
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", await administrator.GetTextAsync("/staff/webhooks"), StringComparison.Ordinal);
        return secret;
    }

    private static async Task TestAsync(StaffVisitor administrator)
    {
        var id = WebhookRow().Match(await administrator.GetTextAsync("/staff/webhooks")).Groups[1].Value;
        Assert.Equal(HttpStatusCode.Redirect, await administrator.SubmitAsync("/staff/webhooks?handler=Test", new() { ["webhook"] = id }));
    }

    private static async Task WaitForAsync(StaffVisitor administrator, string text)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await administrator.GetTextAsync("/staff/webhooks")).Contains(text, StringComparison.Ordinal))
        {
            Assert.False(bound.IsCancellationRequested, $"The page never says '{text}'.");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [GeneratedRegex("<code class=\"secret\">([^<]+)</code>")]
    private static partial Regex SecretCode();

    [GeneratedRegex("data-webhook=\"(wh-[a-z2-7]+)\"")]
    private static partial Regex WebhookRow();
}

using System.Net;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Delivery;

/// <summary>Mail from the choice of a person to the link that ends it, through a third-party mail server.</summary>
public sealed partial class MailTests(MailedRegistry city) : IClassFixture<MailedRegistry>
{
    private const string Address = "ana.real@mail.city.example";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_approver_confirms_an_address_gets_what_waits_and_stops_it_in_one_click()
    {
        using var approver = await city.SignInAsync("approver");
        Assert.Contains("only if you enter an address", await approver.GetTextAsync("/staff/account/mail"), StringComparison.Ordinal);
        await ConfirmAsync(approver);

        var change = await city.SubmitChangeAsync("A reason with the name Jordan Doe.");
        var mail = await city.MailServer.NextAsync();
        Assert.Equal(Address, mail.GetProperty("to")[0].GetString());
        var raw = mail.GetProperty("raw").GetString()!;
        Assert.Contains($"Subject: Change request {change} waits for a second person.", raw, StringComparison.Ordinal);
        Assert.Contains($"https://registry.city.example/staff/changes/{change}", raw, StringComparison.Ordinal);
        Assert.Contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("Jordan", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("approver", raw, StringComparison.OrdinalIgnoreCase);

        var stop = StopLink().Match(raw).Groups[1].Value;
        using var mailProgram = new HttpClient { BaseAddress = city.Host.Http };
        Assert.Contains("Stop all mail", await mailProgram.GetStringAsync(stop, Cancellation), StringComparison.Ordinal);
        Assert.Equal("1", await city.AskAsync("select count(*) from registry.mail_address"));
        await PostAsync(mailProgram, stop);
        Assert.Equal("0", await city.AskAsync("select count(*) from registry.mail_address"));
        // A second click, and a link that never was, get the same answer.
        Assert.Equal(await PostAsync(mailProgram, stop), await PostAsync(mailProgram, "/staff/stop-mail/never-was"));

        Assert.DoesNotContain(Address, city.Host.Log, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            "0",
            await city.AskAsync($"select count(*) from registry.ledger_entry where position('{Address}' in encode(bytes, 'escape')) > 0")
        );
    }

    [Fact]
    public async Task A_form_that_cannot_be_accepted_says_why_and_sends_nothing()
    {
        using var editor = await city.SignInAsync("editor");
        foreach (
            var (address, kinds, current) in new[]
            {
                ("no address", "change-approved", city.PasswordOf("editor")),
                (Address, "change-submitted", city.PasswordOf("editor")), // Not of this person's roles.
                (Address, "change-approved", "a wrong password"),
                ("refused@city.example", "change-approved", city.PasswordOf("editor")),
            }
        )
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await SubmitAsync(editor, address, kinds, current));
        Assert.Equal("0", await city.AskAsync("select count(*) from registry.mail_address where address <> '" + Address + "'"));
    }

    [Fact]
    public async Task Pages_say_that_mail_is_not_set_up_and_have_no_form_for_an_address()
    {
        await using var registry = await Snapshot.CreateHostAsync();
        await registry.StartAsync("--sample-staff");
        var line = SignIn().Match(registry.SignInLines.Single(line => line.Contains("administrator@", StringComparison.Ordinal)));
        using var administrator = new StaffVisitor(registry.Http);
        Assert.True(await administrator.SignInAsync(line.Groups[1].Value, line.Groups[2].Value));
        foreach (var page in new[] { "/staff/account/mail", "/staff/webhooks" })
            Assert.Contains("Mail is not set up in this registry", await administrator.GetTextAsync(page), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"address\"", await administrator.GetTextAsync("/staff/account/mail"), StringComparison.Ordinal);
    }

    private async Task ConfirmAsync(StaffVisitor person)
    {
        Assert.Equal(HttpStatusCode.Redirect, await SubmitAsync(person, Address, "change-submitted", city.PasswordOf("approver")));
        var code = Code().Match((await city.MailServer.NextAsync()).GetProperty("raw").GetString()!).Groups[1].Value;
        const string Confirm = "/staff/account/mail?handler=Confirm";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await person.SubmitAsync(Confirm, new() { ["code"] = "00000000x" }));
        Assert.Equal(HttpStatusCode.Redirect, await person.SubmitAsync(Confirm, new() { ["code"] = code }));
    }

    private static Task<HttpStatusCode> SubmitAsync(StaffVisitor person, string address, string kinds, string password) =>
        person.SubmitAsync(
            "/staff/account/mail",
            new()
            {
                ["address"] = address,
                ["kinds"] = kinds,
                ["current"] = password,
            }
        );

    /// <summary>What a mail program posts (RFC 8058), without cookie and without a token of a form.</summary>
    private static async Task<string> PostAsync(HttpClient mailProgram, string path)
    {
        using var body = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        using var answer = await mailProgram.PostAsync(path, body, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    [GeneratedRegex(@"List-Unsubscribe:\s+<https://registry\.city\.example(/staff/stop-mail/[a-z0-9]+)>")]
    private static partial Regex StopLink();

    [GeneratedRegex(@"as (\S+) with (\S+)")]
    private static partial Regex SignIn();

    [GeneratedRegex(@"The code is (\d{8})\.")]
    private static partial Regex Code();
}

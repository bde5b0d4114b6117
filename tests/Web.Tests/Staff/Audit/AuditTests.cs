using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Audit;

/// <summary>What auditors read: readings of single mobile devices, and the security log.</summary>
public sealed class AuditTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Device Mobile => staffed.City.Opening.Devices.First(device => device.KindOf.IsMobile);

    [Fact]
    public async Task A_reading_of_a_mobile_device_stands_on_the_auditors_page_and_in_their_API()
    {
        var (clerk, clerkToken, _) = staffed.City.Staff.AddWithToken("clerk-" + Guid.NewGuid().ToString("n"), Role.DeviceClerk);
        await AskAsync($"/api/v1/devices/{Mobile.Id}", clerkToken);
        using var auditor = await staffed.SignedInAsync(Role.Auditor);
        var row = (await auditor.DocumentAsync($"/staff/audit?reader={clerk.Id}")).QuerySelector("tr[data-reading]")!;
        Assert.All(new[] { clerk.Name, Mobile.Id, "state" }, word => Assert.Contains(word, row.TextContent));
        Assert.Empty((await auditor.DocumentAsync("/staff/audit?reader=x&device=A%20B")).QuerySelectorAll("tr[data-reading]"));

        var (_, token, _) = staffed.City.Staff.AddWithToken("auditor-" + Guid.NewGuid().ToString("n"), Role.Auditor);
        var (status, answer) = await AskAsync($"/api/v1/audit/readings?reader={clerk.Id}&device={Mobile.Id}", token);
        Assert.Equal(HttpStatusCode.OK, status);
        var item = answer!["items"]!.AsArray().Single()!;
        Assert.Equal((clerk.Id, Mobile.Id, "state"), ((string)item["reader"]!, (string)item["device"]!, (string)item["what"]!));
        foreach (var query in (string[])["reader=x", "device=A%00", "after=x", "limit=0"])
            Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync("/api/v1/audit/readings?" + query, token)).Status);
    }

    [Fact]
    public async Task The_security_log_says_who_did_what_and_from_where_and_who_read_it()
    {
        var (person, _, password) = staffed.City.Staff.AddWithToken("person-" + Guid.NewGuid().ToString("n"), Role.Editor);
        using (var visitor = staffed.Visitor())
        {
            await visitor.SignInAsync(person.SignIn, "a wrong password");
            await visitor.SignInAsync(person.SignIn, password);
            await visitor.GetAsync("/staff/ingest"); // It needs another role.
            await visitor.PostAsync("/staff/sign-out");
        }

        Assert.Equal(
            [
                new(SecurityEventKind.SignInRefused, null, person.Id, null, "127.0.0.1", "password"),
                new(SecurityEventKind.SignedIn, person.Id, null, null, "127.0.0.1", "password"),
                new(SecurityEventKind.AccessRefused, person.Id, null, null, "127.0.0.1"),
                new(SecurityEventKind.SignedOut, person.Id, null, null, "127.0.0.1"),
            ],
            staffed.City.SecurityLog.Of(person.Id)
        );
        var (auditor, token, _) = staffed.City.Staff.AddWithToken("auditor-" + Guid.NewGuid().ToString("n"), Role.Auditor);
        var (_, answer) = await AskAsync($"/api/v1/audit/security?staff={person.Id}&kind=signed-in", token);
        Assert.Equal("127.0.0.1", (string?)answer!["items"]!.AsArray().Single()!["address"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync("/api/v1/audit/security?kind=no-kind", token)).Status);
        Assert.Contains(staffed.City.SecurityLog.Of(auditor.Id), one => one is { Kind: SecurityEventKind.AuditRead, Detail: "security" });
        using var page = await staffed.SignedInAsync(Role.Auditor);
        var rows = (await page.DocumentAsync($"/staff/audit/security?staff={person.Id}")).QuerySelectorAll("tr[data-kind]");
        Assert.Equal(4, rows.Length);
    }

    [Fact]
    public async Task A_refused_sign_in_stores_nothing_that_was_typed()
    {
        const string Typed = "my-password-in-the-wrong-field";
        using var visitor = staffed.Visitor();
        await visitor.SignInAsync(Typed, Typed);
        await AskAsync("/api/v1/changes", "srt_" + Typed);
        Assert.Contains(staffed.City.SecurityLog.All, one => one is { Kind: SecurityEventKind.TokenRefused, Actor: null });
        Assert.DoesNotContain(staffed.City.SecurityLog.All, one => one.ToString().Contains("wrong-field", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_is_used_often_is_recorded_once_an_hour()
    {
        var (person, token, _) = staffed.City.Staff.AddWithToken("busy-" + Guid.NewGuid().ToString("n"), Role.Editor);
        for (var i = 0; i < 5; i++)
            await AskAsync("/api/v1/changes", token);
        Assert.Single(staffed.City.SecurityLog.Of(person.Id));
        staffed.City.Time.Advance(TimeSpan.FromHours(1));
        await AskAsync("/api/v1/changes", token);
        Assert.Equal(2, staffed.City.SecurityLog.Of(person.Id).Length);
    }

    private async Task<(HttpStatusCode Status, JsonNode? Answer)> AskAsync(string address, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await staffed.City.Reader.SendAsync(request, Cancellation);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation)));
    }
}

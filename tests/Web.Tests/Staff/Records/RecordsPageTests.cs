using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;
using SurveillanceRegistry.Web.Tests.Staff.Devices;

namespace SurveillanceRegistry.Web.Tests.Staff.Records;

/// <summary>The page on which a records officer places and ends legal holds.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class RecordsPageTests(StaffedCity staffed)
{
    private const string Page = "/staff/records";

    [Fact]
    public async Task A_records_officer_places_a_hold_and_the_page_says_that_nothing_is_deleted()
    {
        using var officer = await staffed.SignedInAsync(Role.RecordsOfficer);
        Assert.Contains("Deleted after 365 days", await SaysAsync(officer, "security-log"), StringComparison.Ordinal);
        var placed = await officer.PostAsync(Page, ("records", "security-log"), ("reference", "Request P-2026-17"));
        var shown = placed.Headers.Location!.ToString();
        Assert.StartsWith("/staff/records?placed=", shown, StringComparison.Ordinal);
        Assert.Contains("Request P-2026-17", await officer.HtmlAsync(shown), StringComparison.Ordinal);
        Assert.Contains("none is deleted", await SaysAsync(officer, "security-log"), StringComparison.Ordinal);

        var ended = await officer.PostAsync($"{Page}?handler=Release", ("hold", shown.Split('=')[1]));
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        Assert.Contains("Deleted after 365 days", await SaysAsync(officer, "security-log"), StringComparison.Ordinal);
        var again = await officer.PostAsync($"{Page}?handler=Release", ("hold", shown.Split('=')[1]));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
    }

    [Theory]
    [InlineData("security-log", "", "Say what the hold is for")]
    [InlineData("heartbeats", "two\u202Elines", "expected a text on one line")]
    [InlineData("ledger", "Request P-2026-17", "heartbeats")]
    public async Task A_hold_that_cannot_be_placed_is_told_with_what_to_do(string records, string reference, string told)
    {
        using var officer = await staffed.SignedInAsync(Role.RecordsOfficer);
        var refused = await officer.PostAsync(Page, ("records", records), ("reference", reference));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(told, await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_auditor_reads_the_holds_and_places_none()
    {
        using var auditor = await staffed.SignedInAsync(Role.Auditor);
        Assert.DoesNotContain("Place this hold", await auditor.HtmlAsync(Page), StringComparison.Ordinal);
        var refused = await auditor.PostAsync(Page, ("records", "heartbeats"), ("reference", "Request P-2026-17"));
        Assert.NotEqual("/staff/records", refused.Headers.Location?.ToString().Split('?')[0]);
        Assert.Contains("href=\"/staff/records\"", await auditor.HtmlAsync("/staff"), StringComparison.Ordinal);
    }

    private static async Task<string> SaysAsync(Visitor officer, string records) =>
        (await officer.DocumentAsync(Page)).QuerySelector($"dd[data-records='{records}']")!.TextContent;
}

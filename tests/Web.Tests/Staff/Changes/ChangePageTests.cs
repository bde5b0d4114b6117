using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Changes;

/// <summary>What the page of a change request tells before it is decided.</summary>
public sealed class ChangePageTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    [Fact]
    public async Task A_conflict_with_a_text_to_come_is_told_to_the_approver_and_on_the_desk()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        Assert.Empty((await editor.DocumentAsync("/staff")).QuerySelectorAll("[data-from='2027-03-01']"));
        var form = (await StaffForm.OpenAsync(editor, "/staff/amend/spd-manual-16.170/alpr"))
            .With("from", "March 1, 2027")
            .With("retention-0-bound", "minimum")
            .With("retention-0-number", "50")
            .With("source-title", "SPD Manual 16.170, as amended");
        var why = await form.AcceptedAsync();
        var request = why[..^"/why".Length];

        using var approver = await staffed.SignedInAsync(Role.Approver);
        var told = (await approver.DocumentAsync(request)).QuerySelector("section[aria-labelledby=conflicts]")!;
        Assert.Equal("What it would conflict with", told.QuerySelector("h2")!.TextContent);
        var conflict = Assert.Single(told.QuerySelectorAll("li")).TextContent;
        Assert.Contains("From March 1, 2027 on: Laws of 2026 ch. 239 says: all recordings are kept at most 21 days", conflict);
        Assert.Contains("SPD Manual 16.170 says: patrol reads are kept at least 50 days.", conflict);
        Assert.Contains("The minimum is longer than the limit: both cannot be kept.", conflict);

        await staffed.ApproveAsync(editor, why);
        Assert.Single((await editor.DocumentAsync("/staff")).QuerySelectorAll("[data-from='2027-03-01']"));
        Assert.Null((await approver.DocumentAsync(request)).QuerySelector("section[aria-labelledby=conflicts]"));
    }
}

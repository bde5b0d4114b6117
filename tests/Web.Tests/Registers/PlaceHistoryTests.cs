using System.Net;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Registers;

/// <summary>The public page of the past of a place.</summary>
public sealed class PlaceHistoryTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private const string Bridge = "/places/harbor-bridge";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("?asOf=2026-11-22")]
    [InlineData("?knownAt=2026-11-22T12:00:00Z&lang=es")]
    public async Task A_place_asked_for_another_time_leads_to_its_past(string query)
    {
        using var visitor = staffed.Visitor();
        using var answer = await visitor.GetAsync(Bridge + query);
        Assert.Equal((HttpStatusCode.Redirect, Bridge + "/history" + query), (answer.StatusCode, answer.Headers.Location?.ToString()));
    }

    [Fact]
    public async Task A_retired_place_keeps_its_page_which_says_so_with_every_version()
    {
        using var visitor = staffed.Visitor();
        await RecordAsync("old-corner", "Old corner", null);
        var known = staffed.City.Time.GetUtcNow();
        staffed.City.Time.Advance(TimeSpan.FromHours(1));
        await RecordAsync("old-corner", "Older corner", known.AddDays(-9));
        await RecordAsync("old-corner", "Older corner", null, isRetired: true);

        using var answer = await visitor.GetAsync("/places/old-corner");
        Assert.Equal("/places/old-corner/history", answer.Headers.Location?.ToString());
        var page = await visitor.DocumentAsync("/places/old-corner/history");
        Assert.Contains("This place is retired since", page.QuerySelector("[data-retired]")!.TextContent);
        Assert.Equal(["3", "2", "1"], page.QuerySelectorAll("tr[data-version]").Select(row => row.GetAttribute("data-version")));
        Assert.Equal("2", await ShownAsync($"?asOf={LedgerEntry.FormatTime(known)}"));
        Assert.Equal("1", await ShownAsync($"?asOf={LedgerEntry.FormatTime(known)}&knownAt={LedgerEntry.FormatTime(known)}"));
        Assert.Null(await ShownAsync("?asOf=2026-10-01"));
        Assert.Contains("Fuera de servicio", await visitor.HtmlAsync("/places/old-corner/history?lang=es"));
        Assert.DoesNotContain("old-corner", await visitor.HtmlAsync("/places"));

        async Task<string?> ShownAsync(string query) =>
            (await visitor.DocumentAsync("/places/old-corner/history" + query))
                .QuerySelector("dl[data-version]")
                ?.GetAttribute("data-version");
    }

    [Theory]
    [InlineData("/places/never/history", HttpStatusCode.NotFound)]
    [InlineData("/places/never?asOf=2026-11-22", HttpStatusCode.Redirect)]
    [InlineData(Bridge + "/history?asOf=then", HttpStatusCode.BadRequest)]
    public async Task A_past_that_there_is_not_is_refused(string address, HttpStatusCode status)
    {
        using var visitor = staffed.Visitor();
        Assert.Equal(status, (await visitor.GetAsync(address)).StatusCode);
    }

    private async Task RecordAsync(string id, string name, DateTimeOffset? since, bool isRetired = false)
    {
        var places = staffed.City.Memory.Places;
        var place = new Place(id, name, "9 Main St", "the corner") { IsRetired = isRetired };
        var act = new RegisterAct(new Attribution("device-clerk"), "why", staffed.City.Time.GetUtcNow(), since);
        var latest = await places.FindAsync(id, null, Cancellation);
        var outcome = latest is null
            ? await places.RegisterAsync(place, act, Cancellation)
            : await places.ChangeAsync(place, latest.Number, act, Cancellation);
        Assert.True(outcome.IsDone);
        await staffed.City.Grains.Place(id).MarkDevicesChanged();
    }
}

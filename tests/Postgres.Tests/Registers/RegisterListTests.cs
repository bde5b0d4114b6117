using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Registers.Lists;
using SurveillanceRegistry.Postgres.Registers;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Registers;

/// <summary>A list is recorded as a whole, or not at all.</summary>
public sealed class RegisterListTests(SharedCluster cluster)
{
    private static readonly RegisterAct Act = new(new Attribution("operator"), "The list of 2026.", SmallCity.Noon.AddMinutes(1));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_of_places_is_recorded_with_an_entry_for_each_row_or_not_at_all()
    {
        await using var database = await cluster.NewCityAsync();
        var places = new PlaceInventory(database.Source);
        var lobby = (await places.FindAsync(SmallCity.Lobby, null, Cancellation))!;
        ListedChange<Place> added = new(2, new Place("corner", "Corner", "2 Main St", "the corner"), 0),
            renamed = new(3, lobby.Value with { Name = "Main lobby" }, lobby.Number),
            stale = new(4, lobby.Value with { Name = "Another" }, lobby.Number);
        var refused = await places.RecordAsync([added, renamed, stale], Act, Cancellation);
        Assert.StartsWith("Row 4: ", refused.Refusals.Single().Sentence, StringComparison.Ordinal);
        Assert.Null(await places.FindAsync("corner", null, Cancellation));
        Assert.Equal(lobby, await places.FindAsync(SmallCity.Lobby, null, Cancellation));

        Assert.Equal(2, (await places.RecordAsync([added, renamed], Act, Cancellation)).Value!.Count);
        Assert.Equal("Corner", (await places.FindAsync("corner", null, Cancellation))!.Value.Name);
        var history = await places.HistoryAsync(SmallCity.Lobby, Cancellation);
        Assert.Equal(("Main lobby", "The list of 2026."), (history[^1].Version.Value.Name, history[^1].Reason));
    }

    [Fact]
    public async Task A_place_that_something_names_is_not_retired_by_a_list()
    {
        await using var database = await cluster.NewCityAsync();
        var places = new PlaceInventory(database.Source);
        var lobby = (await places.FindAsync(SmallCity.Lobby, null, Cancellation))!;
        var refused = await places.RecordAsync(
            [new ListedChange<Place>(2, lobby.Value with { IsRetired = true }, lobby.Number)],
            Act,
            Cancellation
        );
        Assert.Contains("Row 2: Place 'lobby' is still named by", refused.Refusals.Single().Sentence, StringComparison.Ordinal);
    }
}

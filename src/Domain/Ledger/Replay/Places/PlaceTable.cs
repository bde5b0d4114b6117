using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Places;

/// <summary>The places.</summary>
internal sealed class PlaceTable(OlderEntries older) : ReplayedTable("place", ["id"], ["body", "entry"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.PlaceRegistered];

    public override void Apply(in ReplayedEntry entry) =>
        Expect(entry.RequiredText("id"), entry.Index, Held.Json(entry.Body.GetProperty("registered")), Held.Number(entry.Index));

    protected override bool IsOlder(string?[] stored) => older.MadePlaces(stored[2]);
}

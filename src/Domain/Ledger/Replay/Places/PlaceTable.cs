using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Places;

/// <summary>The places as they are now.</summary>
internal sealed class PlaceTable(OlderEntries older) : ReplayedTable("place", ["id"], ["body", "entry", "version"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.PlaceRegistered, LedgerKinds.PlaceChanged];

    public override void Apply(in ReplayedEntry entry)
    {
        var id = entry.RequiredText("id");
        var isNew = entry.Kind == LedgerKinds.PlaceRegistered;
        Expect(
            id,
            entry.Index,
            Held.Json(entry.Body.GetProperty("registered")),
            isNew ? Held.Number(entry.Index) : Find(id)?[1] ?? Held.NotHeld,
            Held.Number(isNew ? 1 : entry.RequiredNumber("version"))
        );
    }

    protected override bool IsOlder(string?[] stored) => older.MadePlaces(stored[2]);
}

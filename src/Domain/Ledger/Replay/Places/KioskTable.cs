using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Places;

/// <summary>The screens as they are now.</summary>
internal sealed class KioskTable(OlderEntries older) : ReplayedTable("kiosk", ["id"], ["place", "body", "entry", "version"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.KioskRegistered, LedgerKinds.KioskChanged];

    public override void Apply(in ReplayedEntry entry)
    {
        var id = entry.RequiredText("id");
        var isNew = entry.Kind == LedgerKinds.KioskRegistered;
        Expect(
            id,
            entry.Index,
            Held.Text(entry.RequiredText("place")),
            Held.Json(entry.Body.GetProperty("registered")),
            isNew ? Held.Number(entry.Index) : Find(id)?[2] ?? Held.NotHeld,
            Held.Number(isNew ? 1 : entry.RequiredNumber("version"))
        );
    }

    protected override bool IsOlder(string?[] stored) => older.MadePlaces(stored[3]);
}

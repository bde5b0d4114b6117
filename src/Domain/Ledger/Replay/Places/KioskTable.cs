using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Places;

/// <summary>The screens.</summary>
internal sealed class KioskTable(OlderEntries older) : ReplayedTable("kiosk", ["id"], ["place", "body", "entry"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.KioskRegistered];

    public override void Apply(in ReplayedEntry entry) =>
        Expect(
            entry.RequiredText("id"),
            entry.Index,
            Held.Text(entry.RequiredText("place")),
            Held.Json(entry.Body.GetProperty("registered")),
            Held.Number(entry.Index)
        );

    protected override bool IsOlder(string?[] stored) => older.MadePlaces(stored[3]);
}

using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>The technologies of fleets.</summary>
internal sealed class FleetTable(OlderEntries older) : ReplayedTable("fleet", ["id", "technology"], ["entry"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.FleetRegistered];

    public override void Apply(in ReplayedEntry entry) =>
        Expect($"{entry.RequiredText("fleet")} {entry.RequiredText("technology")}", entry.Index, Held.Number(entry.Index));

    protected override bool IsOlder(string?[] stored) => older.MadeFleets(stored[2]);
}

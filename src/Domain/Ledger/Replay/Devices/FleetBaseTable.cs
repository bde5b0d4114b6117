using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>The places that fleets work from.</summary>
internal sealed class FleetBaseTable() : ReplayedTable("fleet_base", ["fleet"], ["department", "places", "entry"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.FleetBased];

    public override void Apply(in ReplayedEntry entry) =>
        Expect(
            entry.RequiredText("fleet"),
            entry.Index,
            Held.Text(entry.RequiredText("department")),
            Held.Text(entry.Words("places")),
            Held.Number(entry.Index)
        );
}

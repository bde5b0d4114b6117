using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Backups;

/// <summary>The restorations, and from which sequence on notices went on after each.</summary>
internal sealed class RestorationTable() : ReplayedTable("restoration", ["entry"], ["notices_from"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.RegistryRestored];

    public override void Apply(in ReplayedEntry entry) =>
        Expect(LedgerEntry.FormatNumber(entry.Index), entry.Index, Held.Number(entry.RequiredNumber("noticesFrom")));
}

using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Backups;

/// <summary>The drills that were held while the registry ran, and whether the backup held.</summary>
internal sealed class DrillTable() : ReplayedTable("drill", ["entry"], ["at", "holds"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.BackupDrilled];

    public override void Apply(in ReplayedEntry entry) =>
        Expect(LedgerEntry.FormatNumber(entry.Index), entry.Index, Held.Text(entry.At), entry.HeldFlag("holds"));
}

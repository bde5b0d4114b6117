using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>What persons confirmed on the spot.</summary>
internal sealed class AbsenceConfirmationTable() : ReplayedTable("absence_confirmation", ["entry"], ["device", "place", "at", "staff"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.AbsenceConfirmed];

    public override void Apply(in ReplayedEntry entry) =>
        Expect(
            LedgerEntry.FormatNumber(entry.Index),
            entry.Index,
            Held.Text(entry.RequiredText("device")),
            Held.Text(entry.RequiredText("place")),
            Held.Text(entry.At),
            Held.Text(entry.Staff)
        );
}

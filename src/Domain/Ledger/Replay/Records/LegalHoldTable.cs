using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Records;

/// <summary>The legal holds: which records each holds, the hash of what it is for, and when it was placed and ended.</summary>
internal sealed class LegalHoldTable()
    : ReplayedTable("legal_hold", ["entry"], ["records", "reference, salt", "placed_at", "released_entry", "released_at"])
{
    private const int ReleasedEntry = 3,
        ReleasedAt = 4;

    public override ImmutableArray<string> Kinds => [LedgerKinds.LegalHoldPlaced, LedgerKinds.LegalHoldReleased];

    public override void Apply(in ReplayedEntry entry)
    {
        if (entry.Kind == LedgerKinds.LegalHoldPlaced)
        {
            Expect(
                LedgerEntry.FormatNumber(entry.Index),
                entry.Index,
                Held.Text(entry.RequiredText("records")),
                Held.Text(entry.RequiredText("referenceHash")),
                Held.Text(entry.At),
                Held.Text(null),
                Held.Text(null)
            );
            return;
        }

        var hold = Find(LedgerEntry.FormatNumber(entry.Body.GetProperty("hold").GetInt64()))!;
        hold[ReleasedEntry] = Held.Number(entry.Index);
        hold[ReleasedAt] = Held.Text(entry.At);
    }
}

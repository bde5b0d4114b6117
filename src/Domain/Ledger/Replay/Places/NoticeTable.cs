using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Places;

/// <summary>
/// The issued notices. There are far more of them than of anything else, so <see cref="NoticeSums"/> compares them first; this table names
/// the one that differs.
/// </summary>
internal sealed class NoticeTable() : ReplayedTable(TableName, ["place", "sequence"], ["hash", "content_hash"])
{
    public const string TableName = "notice";

    public override ImmutableArray<string> Kinds => [LedgerKinds.NoticeIssued];

    public override void Apply(in ReplayedEntry entry) =>
        Expect(
            $"{entry.RequiredText("place")} {LedgerEntry.FormatNumber(entry.RequiredNumber("sequence"))}",
            entry.Index,
            Held.Text(entry.RequiredText("hash")),
            entry.HeldText("contentHash")
        );

    // Stored: place, sequence, issued_at, payload, protected, signature, hash, content_hash.
    protected override string?[] Read(string?[] stored) => [stored[0], stored[1], stored[6], stored[7]];
}

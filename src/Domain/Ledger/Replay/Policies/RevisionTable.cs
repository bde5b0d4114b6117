using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Ledger.Replay.Devices;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Policies;

/// <summary>The revisions of policy documents: the governance table, the city and the texts of notices.</summary>
internal sealed class RevisionTable(OlderEntries older, RulePeriodTable periods, ExpectedStates expected)
    : ReplayedTable("revision", ["kind", "id", "number"], ["entry", "position", "recorded_at", "change", "body"])
{
    private readonly Dictionary<(string Kind, string Id), int> _positions = [];
    private readonly Dictionary<string, int> _nextPositions = new(StringComparer.Ordinal);

    public override ImmutableArray<string> Kinds => [LedgerKinds.DocumentRecorded];

    public override bool IsInEntryOrder => true;

    public override void Apply(in ReplayedEntry entry)
    {
        var kind = entry.RequiredText("document");
        var id = entry.RequiredText("id");
        var hasContent = entry.Body.TryGetProperty("content", out var content) && content.ValueKind != System.Text.Json.JsonValueKind.Null;
        Expect(
            $"{kind} {id} {entry.RequiredNumber("revision")}",
            entry.Index,
            Held.Number(entry.Index),
            PositionOf(kind, id, entry.Number("change")),
            Held.Text(entry.At),
            Held.Text(entry.Number("change") is { } change ? LedgerEntry.FormatNumber(change) : null),
            Held.Hash(entry.RequiredText("sha256"), hasContent ? content : null)
        );
    }

    // Stored: entry, kind, id, number, position, recorded_at, change, body.
    protected override string?[] Read(string?[] stored) =>
        [stored[1], stored[2], stored[3], stored[0], stored[4], stored[5], stored[6], stored[7]];

    protected override bool IsOlder(string?[] stored)
    {
        if (!older.MadeDocuments(stored[0]))
            return false;
        Record(stored);
        return true;
    }

    protected override void OnEqual(string?[] stored) => Record(stored);

    private void Record(string?[] stored)
    {
        periods.Record(stored[1]!, stored[7]!, stored[5]!, long.Parse(stored[0]!, CultureInfo.InvariantCulture));
        expected.Record(stored[1]!, stored[2]!, stored[7]!);
    }

    /// <summary>
    /// A document keeps the position that it was first recorded with. A new one stands after all of its kind. In a ledger that does not
    /// have the first documents, positions do not follow from the entries.
    /// </summary>
    private Held PositionOf(string kind, string id, long? change)
    {
        if (change is null && _nextPositions.TryAdd(kind, 0) || _nextPositions.ContainsKey(kind))
        {
            if (!_positions.TryGetValue((kind, id), out var position))
                _positions[(kind, id)] = position = _nextPositions[kind]++;
            return Held.Number(position);
        }

        return Held.NotHeld;
    }
}

using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Policies;

/// <summary>The periods in which rules hold, as they follow from the revisions of instruments.</summary>
internal sealed class RulePeriodTable()
    : ReplayedTable("rule_period", ["instrument", "technology", "number", "effective", "recorded_from"], ["recorded_until"])
{
    private readonly Dictionary<string, (string At, string[] Keys)> _current = new(StringComparer.Ordinal);

    /// <summary>No entry changes them directly: <see cref="RevisionTable"/> records each revision that is as the ledger says.</summary>
    public override ImmutableArray<string> Kinds => [];

    public override void Apply(in ReplayedEntry entry) { }

    /// <summary>
    /// Ends the recorded time of an instrument's periods, and expects those of a new revision. Other documents have none.
    /// </summary>
    /// <param name="recordedAt">When the revision was recorded, as entries write it.</param>
    /// <param name="entry">The entry of the revision.</param>
    public void Record(string kind, string body, string recordedAt, long entry)
    {
        if (kind != Json.Word(DocumentKind.Instrument))
            return;
        var instrument = new PolicyDocument(DocumentKind.Instrument, "", body).Value<Instrument>();
        if (_current.TryGetValue(instrument.Id, out var previous))
        {
            foreach (var key in previous.Keys)
                Find(key)![0] = Held.Text(recordedAt);
        }

        var keys = RulePeriod
            .ForInstrument(instrument)
            .Select(period =>
                $"{instrument.Id} {period.Technology} {period.Number} [{period.From:yyyy-MM-dd},{period.Until:yyyy-MM-dd}) {recordedAt}"
            )
            .ToArray();
        foreach (var key in keys)
            Expect(key, entry, Held.Text(null));
        _current[instrument.Id] = (recordedAt, keys);
    }
}

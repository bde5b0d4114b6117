using System.Collections.Frozen;
using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Policies;

/// <summary>
/// The standing of a pair of technology and instrument on a day. <c>Adopted</c>: its effective date is not known.
/// <c>NotKnown</c>: the registry holds no text for that day, which is never the absence of a rule.
/// </summary>
public enum RuleStatus { Adopted, Scheduled, InForce, Paused, Superseded, Ended, NotKnown }

/// <summary>One row of the governance table: a technology, an instrument, and how they stand on a day.</summary>
/// <param name="Version">The version of the instrument that answers; null when the registry holds no text for the day.</param>
/// <param name="Rule">What that version says of the technology; null with no version.</param>
/// <param name="Next">A later version that was already known on that day and has not begun, or null.</param>
/// <param name="DisagreesWith">Ids of instruments in force for the same technology that state another limit for the same data.</param>
public sealed record GovernanceRow(
    Technology Technology, Instrument Instrument, InstrumentVersion? Version, Rule? Rule,
    RuleStatus Status, Certainty Certainty, InstrumentVersion? Next, ImmutableArray<string> DisagreesWith)
{
    /// <summary>Whether this row may be printed on a sign as the law that governs: it holds, and it was read in its source.</summary>
    public bool IsPrintable => Status is RuleStatus.InForce or RuleStatus.Adopted && Version?.Source.Confidence == Confidence.Sourced;

    /// <summary>
    /// Whether it was adopted, nobody found since when, and it neither allows nor asks anything by itself, such as an ordinance that amends
    /// a section of the code: history of a rule, for those who want to know more.
    /// </summary>
    public bool IsBackground => Status == RuleStatus.Adopted && Instrument.Authorises && Rule is { Capture.IsEmpty: true, Retention.IsEmpty: true, Notice.IsEmpty: true };

    /// <summary>The text that is to follow, as a row of its own; null when none is known.</summary>
    public GovernanceRow? AsScheduled() => Status == RuleStatus.Scheduled ? this
        : Next is null ? null
        : this with { Version = Next, Rule = Next.RuleFor(Technology.Id), Status = RuleStatus.Scheduled, Certainty = Certainty.Certain, Next = null, DisagreesWith = [] };
}

/// <summary>The governance table: every technology, every instrument, every version; asked by day.</summary>
public sealed record GovernanceTable
{
    /// <summary>For each technology, each instrument that ever spoke of it and the versions that did: worked out once, asked often.</summary>
    private readonly ImmutableArray<Pair> _pairs;

    private readonly FrozenDictionary<string, ImmutableArray<Pair>> _pairsOf;

    public GovernanceTable(ImmutableArray<Technology> technologies, ImmutableArray<Instrument> instruments)
    {
        (Technologies, Instruments) = (technologies, instruments);
        var spoken = (from instrument in instruments
                      from texts in instrument.Versions.SelectMany(version => version.Rules, (version, rule) => new Text(version, rule)).GroupBy(text => text.Rule.Technology)
                      select (Instrument: instrument, Texts: texts)).ToLookup(one => one.Texts.Key, StringComparer.Ordinal);
        _pairs = [.. technologies.SelectMany(technology => spoken[technology.Id].Select(one => new Pair(technology, one.Instrument, [.. one.Texts])))];
        _pairsOf = _pairs.GroupBy(pair => pair.Technology.Id).ToFrozenDictionary(pairs => pairs.Key, pairs => pairs.ToImmutableArray(), StringComparer.Ordinal);
    }

    /// <summary>Every technology, in the order of the City's own list.</summary>
    public ImmutableArray<Technology> Technologies { get; }

    /// <summary>Every instrument, in the order of ids.</summary>
    public ImmutableArray<Instrument> Instruments { get; }

    /// <summary>One row for each pair of technology and instrument, of whatever status, as they stand on <paramref name="day"/>.</summary>
    public ImmutableArray<GovernanceRow> On(DateOnly day) => WithDisagreements(_pairs, day);

    /// <summary>The rows of one technology on a day.</summary>
    public ImmutableArray<GovernanceRow> On(DateOnly day, string technology) => _pairsOf.TryGetValue(technology, out var pairs) ? WithDisagreements(pairs, day) : [];

    /// <summary>The rows that are printed as law for units of a technology and department on a day.</summary>
    public ImmutableArray<GovernanceRow> Governing(string technology, string department, DateOnly day) =>
        [.. On(day, technology).Where(row => row.IsPrintable && row.Rule!.AppliesTo(department))];

    private static GovernanceRow Row(Pair pair, DateOnly day)
    {
        var (technology, instrument, texts) = pair;
        Text? next = null, current = null, past = null;
        foreach (var text in texts)
        {
            var effective = text.Version.Effective;
            switch (effective.PhaseOn(day))
            {
                case Phase.Before when next is null && text.Version.IsKnownOn(day):
                    next = text;
                    break;
                // What surely holds goes before what possibly does; among equals, the later text.
                case Phase.During when effective.IsEvidencedOn(day) && (current is not { } held || effective.CertaintyOn(day) <= held.Version.Effective.CertaintyOn(day)):
                    current = text;
                    break;
                case Phase.After:
                    past = text;
                    break;
            }
        }

        if (current is { } now)
        {
            var status = now.Rule.Pauses ? RuleStatus.Paused : now.Version.Effective.IsStartKnownOn(day) ? RuleStatus.InForce : RuleStatus.Adopted;
            return new GovernanceRow(technology, instrument, now.Version, now.Rule, status, now.Version.Effective.CertaintyOn(day), next?.Version, []);
        }

        if (past is { } over)
        {
            var status = over.Version.SupersededBy is null ? RuleStatus.Ended : RuleStatus.Superseded;
            return new GovernanceRow(technology, instrument, over.Version, over.Rule, status, Certainty.Certain, next?.Version, []);
        }

        return next is { } coming
            ? new GovernanceRow(technology, instrument, coming.Version, coming.Rule, RuleStatus.Scheduled, Certainty.Certain, null, [])
            : new GovernanceRow(technology, instrument, null, null, RuleStatus.NotKnown, Certainty.Possible, null, []);
    }

    /// <summary>The rows of pairs that stand in the order of technologies, each with the instruments that it disagrees with.</summary>
    private static ImmutableArray<GovernanceRow> WithDisagreements(ImmutableArray<Pair> pairs, DateOnly day)
    {
        var rows = ImmutableArray.CreateBuilder<GovernanceRow>(pairs.Length);
        for (var first = 0; first < pairs.Length;)
        {
            var technology = pairs[first].Technology.Id;
            var last = first;
            while (last < pairs.Length && pairs[last].Technology.Id == technology)
                rows.Add(Row(pairs[last++], day));
            // Only rows in force that state a limit can disagree: few, however many rows a technology has.
            int[] stating = [.. Enumerable.Range(first, last - first).Where(row => rows[row] is { Status: RuleStatus.InForce, Rule: { } rule } && rule.Retention.Any(one => one is { Bound: RetentionBound.Limit, Days: not null }))];
            foreach (var row in stating)
            {
                ImmutableArray<string> others = [.. stating.Where(other => Disagree(rows[row], rows[other])).Select(other => rows[other].Instrument.Id)];
                if (!others.IsEmpty)
                    rows[row] = rows[row] with { DisagreesWith = others };
            }

            first = last;
        }

        return rows.MoveToImmutable();
    }

    private sealed record Pair(Technology Technology, Instrument Instrument, ImmutableArray<Text> Texts);

    private readonly record struct Text(InstrumentVersion Version, Rule Rule);

    private static bool Disagree(GovernanceRow one, GovernanceRow other) =>
        one.Instrument.Id != other.Instrument.Id
        && one.Rule!.Retention.Any(mine => other.Rule!.Retention.Any(theirs => Contradict(mine, theirs)));

    private static bool Contradict(Retention mine, Retention theirs) =>
        mine.Bound == RetentionBound.Limit && theirs.Bound == RetentionBound.Limit
        && mine.Days is not null && theirs.Days is not null && mine.Days != theirs.Days
        && (mine.DataClass is null || theirs.DataClass is null || mine.DataClass == theirs.DataClass);
}

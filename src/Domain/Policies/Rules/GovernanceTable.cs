using System.Collections.Frozen;
using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>
/// The standing of a pair of technology and instrument on a day. <c>Adopted</c>: its effective date is not known.
/// <c>NotKnown</c>: the registry holds no text for that day, which is never the absence of a rule.
/// </summary>
public enum RuleStatus
{
    Adopted,
    Scheduled,
    InForce,
    Paused,
    Superseded,
    Ended,
    NotKnown,
}

/// <summary>One row of the governance table: a technology, an instrument, and how they stand on a day.</summary>
/// <param name="Version">The version of the instrument that answers; null when the registry holds no text for the day.</param>
/// <param name="Rule">What that version says of the technology; null with no version.</param>
/// <param name="Next">A later version that was already known on that day and has not begun, or null.</param>
/// <param name="DisagreesWith">Ids of instruments in force for the same technology that state another limit for the same data.</param>
public sealed record GovernanceRow(
    Technology Technology,
    Instrument Instrument,
    InstrumentVersion? Version,
    Rule? Rule,
    RuleStatus Status,
    Certainty Certainty,
    InstrumentVersion? Next,
    ImmutableArray<string> DisagreesWith
)
{
    /// <summary>Whether this row may be printed on a sign as the law that governs: it holds, and it was read in its source.</summary>
    public bool IsPrintable => Status is RuleStatus.InForce or RuleStatus.Adopted && Version?.Source.Confidence == Confidence.Sourced;

    /// <summary>
    /// Whether it was adopted, nobody found since when, and it neither allows nor asks anything by itself, such as an ordinance that amends
    /// a section of the code: history of a rule, for those who want to know more.
    /// </summary>
    public bool IsBackground =>
        Status == RuleStatus.Adopted
        && Instrument.Authorises
        && Rule is { Capture.IsEmpty: true, Retention.IsEmpty: true, Notice.IsEmpty: true };

    /// <summary>The text that is to follow, as a row of its own; null when none is known.</summary>
    public GovernanceRow? AsScheduled() =>
        Status == RuleStatus.Scheduled ? this
        : Next is null ? null
        : this with
        {
            Version = Next,
            Rule = Next.RuleFor(Technology.Id),
            Status = RuleStatus.Scheduled,
            Certainty = Certainty.Certain,
            Next = null,
            DisagreesWith = [],
        };
}

/// <summary>The governance table: every technology, every instrument, every version; asked by day.</summary>
public sealed record GovernanceTable
{
    /// <summary>
    /// For each technology, each instrument that ever spoke of it and the versions that did: worked out once, asked often.
    /// </summary>
    private readonly ImmutableArray<Pair> _pairs;

    private readonly FrozenDictionary<string, ImmutableArray<Pair>> _pairsOf;

    public GovernanceTable(ImmutableArray<Technology> technologies, ImmutableArray<Instrument> instruments)
    {
        (Technologies, Instruments) = (technologies, instruments);
        var spoken = (
            from instrument in instruments
            from texts in instrument.Versions.SelectMany(version => version.Rules, Text.Of).GroupBy(text => text.Rule.Technology)
            select (Instrument: instrument, Texts: texts)
        ).ToLookup(one => one.Texts.Key, StringComparer.Ordinal);
        _pairs =
        [
            .. technologies.SelectMany(technology =>
                spoken[technology.Id].Select(one => new Pair(technology, one.Instrument, [.. one.Texts]))
            ),
        ];
        _pairsOf = _pairs
            .GroupBy(pair => pair.Technology.Id)
            .ToFrozenDictionary(pairs => pairs.Key, pairs => pairs.ToImmutableArray(), StringComparer.Ordinal);
    }

    /// <summary>Every technology, in the order of the City's own list.</summary>
    public ImmutableArray<Technology> Technologies { get; }

    /// <summary>Every instrument, in the order of ids.</summary>
    public ImmutableArray<Instrument> Instruments { get; }

    /// <summary>One row for each pair of technology and instrument, of whatever status, as they stand on <paramref name="day"/>.</summary>
    public ImmutableArray<GovernanceRow> On(DateOnly day) => WithDisagreements(_pairs, day);

    /// <summary>The rows of one technology on a day.</summary>
    public ImmutableArray<GovernanceRow> On(DateOnly day, string technology) =>
        _pairsOf.TryGetValue(technology, out var pairs) ? WithDisagreements(pairs, day) : [];

    /// <summary>The rows that are printed as law for units of a technology and department on a day.</summary>
    public ImmutableArray<GovernanceRow> Governing(string technology, string department, DateOnly day) =>
        [.. On(day, technology).Where(row => row.IsPrintable && row.Rule!.AppliesTo(department))];

    private static GovernanceRow Row(Pair pair, DateOnly day)
    {
        var (technology, instrument, texts) = pair;
        Text? next = null,
            current = null,
            past = null;
        foreach (var text in texts)
        {
            var effective = text.Version.Effective;
            switch (text.PhaseOn(day))
            {
                case Phase.Before when next is null && text.Version.IsKnownOn(day):
                    next = text;
                    break;
                // What surely holds goes before what possibly does; among equals, the later text.
                case Phase.During
                    when effective.IsEvidencedOn(day)
                        && (current is not { } held || effective.CertaintyOn(day) <= held.Version.Effective.CertaintyOn(day)):
                    current = text;
                    break;
                case Phase.After:
                    past = text;
                    break;
            }
        }

        if (current is { } now)
        {
            var status =
                now.Rule.Pauses ? RuleStatus.Paused
                : now.Version.Effective.IsStartKnownOn(day) ? RuleStatus.InForce
                : RuleStatus.Adopted;
            return new GovernanceRow(
                technology,
                instrument,
                now.Version,
                now.Rule,
                status,
                now.Version.Effective.CertaintyOn(day),
                next?.Version,
                []
            );
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
        var limits = new List<ImmutableArray<Retention>>();
        for (var first = 0; first < pairs.Length; )
        {
            var technology = pairs[first].Technology.Id;
            var last = first;
            limits.Clear();
            while (last < pairs.Length && pairs[last].Technology.Id == technology)
            {
                var row = Row(pairs[last], day);
                rows.Add(row);
                limits.Add(row is { Status: RuleStatus.InForce, Version: { } version } ? pairs[last].LimitsOf(version) : default);
                last++;
            }

            Disagreements(rows, limits, first);
            first = last;
        }

        return rows.MoveToImmutable();
    }

    /// <summary>
    /// Many rows of a technology state the same limits: those that do disagree with the same others, so each way of stating is held against
    /// each other once.
    /// </summary>
    /// <param name="limits">What each row of the technology states; nothing where it is not in force.</param>
    private static void Disagreements(ImmutableArray<GovernanceRow>.Builder rows, List<ImmutableArray<Retention>> limits, int first)
    {
        var ways = Enumerable
            .Range(0, limits.Count)
            .Where(i => !limits[i].IsDefaultOrEmpty)
            .GroupBy(i => limits[i], SameLimits.Instance)
            .Select(way => (Limits: way.Key, Rows: way.ToArray()))
            .ToArray();
        foreach (var way in ways)
        {
            int[] others =
            [
                .. ways.Where(other => way.Limits.Any(mine => other.Limits.Any(theirs => Contradict(mine, theirs))))
                    .SelectMany(other => other.Rows)
                    .Order(),
            ];
            if (others.Length == 0)
                continue;
            ImmutableArray<string> ids = [.. others.Select(other => rows[first + other].Instrument.Id)];
            foreach (var row in way.Rows)
                rows[first + row] = rows[first + row] with { DisagreesWith = ids.Remove(rows[first + row].Instrument.Id) };
        }
    }

    private sealed record Pair(Technology Technology, Instrument Instrument, ImmutableArray<Text> Texts)
    {
        /// <summary>The limits in days that a version states.</summary>
        public ImmutableArray<Retention> LimitsOf(InstrumentVersion version)
        {
            foreach (var text in Texts)
            {
                if (ReferenceEquals(text.Version, version))
                    return text.Limits;
            }

            return [];
        }
    }

    /// <summary>What a version says of a technology; what is asked of it for every day is worked out once.</summary>
    private readonly record struct Text(
        InstrumentVersion Version,
        Rule Rule,
        DateOnly MayHoldFrom,
        DateOnly SurelyEndedFrom,
        ImmutableArray<Retention> Limits
    )
    {
        public static Text Of(InstrumentVersion version, Rule rule) =>
            new(
                version,
                rule,
                version.Effective.MayHoldFrom,
                version.Effective.SurelyEndedFrom,
                [.. rule.Retention.Where(one => one is { Bound: RetentionBound.Limit, Days: not null })]
            );

        public Phase PhaseOn(DateOnly day) =>
            day < MayHoldFrom ? Phase.Before
            : day >= SurelyEndedFrom ? Phase.After
            : Phase.During;
    }

    /// <summary>Limits are the same when they state the same days for the same data.</summary>
    private sealed class SameLimits : IEqualityComparer<ImmutableArray<Retention>>
    {
        public static SameLimits Instance { get; } = new();

        public bool Equals(ImmutableArray<Retention> x, ImmutableArray<Retention> y)
        {
            if (x.Length != y.Length)
                return false;
            for (var i = 0; i < x.Length; i++)
            {
                if (x[i].Days != y[i].Days || x[i].DataClass != y[i].DataClass)
                    return false;
            }

            return true;
        }

        public int GetHashCode(ImmutableArray<Retention> limits) =>
            limits is [var first, ..] ? HashCode.Combine(limits.Length, first.Days, first.DataClass) : 0;
    }

    private static bool Contradict(Retention mine, Retention theirs) =>
        mine.Days != theirs.Days && (mine.DataClass is null || theirs.DataClass is null || mine.DataClass == theirs.DataClass);
}

using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Policies.Conflicts;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>The governance table: every technology, every instrument and every version, queried by day.</summary>
public sealed record GovernanceTable
{
    /// <summary>
    /// The instruments that have a rule for each technology, with the versions that contain it. Built once, because every page queries it.
    /// </summary>
    private readonly ImmutableArray<Pair> _pairs;

    private readonly FrozenDictionary<string, ImmutableArray<Pair>> _pairsByTechnology;

    public GovernanceTable(ImmutableArray<Technology> technologies, ImmutableArray<Instrument> instruments)
    {
        Technologies = technologies;
        Instruments = instruments;
        var textsByTechnology = (
            from instrument in instruments
            from texts in instrument.Versions.SelectMany(version => version.Rules, VersionRule.From).GroupBy(text => text.Rule.Technology)
            select (Instrument: instrument, Texts: texts)
        ).ToLookup(entry => entry.Texts.Key, StringComparer.Ordinal);
        _pairs =
        [
            .. technologies.SelectMany(technology =>
                textsByTechnology[technology.Id].Select(entry => new Pair(technology, entry.Instrument, [.. entry.Texts]))
            ),
        ];
        _pairsByTechnology = _pairs
            .GroupBy(pair => pair.Technology.Id)
            .ToFrozenDictionary(pairs => pairs.Key, pairs => pairs.ToImmutableArray(), StringComparer.Ordinal);
    }

    /// <summary>Every technology, in the order of the City's own list.</summary>
    public ImmutableArray<Technology> Technologies { get; }

    /// <summary>The ids of the technologies that are retired.</summary>
    [JsonIgnore]
    public ImmutableHashSet<string> RetiredTechnologies =>
        [.. Technologies.Where(technology => technology.IsRetired).Select(technology => technology.Id)];

    /// <summary>Every instrument, in the order of ids.</summary>
    public ImmutableArray<Instrument> Instruments { get; }

    /// <summary>One row for each pair of technology and instrument, whatever its status on the day.</summary>
    public ImmutableArray<GovernanceRow> On(DateOnly day) => WithDisagreements(_pairs, day);

    /// <summary>The rows of one technology on a day.</summary>
    public ImmutableArray<GovernanceRow> On(DateOnly day, string technology) =>
        _pairsByTechnology.TryGetValue(technology, out var pairs) ? WithDisagreements(pairs, day) : [];

    /// <summary>The rows that may be printed as law for devices of a technology and department on a day.</summary>
    public ImmutableArray<GovernanceRow> Governing(string technology, string department, DateOnly day) =>
        [.. On(day, technology).Where(row => row.IsPrintable && row.Rule!.AppliesTo(department))];

    private static GovernanceRow Row(Pair pair, DateOnly day)
    {
        VersionRule? next = null;
        VersionRule? current = null;
        VersionRule? past = null;
        foreach (var text in pair.Texts)
        {
            switch (text.PhaseOn(day))
            {
                case Phase.Before when next is null && text.Version.IsKnownOn(day):
                    next = text;
                    break;
                case Phase.During when text.Version.Effective.IsEvidencedOn(day) && IsPreferred(text, current, day):
                    current = text;
                    break;
                case Phase.After:
                    past = text;
                    break;
            }
        }

        if (current is { } inForce)
            return Row(pair, inForce, CurrentStatus(inForce, day), inForce.Version.Effective.CertaintyOn(day), next);
        if (past is { Version.SupersededBy: var successor } over)
            return Row(pair, over, successor is null ? RuleStatus.Ended : RuleStatus.Superseded, Certainty.Certain, next);
        return next is { } scheduled
            ? Row(pair, scheduled, GovernanceRow.StatusBefore(scheduled.Version), Certainty.Certain, null)
            : new GovernanceRow(pair.Technology, pair.Instrument, null, null, RuleStatus.NotKnown, Certainty.Possible, null, []);
    }

    private static GovernanceRow Row(Pair pair, VersionRule text, RuleStatus status, Certainty certainty, VersionRule? next) =>
        new(pair.Technology, pair.Instrument, text.Version, text.Rule, status, certainty, next?.Version, []);

    /// <summary>A text that is certainly in force is preferred to one that is possibly; among equals, the later one.</summary>
    private static bool IsPreferred(VersionRule text, VersionRule? current, DateOnly day) =>
        current is not { } held || text.Version.Effective.CertaintyOn(day) <= held.Version.Effective.CertaintyOn(day);

    private static RuleStatus CurrentStatus(VersionRule text, DateOnly day)
    {
        if (text.Rule.Pauses)
            return RuleStatus.Paused;
        return text.Version.Effective.IsStartKnownOn(day) ? RuleStatus.InForce : RuleStatus.Adopted;
    }

    /// <summary>The rows of pairs in the order of technologies, each with the instruments that it disagrees with.</summary>
    private static ImmutableArray<GovernanceRow> WithDisagreements(ImmutableArray<Pair> pairs, DateOnly day)
    {
        var rows = ImmutableArray.CreateBuilder<GovernanceRow>(pairs.Length);
        var statements = new List<Statement?>();
        var first = 0;
        while (first < pairs.Length)
        {
            var technology = pairs[first].Technology.Id;
            var last = first;
            statements.Clear();
            while (last < pairs.Length && pairs[last].Technology.Id == technology)
            {
                var row = Row(pairs[last], day);
                rows.Add(row);
                statements.Add(row.MayBeInForce ? Statement.Of(row.Rule!) : null);
                last++;
            }

            SetDisagreements(rows, statements, first);
            first = last;
        }

        return rows.MoveToImmutable();
    }

    /// <summary>
    /// Sets <see cref="GovernanceRow.DisagreesWith"/> for the rows of one technology. Many rows state the same periods and disagree with
    /// the same others, so that only the different statements are compared with each other.
    /// </summary>
    /// <param name="statements">What each row of the technology states; null where it is not in force and cannot be.</param>
    /// <param name="first">The position in <paramref name="rows"/> of the first row of the technology.</param>
    private static void SetDisagreements(ImmutableArray<GovernanceRow>.Builder rows, List<Statement?> statements, int first)
    {
        var groups = Enumerable
            .Range(0, statements.Count)
            .Where(i => statements[i] is { Retentions.IsEmpty: false })
            .GroupBy(i => statements[i]!)
            .Select(group => (Statement: group.Key, Rows: group.ToArray()))
            .ToArray();
        foreach (var group in groups)
        {
            int[] others = [.. groups.Where(other => group.Statement.Contradicts(other.Statement)).SelectMany(other => other.Rows).Order()];
            if (others.Length == 0)
                continue;
            ImmutableArray<string> ids = [.. others.Select(other => rows[first + other].Instrument.Id)];
            foreach (var row in group.Rows)
                rows[first + row] = rows[first + row] with { DisagreesWith = ids.Remove(rows[first + row].Instrument.Id) };
        }
    }

    private sealed record Pair(Technology Technology, Instrument Instrument, ImmutableArray<VersionRule> Texts);

    /// <summary>The periods that a rule states, and the departments that it applies to.</summary>
    private sealed record Statement(ImmutableArray<Retention> Retentions, ImmutableArray<string> Departments)
    {
        public static Statement Of(Rule rule) => new(rule.Retention, rule.Departments);

        public bool Contradicts(Statement other) =>
            RetentionConflict.ConcernSameDepartments(Departments, other.Departments)
            && Retentions.Any(one => other.Retentions.Any(two => RetentionConflict.Contradict(one, two)));

        public bool Equals(Statement? other) =>
            other is not null && Retentions.SequenceEqual(other.Retentions) && Departments.SequenceEqual(other.Departments);

        public override int GetHashCode() =>
            Retentions is [var first, ..]
                ? HashCode.Combine(Retentions.Length, first.Days, first.Months, first.Years, first.DataClass, Departments.Length)
                : 0;
    }

    /// <summary>What a version says of a technology, with the values that every query needs.</summary>
    private readonly record struct VersionRule(
        InstrumentVersion Version,
        Rule Rule,
        DateOnly EarliestPossibleStart,
        DateOnly? LatestPossibleEnd,
        bool IsConditional
    )
    {
        public static VersionRule From(InstrumentVersion version, Rule rule) =>
            new(
                version,
                rule,
                version.Effective.EarliestPossibleStart,
                version.Effective.LatestPossibleEnd,
                version.Effective.Condition is not null
            );

        public Phase PhaseOn(DateOnly day)
        {
            if (IsConditional || day < EarliestPossibleStart)
                return Phase.Before;
            return day >= LatestPossibleEnd ? Phase.After : Phase.During;
        }
    }
}

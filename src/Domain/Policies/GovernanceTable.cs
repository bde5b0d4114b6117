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
public sealed record GovernanceTable(ImmutableArray<Technology> Technologies, ImmutableArray<Instrument> Instruments)
{
    /// <summary>One row for each pair of technology and instrument, of whatever status, as they stand on <paramref name="day"/>.</summary>
    public ImmutableArray<GovernanceRow> On(DateOnly day)
    {
        var rows = from technology in Technologies
                   from instrument in Instruments
                   let versions = instrument.Versions.Where(version => version.RuleFor(technology.Id) is not null).ToArray()
                   where versions.Length > 0
                   select Row(technology, instrument, versions, day);
        return WithDisagreements(rows);
    }

    /// <summary>The rows of one technology on a day.</summary>
    public ImmutableArray<GovernanceRow> On(DateOnly day, string technology) => [.. On(day).Where(row => row.Technology.Id == technology)];

    /// <summary>The rows that are printed as law for units of a technology and department on a day.</summary>
    public ImmutableArray<GovernanceRow> Governing(string technology, string department, DateOnly day) =>
        [.. On(day, technology).Where(row => row.IsPrintable && row.Rule!.AppliesTo(department))];

    private static GovernanceRow Row(Technology technology, Instrument instrument, InstrumentVersion[] versions, DateOnly day)
    {
        var next = versions.FirstOrDefault(version => version.Effective.PhaseOn(day) == Phase.Before && version.IsKnownOn(day));
        var current = versions.Where(version => version.Effective.PhaseOn(day) == Phase.During && version.Effective.IsEvidencedOn(day))
            .OrderBy(version => version.Effective.CertaintyOn(day)).ThenByDescending(version => version.Number).FirstOrDefault();
        if (current is not null)
        {
            var rule = current.RuleFor(technology.Id)!;
            var status = rule.Pauses ? RuleStatus.Paused : current.Effective.IsStartKnownOn(day) ? RuleStatus.InForce : RuleStatus.Adopted;
            return new GovernanceRow(technology, instrument, current, rule, status, current.Effective.CertaintyOn(day), next, []);
        }

        var past = versions.LastOrDefault(version => version.Effective.PhaseOn(day) == Phase.After);
        if (past is not null)
        {
            var status = past.SupersededBy is null ? RuleStatus.Ended : RuleStatus.Superseded;
            return new GovernanceRow(technology, instrument, past, past.RuleFor(technology.Id), status, Certainty.Certain, next, []);
        }

        return next is null
            ? new GovernanceRow(technology, instrument, null, null, RuleStatus.NotKnown, Certainty.Possible, null, [])
            : new GovernanceRow(technology, instrument, next, next.RuleFor(technology.Id), RuleStatus.Scheduled, Certainty.Certain, null, []);
    }

    private static ImmutableArray<GovernanceRow> WithDisagreements(IEnumerable<GovernanceRow> rows)
    {
        var all = rows.ToArray();
        return [.. all.Select(row => row with
        {
            DisagreesWith = [.. all.Where(other => other.Technology.Id == row.Technology.Id && Disagree(row, other)).Select(other => other.Instrument.Id)],
        })];
    }

    private static bool Disagree(GovernanceRow one, GovernanceRow other) =>
        one.Status == RuleStatus.InForce && other.Status == RuleStatus.InForce && one.Instrument.Id != other.Instrument.Id
        && one.Rule!.Retention.Any(mine => other.Rule!.Retention.Any(theirs => Contradict(mine, theirs)));

    private static bool Contradict(Retention mine, Retention theirs) =>
        mine.Bound == RetentionBound.Limit && theirs.Bound == RetentionBound.Limit
        && mine.Days is not null && theirs.Days is not null && mine.Days != theirs.Days
        && (mine.DataClass is null || theirs.DataClass is null || mine.DataClass == theirs.DataClass);
}

using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>A time in which nothing changed of what is known of a unit.</summary>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; null while it lasts.</param>
/// <param name="Capture">What the unit last reported; what it does now, only while it is heard.</param>
public sealed record StateInterval(
    DateTimeOffset From,
    DateTimeOffset? To,
    PresenceState Presence,
    CaptureReport Capture,
    Health Health,
    Evidence Evidence
)
{
    /// <summary>
    /// How the session had ended in which the unit last spoke; null while it was heard, and when it was not known to have ended.
    /// </summary>
    public SessionEnd? SessionEnd { get; init; }

    /// <summary>Whether the unit was heard.</summary>
    public bool IsHeard => DeviceObservation.IsHeardState(Presence);

    internal bool Continues(StateInterval before) =>
        (Presence, Capture, Health, Evidence, SessionEnd)
        == (before.Presence, before.Capture, before.Health, before.Evidence, before.SessionEnd);
}

/// <summary>A change of what was known of a unit, at the moment at which the registry knew it.</summary>
public sealed record StateChange(DateTimeOffset At, DeviceObservation Observation);

/// <summary>A time in which the registry itself was able to see.</summary>
public sealed record ObservedPeriod(DateTimeOffset From, DateTimeOffset To);

/// <summary>How a stretch of time divides: all shares add up to one.</summary>
/// <param name="Heard">The unit was heard.</param>
/// <param name="NotHeard">The registry could see, and did not hear it.</param>
/// <param name="Unseen">The registry itself could not see, or did not know the unit yet.</param>
public sealed record TimeShares(TimeSpan Whole, TimeSpan Heard, TimeSpan NotHeard, TimeSpan Unseen);

/// <summary>
/// What a unit was doing, as intervals without a gap: what changed, laid under the times in which the registry itself could not see. Of
/// such
/// a time nobody knows anything, whatever was known before.
/// </summary>
public sealed class StateHistory
{
    /// <summary>Two periods of seeing with no more than this between them are one: the registry looks once a second.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(6);

    private StateHistory(ImmutableArray<StateInterval> intervals) => Intervals = intervals;

    /// <summary>In order of time, each beginning where the one before ends.</summary>
    public ImmutableArray<StateInterval> Intervals { get; }

    /// <summary>The history of a unit over a time.</summary>
    /// <param name="changes">Every change before <paramref name="to"/>, in the order in which they were known, and at least the last one
    /// before <paramref name="from"/>.</param>
    /// <param name="watch">Every period of seeing that touches the time, oldest first.</param>
    /// <param name="now">Nothing is known of what comes after.</param>
    public static StateHistory Create(
        IReadOnlyList<StateChange> changes,
        IReadOnlyList<ObservedPeriod> watch,
        DateTimeOffset from,
        DateTimeOffset to,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(watch);
        to = to < now ? to : now;
        if (from >= to)
            return new StateHistory([]);
        var seen = Joined(watch, now);
        changes = InOrder(changes);
        var instants = changes
            .Select(change => change.At)
            .Concat(seen.SelectMany(period => new[] { period.From, period.To }))
            .Where(at => at > from && at < to)
            .Append(from)
            .Distinct()
            .Order()
            .ToArray();
        var intervals = ImmutableArray.CreateBuilder<StateInterval>();
        var next = 0;
        DeviceObservation? known = null;
        for (var i = 0; i < instants.Length; i++)
        {
            for (; next < changes.Count && changes[next].At <= instants[i]; next++)
                known = changes[next].Observation;
            var end = i + 1 < instants.Length ? instants[i + 1] : to;
            var isSeen = seen.Any(period => period.From <= instants[i] && instants[i] < period.To);
            var interval =
                known is null ? new StateInterval(instants[i], end, PresenceState.Unknown, default, Health.Ok, Evidence.Registry)
                : isSeen
                    ? new StateInterval(instants[i], end, known.Presence, known.Capture, known.Health, known.Evidence)
                    {
                        SessionEnd = known.SessionEnd,
                    }
                : new StateInterval(instants[i], end, PresenceState.Unknown, known.Capture, known.Health, Evidence.Registry);
            if (intervals.Count > 0 && interval.Continues(intervals[^1]))
                intervals[^1] = intervals[^1] with { To = end };
            else
                intervals.Add(interval);
        }

        if (to == now)
            intervals[^1] = intervals[^1] with { To = null };
        return new StateHistory(intervals.ToImmutable());
    }

    /// <summary>What was known of an instant; null outside the time of this history.</summary>
    public StateInterval? At(DateTimeOffset instant) =>
        Intervals.FirstOrDefault(interval => interval.From <= instant && (interval.To is not { } to || instant < to));

    /// <summary>How the time divides.</summary>
    /// <param name="now">Where an interval that lasts is counted to.</param>
    public TimeShares Availability(DateTimeOffset now)
    {
        TimeSpan Sum(Func<StateInterval, bool> which) =>
            Intervals.Where(which).Aggregate(TimeSpan.Zero, (sum, interval) => sum + ((interval.To ?? now) - interval.From));
        var unseen = Sum(interval => interval.Evidence == Evidence.Registry);
        var heard = Sum(interval => interval.IsHeard);
        var whole = Sum(_ => true);
        return new TimeShares(whole, heard, whole - heard - unseen, unseen);
    }

    /// <summary>
    /// The instants that a local time of a city means on a day: none in the hour that daylight saving leaves out, two in the one that it
    /// repeats.
    /// </summary>
    public static ImmutableArray<DateTimeOffset> Instants(DateTime local, City city)
    {
        ArgumentNullException.ThrowIfNull(city);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(city.TimeZone);
        return zone.IsInvalidTime(local) ? []
            : zone.IsAmbiguousTime(local)
                ? [.. zone.GetAmbiguousTimeOffsets(local).Select(offset => new DateTimeOffset(local, offset).ToUniversalTime()).Order()]
            : [new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime()];
    }

    /// <summary>
    /// By time. What was known later was known later, whatever the clock said: what a clock had written ahead before it was set back does
    /// not come true.
    /// </summary>
    private static List<StateChange> InOrder(IReadOnlyList<StateChange> changes)
    {
        var ordered = new List<StateChange>();
        foreach (var change in changes)
        {
            while (ordered.Count > 0 && ordered[^1].At > change.At)
                ordered.RemoveAt(ordered.Count - 1);
            ordered.Add(change);
        }

        return ordered;
    }

    private static List<ObservedPeriod> Joined(IReadOnlyList<ObservedPeriod> watch, DateTimeOffset now)
    {
        var joined = new List<ObservedPeriod>();
        foreach (var period in watch)
        {
            // The period that lasts is written down once a second: up to now it is not over.
            var until = now - period.To <= Tolerance && period == watch[^1] ? now.AddTicks(1) : period.To;
            if (joined.Count > 0 && period.From - joined[^1].To <= Tolerance)
                joined[^1] = joined[^1] with { To = until > joined[^1].To ? until : joined[^1].To };
            else
                joined.Add(new ObservedPeriod(period.From, until));
        }

        return joined;
    }
}

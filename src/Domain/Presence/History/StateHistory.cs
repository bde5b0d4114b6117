using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>
/// What a device did, as intervals without a gap. Where the registry itself could not observe, the device is unknown, whatever was known
/// before.
/// </summary>
public sealed class StateHistory
{
    /// <summary>
    /// Two observed periods with no more than this between them count as one. The registry extends its period once a second.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(6);

    private StateHistory(ImmutableArray<StateInterval> intervals) => Intervals = intervals;

    /// <summary>In order of time, each beginning where the one before ends.</summary>
    public ImmutableArray<StateInterval> Intervals { get; }

    /// <summary>The history of a device over a time.</summary>
    /// <param name="changes">Every state change before <paramref name="to"/>, in the order in which they were recorded, and at least the
    /// last one before <paramref name="from"/>.</param>
    /// <param name="observed">Every observed period that touches the time, oldest first.</param>
    /// <param name="now">The end of the history when <paramref name="to"/> is later.</param>
    public static StateHistory Create(
        IReadOnlyList<StateChange> changes,
        IReadOnlyList<ObservedPeriod> observed,
        DateTimeOffset from,
        DateTimeOffset to,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(observed);
        to = to < now ? to : now;
        if (from >= to)
            return new StateHistory([]);
        var periods = Join(observed, now);
        var ordered = OrderByTime(changes);
        var instants = Boundaries(ordered, periods, from, to);
        var intervals = ImmutableArray.CreateBuilder<StateInterval>();
        var next = 0;
        DeviceObservation? known = null;
        for (var i = 0; i < instants.Length; i++)
        {
            var start = instants[i];
            for (; next < ordered.Count && ordered[next].At <= start; next++)
                known = ordered[next].Observation;
            var end = i + 1 < instants.Length ? instants[i + 1] : to;
            var isObserved = periods.Any(period => period.From <= start && start < period.To);
            var interval = Interval(start, end, known, isObserved);
            if (intervals.Count > 0 && interval.Continues(intervals[^1]))
                intervals[^1] = intervals[^1] with { To = end, UnregisteredCaptures = interval.UnregisteredCaptures };
            else
                intervals.Add(interval);
        }

        if (to == now)
            intervals[^1] = intervals[^1] with { To = null };
        return new StateHistory(intervals.ToImmutable());
    }

    /// <summary>The interval of an instant; null outside the time of this history.</summary>
    public StateInterval? IntervalAt(DateTimeOffset instant) =>
        Intervals.FirstOrDefault(interval => interval.From <= instant && (interval.To is not { } to || instant < to));

    /// <summary>How the time divides into heard, not heard and not observed.</summary>
    /// <param name="now">The end of an interval that still lasts.</param>
    public TimeShares Availability(DateTimeOffset now)
    {
        TimeSpan Sum(Func<StateInterval, bool> predicate) =>
            Intervals.Where(predicate).Aggregate(TimeSpan.Zero, (sum, interval) => sum + ((interval.To ?? now) - interval.From));
        var unseen = Sum(interval => interval.Evidence == Evidence.Registry);
        var heard = Sum(interval => interval.IsHeard);
        var whole = Sum(_ => true);
        return new TimeShares(whole, heard, whole - heard - unseen, unseen);
    }

    /// <summary>
    /// The instants of a local time in the city: none in the hour that daylight saving skips, two in the hour that it repeats.
    /// </summary>
    public static ImmutableArray<DateTimeOffset> Instants(DateTime local, City city)
    {
        ArgumentNullException.ThrowIfNull(city);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(city.TimeZone);
        if (zone.IsInvalidTime(local))
            return [];
        TimeSpan[] offsets = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local) : [zone.GetUtcOffset(local)];
        return [.. offsets.Select(offset => CalendarEdges.Instant(local, offset)).Order()];
    }

    /// <summary>
    /// The changes by time. A change that was recorded later replaces every earlier one with a later time: such times come from a clock
    /// that was ahead and was set back, and what it recorded for the future did not happen.
    /// </summary>
    private static List<StateChange> OrderByTime(IReadOnlyList<StateChange> changes)
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

    private static List<ObservedPeriod> Join(IReadOnlyList<ObservedPeriod> observed, DateTimeOffset now)
    {
        var joined = new List<ObservedPeriod>();
        foreach (var period in observed)
        {
            // The present period is extended once a second: up to now it is not over.
            var until = now - period.To <= Tolerance && period == observed[^1] ? now.AddTicks(1) : period.To;
            if (joined.Count > 0 && period.From - joined[^1].To <= Tolerance)
                joined[^1] = joined[^1] with { To = until > joined[^1].To ? until : joined[^1].To };
            else
                joined.Add(new ObservedPeriod(period.From, until));
        }

        return joined;
    }

    private static DateTimeOffset[] Boundaries(
        List<StateChange> changes,
        List<ObservedPeriod> periods,
        DateTimeOffset from,
        DateTimeOffset to
    ) =>
        [
            .. changes
                .Select(change => change.At)
                .Concat(periods.SelectMany(period => new[] { period.From, period.To }))
                .Where(at => at > from && at < to)
                .Append(from)
                .Distinct()
                .Order(),
        ];

    private static StateInterval Interval(DateTimeOffset start, DateTimeOffset end, DeviceObservation? known, bool isObserved)
    {
        if (known is null)
            return new StateInterval(start, end, PresenceState.Unknown, default, Health.Ok, Evidence.Registry);
        if (!isObserved)
            known = known.AsUnobserved();
        return new StateInterval(start, end, known.Presence, known.Capture, known.Health, known.Evidence)
        {
            SessionEnd = known.SessionEnd,
            UnregisteredCaptures = known.UnregisteredCaptures ?? default,
        };
    }
}

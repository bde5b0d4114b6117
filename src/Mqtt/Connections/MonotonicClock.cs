namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Limits and pauses are measured on a clock that nobody can set: were it the wall clock, a step back of a day would refuse devices for a
/// day.
/// </summary>
internal static class MonotonicClock
{
    /// <summary>How long the clock has run, from a moment of no meaning.</summary>
    public static TimeSpan MonotonicNow(this TimeProvider time)
    {
        var (now, second) = (time.GetTimestamp(), time.TimestampFrequency);
        return TimeSpan.FromTicks(now / second * TimeSpan.TicksPerSecond + now % second * TimeSpan.TicksPerSecond / second);
    }
}

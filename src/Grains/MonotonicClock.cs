namespace SurveillanceRegistry.Grains;

/// <summary>
/// The process's monotonic clock. Deadlines, limits and pauses are measured on it because no step of the wall clock moves it: a step back
/// of a day would otherwise refuse devices for a day.
/// </summary>
public static class MonotonicClock
{
    /// <summary>The time since an arbitrary moment before the process began.</summary>
    public static TimeSpan MonotonicNow(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var (now, second) = (time.GetTimestamp(), time.TimestampFrequency);
        return TimeSpan.FromTicks(now / second * TimeSpan.TicksPerSecond + now % second * TimeSpan.TicksPerSecond / second);
    }

    /// <summary><see cref="MonotonicNow"/> in whole milliseconds.</summary>
    public static long MonotonicMs(this TimeProvider time) => (long)time.MonotonicNow().TotalMilliseconds;
}

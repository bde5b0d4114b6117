namespace SurveillanceRegistry.Mqtt.SignIn;

/// <summary>
/// Limits how often one kind of event is logged: the first one at once, the following ones together, at most every few seconds.
/// </summary>
internal sealed class LogThrottle
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private TimeSpan _nextLogAt = TimeSpan.MinValue;
    private int _count;

    /// <summary>Counts one event. True if the caller should log now.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="count">How many events there were since the last log line, including this one.</param>
    public bool TryLog(TimeSpan now, out int count)
    {
        lock (_lock)
        {
            count = ++_count;
            if (now < _nextLogAt)
                return false;
            _count = 0;
            _nextLogAt = now + Interval;
            return true;
        }
    }
}

using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Mqtt.SignIn;

/// <summary>
/// How much a client has asked of the broker: so much at once, and so much a second for ever (GCRA, the leaky bucket as a meter). Kept for
/// the client and not for its session, so that signing in again gains nothing.
/// </summary>
internal class RateLimiter
{
    // When all that it asked would be through at the steady rate.
    private TimeSpan _theoreticalArrivalTime;
    private LogThrottle[]? _logThrottles;

    /// <summary>When it last asked for something, on the steady clock.</summary>
    public TimeSpan LastRequestAt { get; private set; }

    /// <summary>Whether the client may ask now; counts it if so.</summary>
    /// <param name="now">On the steady clock.</param>
    public bool TryAcquire(TimeSpan now, Limits limits)
    {
        LastRequestAt = now;
        return TryAdvance(ref _theoreticalArrivalTime, now, limits.PerSecondAndDevice, limits.BurstPerDevice);
    }

    /// <summary>Whether it has used up what it may ask for now.</summary>
    public bool IsExhausted(TimeSpan now, Limits limits)
    {
        var throughAt = _theoreticalArrivalTime;
        return !TryAdvance(ref throughAt, now, limits.PerSecondAndDevice, limits.BurstPerDevice);
    }

    /// <summary>Counts a refusal. True when the log should be told, and of how many.</summary>
    public bool ShouldLog(PublishRejection refusal, TimeSpan now, out int count)
    {
        _logThrottles ??= [.. Enum.GetValues<PublishRejection>().Select(_ => new LogThrottle())];
        return _logThrottles[(int)refusal].TryLog(now, out count);
    }

    /// <summary>Counts one on a meter, if it may still go through.</summary>
    public static bool TryAdvance(ref TimeSpan throughAt, TimeSpan now, int perSecond, int burst)
    {
        var interval = TimeSpan.FromTicks(TimeSpan.TicksPerSecond / perSecond);
        var through = (throughAt > now ? throughAt : now) + interval;
        if (through > now + interval * burst)
            return false;
        throughAt = through;
        return true;
    }
}

/// <summary>
/// Counts what would fill the log if each were said: the first is said at once, and from then on how many there were, at most every few
/// seconds.
/// </summary>
internal sealed class LogThrottle
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private TimeSpan _nextLogAt = TimeSpan.MinValue;
    private int _count;

    /// <summary>Counts one.</summary>
    /// <param name="now">On the steady clock.</param>
    /// <param name="count">How many there were since it was last said, this one among them.</param>
    public bool TryLog(TimeSpan now, out int count)
    {
        lock (_lock)
        {
            count = ++_count;
            if (now < _nextLogAt)
                return false;
            (_count, _nextLogAt) = (0, now + Interval);
            return true;
        }
    }
}

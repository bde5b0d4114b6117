using SurveillanceRegistry.Mqtt.Publishing.Rejections;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// Limits how much a client may ask of the broker: a burst, and a steady rate (GCRA, the leaky bucket as a meter). It belongs to the client
/// and not to its session, so that signing in again gains nothing.
/// </summary>
internal sealed class RateLimiter
{
    /// <summary>How many questions to the register a client has that is over its limit: at once, and a second.</summary>
    private const int Lookups = 10,
        LookupsPerSecond = 1;

    private TimeSpan _theoreticalArrivalTime;
    private TimeSpan _lookupArrivalTime;
    private LogThrottle[]? _logThrottles;

    /// <summary>When the client last asked for something; monotonic time.</summary>
    public TimeSpan LastRequestAt { get; private set; }

    /// <summary>Whether the client may ask now; counts the request if so.</summary>
    /// <param name="now">Monotonic time.</param>
    public bool TryAcquire(TimeSpan now, Limits limits)
    {
        LastRequestAt = now;
        return TryAdvance(ref _theoreticalArrivalTime, now, limits.PerSecondAndDevice, limits.BurstPerDevice);
    }

    /// <summary>
    /// Whether the register is not asked which device the client means: it is over its limit, and has used the few questions that it has
    /// beyond it. Without those, one device behind a gateway could hide what the others say.
    /// </summary>
    public bool MayNotAskRegister(TimeSpan now, Limits limits)
    {
        var arrivalTime = _theoreticalArrivalTime;
        return !TryAdvance(ref arrivalTime, now, limits.PerSecondAndDevice, limits.BurstPerDevice)
            && !TryAdvance(ref _lookupArrivalTime, now, LookupsPerSecond, Lookups);
    }

    /// <summary>Counts a refusal. True if the caller should log now.</summary>
    /// <param name="count">How many refusals for this reason the log line stands for.</param>
    public bool ShouldLog(PublishRejection rejection, TimeSpan now, out int count)
    {
        _logThrottles ??= [.. Enum.GetValues<PublishRejection>().Select(_ => new LogThrottle())];
        return _logThrottles[(int)rejection].TryLog(now, out count);
    }

    /// <summary>Counts one request, unless it is over the limit.</summary>
    public static bool TryAdvance(ref TimeSpan theoreticalArrivalTime, TimeSpan now, int perSecond, int burst)
    {
        var interval = TimeSpan.FromTicks(TimeSpan.TicksPerSecond / perSecond);
        var next = (theoreticalArrivalTime > now ? theoreticalArrivalTime : now) + interval;
        if (next > now + interval * burst)
            return false;
        theoreticalArrivalTime = next;
        return true;
    }
}

using System.Collections.Concurrent;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// How much one device may publish. An ordinary device speaks once in ten seconds and says every change at once; one that was cut off for a
/// day brings a day's heartbeats with it. Both are far inside; what is beyond is a fault or an attack. Kept for the device, not for its
/// session, so that signing in again gains nothing.
/// </summary>
internal sealed class Pace(TimeProvider time)
{
    /// <summary>How many it may publish at once: a day of heartbeats, and some.</summary>
    public const int MostAtOnce = 10_000;

    /// <summary>How many it may publish a second for ever: a hundred times the ordinary.</summary>
    public const int MostPerSecond = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1) / MostPerSecond, Credit = Interval * MostAtOnce;

    // For each device the instant at which all that it published would be through at the steady rate (GCRA, the leaky bucket as a meter).
    private readonly ConcurrentDictionary<string, DateTimeOffset> _through = new(StringComparer.Ordinal);

    /// <summary>Whether the device may publish now; counts it if so. A device has one publish in flight, so nobody counts beside it.</summary>
    public bool Allows(string deviceId)
    {
        var now = time.GetUtcNow();
        var through = _through.TryGetValue(deviceId, out var before) && before > now ? before : now;
        if (through + Interval > now + Credit)
            return false;
        _through[deviceId] = through + Interval;
        return true;
    }
}

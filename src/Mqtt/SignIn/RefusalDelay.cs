using System.Diagnostics;

namespace SurveillanceRegistry.Mqtt.SignIn;

/// <summary>
/// Delays the answer to a refused sign-in, so that its time tells nothing. A look-up that finds a device takes longer than one that finds
/// none, and the ids of mobile devices are not public. Measured with <see cref="Stopwatch"/>: it is about real time on the network.
/// </summary>
internal readonly struct RefusalDelay
{
    /// <summary>Refusals are answered at multiples of this. It is far longer than a look-up takes.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly long _startedAt;

    private RefusalDelay(long startedAt) => _startedAt = startedAt;

    /// <summary>Begins when the sign-in arrives.</summary>
    public static RefusalDelay Begin() => new(Stopwatch.GetTimestamp());

    /// <summary>Waits for the next multiple of <see cref="Step"/>.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) =>
        Task.Delay(Remaining(Stopwatch.GetElapsedTime(_startedAt)), cancellationToken);

    /// <summary>How long to wait after work that took some time. Rounded up to whole milliseconds, as timers are.</summary>
    internal static TimeSpan Remaining(TimeSpan elapsed)
    {
        var steps = Math.Max(1, Math.Ceiling(elapsed / Step));
        return TimeSpan.FromMilliseconds(Math.Ceiling((steps * Step - elapsed).TotalMilliseconds));
    }
}

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

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>Begins when the sign-in arrives.</summary>
    public static RefusalDelay Begin() => new(Stopwatch.GetTimestamp());

    /// <summary>Waits for the next multiple of <see cref="Step"/>.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var answerAt = NextStep(Elapsed);
        // Timers count whole milliseconds and may end just before the time: the rest is waited again.
        for (var rest = answerAt - Elapsed; rest > TimeSpan.Zero; rest = answerAt - Elapsed)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), cancellationToken);
    }

    /// <summary>When to answer, as the time since the sign-in arrived, after work that took some time.</summary>
    internal static TimeSpan NextStep(TimeSpan elapsed) => Math.Max(1, Math.Ceiling(elapsed / Step)) * Step;
}

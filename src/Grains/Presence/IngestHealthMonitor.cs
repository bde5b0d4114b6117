using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Whether the registry itself can see. It can while something can be made durable, heartbeats among it, and while its own clockwork runs.
/// What it could not see it does not call silence: units get their whole deadline again before anybody says so.
/// </summary>
public sealed class IngestHealthMonitor(
    IObservedPeriodRegister watch,
    IngestStatistics figures,
    TimeProvider time,
    ILogger<IngestHealthMonitor> logger
) : BackgroundService
{
    /// <summary>How often it looks, and how far the period that it writes down may lag behind.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>For so long a commit may fail, or the process may stand still, before the registry calls itself blind.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>Sessions that end within so long of each other may end for one reason.</summary>
    public static readonly TimeSpan MassDisconnectWindow = TimeSpan.FromSeconds(10);

    private long _since = long.MinValue / 2,
        _massDisconnectAt = long.MinValue / 2;
    private long? _observedAt;
    private long _period;
    private volatile bool _stalled;

    /// <summary>The registry's steady clock in milliseconds: no step of the wall clock moves it.</summary>
    public static long MonotonicMs(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return (long)time.GetElapsedTime(0).TotalMilliseconds;
    }

    /// <summary>
    /// Since when the registry has been able to see without a break, on the steady clock: not before now, while it cannot. Always, where
    /// nobody watches.
    /// </summary>
    public long ObservingSinceMs => CannotObserve ? MonotonicMs(time) : Volatile.Read(ref _since);

    /// <summary>Whether it cannot see now.</summary>
    /// <remarks>A disk may be full for what is new and take what is changed: then the watch goes on and no heartbeat can be kept.</remarks>
    public bool CannotObserve =>
        _observedAt is { } saw && (_stalled || figures.IsStalled || MonotonicMs(time) - saw > Tolerance.TotalMilliseconds);

    /// <summary>Something happened that looks like our own fault: units get their deadline again.</summary>
    public void RestartDeadlines(string why)
    {
        Volatile.Write(ref _since, MonotonicMs(time));
        logger.LogWarning(
            "The registry doubts its own sight ({Why}): no unit is called silent before its whole deadline has passed again.",
            why
        );
    }

    /// <summary>When so many sessions last broke at once that the fault is more likely ours, on the steady clock.</summary>
    public long MassDisconnectAtMs => Volatile.Read(ref _massDisconnectAt);

    /// <summary>
    /// So many sessions broke at once that the fault is more likely ours: nobody is called dead for it, and nobody silent.
    /// </summary>
    public void ReportMassDisconnect(string why)
    {
        Volatile.Write(ref _massDisconnectAt, MonotonicMs(time));
        RestartDeadlines(why);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Volatile.Write(ref _since, MonotonicMs(time));
        _observedAt = MonotonicMs(time);
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            await CheckAsync(stoppingToken);
        } while (
            !stoppingToken.IsCancellationRequested
            && await timer
                .WaitForNextTickAsync(stoppingToken)
                .AsTask()
                .ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default)
        );
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (figures.IsStalled)
        {
            _stalled = true;
            logger.LogWarning("The registry cannot see: {Count} heartbeats wait and none can be made durable.", figures.InFlight);
            return;
        }

        try
        {
            var wasBlind = CannotObserve;
            if (wasBlind || _period == 0)
                _period = await watch.BeginAsync(time.GetUtcNow(), cancellationToken);
            else
                await watch.ExtendAsync(_period, time.GetUtcNow(), cancellationToken);
            if (wasBlind)
                // Before it counts as seeing: somebody may look for silence at any moment.
                RestartDeadlines("it could not see for a while");
            (_observedAt, _stalled) = (MonotonicMs(time), false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The house closes.
        }
        catch (Exception failure)
        {
            // Whatever the reason: it did not see.
            logger.LogWarning("The registry cannot see: nothing can be made durable ({Reason}).", failure.Message);
        }
    }
}

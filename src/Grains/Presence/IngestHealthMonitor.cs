using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Decides whether the registry can observe devices. It can while heartbeats can be made durable and while its own timers run. An outage
/// of the registry never makes a device silent: after it, every device gets its whole deadline again.
/// </summary>
public sealed class IngestHealthMonitor(
    IObservedPeriodRegister periods,
    IngestStatistics statistics,
    TimeProvider time,
    ILogger<IngestHealthMonitor> logger
) : IPeriodicTask
{
    /// <summary>How often it checks; also how far the recorded observed period may lag behind.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long commits may fail, or the process may stand still, before the registry counts as unable to observe.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>Sessions that end within this time of each other may have ended for one reason.</summary>
    public static readonly TimeSpan MassDisconnectWindow = TimeSpan.FromSeconds(10);

    private long _observingSinceMs = long.MinValue / 2;
    private long _massDisconnectAtMs = long.MinValue / 2;
    private long? _observedAtMs;
    private long _periodId;
    private volatile bool _wasStalled;

    /// <summary>When this registry started: what devices did before is not known to hold now.</summary>
    public DateTimeOffset StartedAt => statistics.Since;

    public TimeSpan Interval => CheckInterval;

    /// <summary>The observed period begins when the first heartbeat can arrive.</summary>
    public bool StartsAfterListeners => true;

    /// <summary>
    /// Monotonic time since which heartbeats could be stored without interruption; the current time while they cannot; a very early time
    /// if this task does not run.
    /// </summary>
    public long ObservingSinceMs => CannotObserve ? time.MonotonicMs() : Volatile.Read(ref _observingSinceMs);

    /// <summary>True while the registry cannot observe; false if this task does not run.</summary>
    /// <remarks>
    /// Stalled heartbeats count by themselves. A full disk may refuse new rows and still accept the update of the observed period.
    /// </remarks>
    public bool CannotObserve =>
        _observedAtMs is { } observedAt
        && (_wasStalled || statistics.IsStalled || time.MonotonicMs() - observedAt > Tolerance.TotalMilliseconds);

    /// <summary>Gives every device its whole deadline again, because the fault is probably the registry's own.</summary>
    public void RestartDeadlines(string reason)
    {
        Volatile.Write(ref _observingSinceMs, time.MonotonicMs());
        logger.LogWarning(
            "The registry may have missed heartbeats ({Reason}): no device is called silent before its whole deadline has passed again.",
            reason
        );
    }

    /// <summary>Monotonic time of the last mass disconnect; a very early time if there was none.</summary>
    public long MassDisconnectAtMs => Volatile.Read(ref _massDisconnectAtMs);

    /// <summary>
    /// Records that so many sessions ended at once that the fault is probably the registry's own. No device is then called disconnected or
    /// silent because of it.
    /// </summary>
    public void ReportMassDisconnect(string reason)
    {
        Volatile.Write(ref _massDisconnectAtMs, time.MonotonicMs());
        RestartDeadlines(reason);
    }

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_observedAtMs is null)
        {
            Volatile.Write(ref _observingSinceMs, time.MonotonicMs());
            _observedAtMs = time.MonotonicMs();
        }

        if (statistics.IsStalled)
        {
            _wasStalled = true;
            logger.LogWarning(
                "The registry cannot see devices: {Count} heartbeats are waiting and none can be made durable.",
                statistics.InFlight
            );
            return;
        }

        var couldNotObserve = CannotObserve;
        if (couldNotObserve || _periodId == 0)
            _periodId = await periods.BeginAsync(time.GetUtcNow(), cancellationToken);
        else
            await periods.ExtendAsync(_periodId, time.GetUtcNow(), cancellationToken);
        // Before CannotObserve becomes false: a partition may check its timeouts at any moment.
        if (couldNotObserve)
            RestartDeadlines("it could not store them for a while");
        _observedAtMs = time.MonotonicMs();
        _wasStalled = false;
    }

    public void OnFailed(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        logger.LogWarning("The registry cannot see devices: nothing can be made durable ({Reason}).", failure.Message);
    }
}

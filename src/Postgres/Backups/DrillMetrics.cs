using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Postgres.Presence;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>
/// The age of the last drill in which a backup held, as a metric of the running registry. A drill is another process; it leaves its result
/// in the register.
/// </summary>
public sealed class DrillMetrics : IPeriodicTask, IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly DrillRegister _drills;
    private readonly ILogger<DrillMetrics> _logger;
    private readonly Meter _meter = new(CommitMetrics.Name);
    private DateTimeOffset? _last;

    public DrillMetrics(DrillRegister drills, TimeProvider time, ILogger<DrillMetrics> logger)
    {
        _drills = drills;
        _logger = logger;
        // Nothing is measured before the first drill: an alarm on a missing value is right then.
        _meter.CreateObservableGauge(
            "registry.drill.age",
            () =>
                _last is { } last ? [new Measurement<double>((time.GetUtcNow() - last).TotalSeconds)] : Array.Empty<Measurement<double>>(),
            "s",
            "The time since the last drill in which a backup held."
        );
    }

    public TimeSpan Interval => Every;

    public async Task RunOnceAsync(CancellationToken cancellationToken) => _last = await _drills.LastAsync(cancellationToken);

    public void OnFailed(Exception failure) => _logger.LogDebug(failure, "The last drill could not be read; the next run tries again.");

    public void Dispose() => _meter.Dispose();
}

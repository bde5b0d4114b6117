using System.Diagnostics.Metrics;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>The metrics of the presence partitions. They carry no device id, only counts and durations.</summary>
public sealed class PresenceMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Meter = "SurveillanceRegistry.Presence";

    private readonly Meter _meter = new(Meter);
    private readonly Counter<long> _changes;
    private readonly Histogram<double> _detectionDelay;

    public PresenceMetrics()
    {
        _changes = _meter.CreateCounter<long>("registry.presence.changes", "{change}", "State changes of devices, by the new presence.");
        _detectionDelay = _meter.CreateHistogram<double>(
            "registry.presence.detection",
            "s",
            "Time from a device's deadline until its silence was detected."
        );
    }

    public void Changed(PresenceState presence) => _changes.Add(1, new KeyValuePair<string, object?>("presence", Json.Word(presence)));

    public void Noticed(double secondsAfterDeadline) => _detectionDelay.Record(secondsAfterDeadline);

    public void Dispose() => _meter.Dispose();
}

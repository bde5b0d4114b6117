using System.Diagnostics.Metrics;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>What the presence partitions count: no device, only how many.</summary>
public sealed class PresenceMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Meter = "SurveillanceRegistry.Presence";

    private readonly Meter _meter = new(Meter);
    private readonly Counter<long> _changes;
    private readonly Histogram<double> _lag;

    public PresenceMetrics()
    {
        _changes = _meter.CreateCounter<long>(
            "registry.presence.changes",
            "{change}",
            "Changes of units' states, by what is known of the unit now."
        );
        _lag = _meter.CreateHistogram<double>(
            "registry.presence.detection",
            "s",
            "How long after a unit's deadline its silence was noticed."
        );
    }

    public void Changed(PresenceState presence) =>
        _changes.Add(1, new KeyValuePair<string, object?>("presence", Domain.Json.Word(presence)));

    public void Noticed(double secondsAfterDeadline) => _lag.Record(secondsAfterDeadline);

    public void Dispose() => _meter.Dispose();
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Publishing.Rejections;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// The broker's metrics. Reasons and topic classes come from closed lists: no device id and nothing of a payload. The tags are created
/// once, so that counting allocates nothing.
/// </summary>
public sealed class MqttMetrics : IDroppedFields, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Meter = "SurveillanceRegistry.Mqtt";

    private static readonly KeyValuePair<string, object?>[] Reasons = Tags<PublishRejection>("reason");
    private static readonly KeyValuePair<string, object?>[] Topics = Tags<TopicClass>("topic");
    private static readonly KeyValuePair<string, object?>[] Orders = Tags<HeartbeatOrder>("as");

    // Bucket boundaries in seconds, for quick, slow and stuck commits.
    private static readonly double[] Latencies = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

    private readonly Meter _meter = new(Meter);
    private readonly IngestStatistics _statistics;
    private readonly Counter<long> _acknowledged;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _signIns;
    private readonly Counter<long> _subscribes;
    private readonly Counter<long> _notNewest;
    private readonly Counter<long> _connections;
    private readonly Histogram<double> _latency;
    private readonly Counter<long> _dropped;
    private readonly ConcurrentDictionary<string, long> _droppedByAdapter = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _droppedInPublic = new(StringComparer.Ordinal);

    public MqttMetrics(IngestStatistics statistics, IHeartbeatLog log)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(log);
        _statistics = statistics;
        statistics.RegisterReasons(Reasons.Select(tag => (string)tag.Value!));
        _acknowledged = _meter.CreateCounter<long>(
            "registry.heartbeats.acknowledged",
            "{heartbeat}",
            "Heartbeats that became durable and were acknowledged."
        );
        _latency = _meter.CreateHistogram(
            "registry.heartbeats.latency",
            "s",
            "Time from receiving a heartbeat to writing its acknowledgement.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Latencies }
        );
        _refused = _meter.CreateCounter<long>("registry.publishes.refused", "{publish}", "Refused publishes, by reason and topic class.");
        _notNewest = _meter.CreateCounter<long>(
            "registry.heartbeats.not_newest",
            "{heartbeat}",
            "Heartbeats that were not the newest of their device: duplicate or late."
        );
        _connections = _meter.CreateCounter<long>(
            "registry.connections.refused",
            "{connection}",
            "Connections that were refused before their sign-in."
        );
        _signIns = _meter.CreateCounter<long>("registry.connects.refused", "{connect}", "Refused sign-ins.");
        _subscribes = _meter.CreateCounter<long>("registry.subscribes.refused", "{filter}", "Refused topic filters of subscriptions.");
        _dropped = _meter.CreateCounter<long>(
            "registry.fields.dropped",
            "{field}",
            "Fields of vendors' payloads that were dropped unread, by adapter."
        );
        CreateGauges(log);
    }

    private void CreateGauges(IHeartbeatLog log)
    {
        _meter.CreateObservableGauge(
            "registry.heartbeats.queued",
            () => log.QueueLength,
            "{heartbeat}",
            "Heartbeats that wait for their commit."
        );
        _meter.CreateObservableGauge(
            "registry.heartbeats.in_flight",
            () => _statistics.InFlight,
            "{heartbeat}",
            "Heartbeats that were received and are not acknowledged yet."
        );
        _meter.CreateObservableGauge("registry.connections.open", () => _statistics.Connections(), "{connection}", "Open connections.");
        _meter.CreateObservableGauge("registry.sessions", () => _statistics.Sessions(), "{session}", "Signed-in clients.");
    }

    /// <summary>Counts a heartbeat that is appended to the log.</summary>
    /// <returns>When it was received, for <see cref="Settled"/>.</returns>
    public long Received() => _statistics.Received();

    /// <summary>Counts a heartbeat that was acknowledged, or could not be made durable.</summary>
    public void Settled(long receivedAt, bool isAcknowledged)
    {
        var latency = _statistics.Completed(receivedAt, isAcknowledged);
        if (!isAcknowledged)
            return;
        _acknowledged.Add(1);
        _latency.Record(latency.TotalSeconds);
    }

    public void Refused(PublishRejection rejection, TopicClass topic)
    {
        _refused.Add(1, Reasons[(int)rejection], Topics[(int)topic]);
        _statistics.Refused((string)Reasons[(int)rejection].Value!);
    }

    /// <summary>Counts fields of a vendor's payload that were dropped unread.</summary>
    /// <param name="adapter">The adapter's name, from a closed list.</param>
    /// <param name="isPublic">Whether the gateway publishes for fixed devices only.</param>
    public void Dropped(string adapter, int fields, bool isPublic)
    {
        if (fields == 0)
            return;
        _dropped.Add(fields, new KeyValuePair<string, object?>("adapter", adapter));
        Add(_droppedByAdapter);
        if (isPublic)
            Add(_droppedInPublic);

        void Add(ConcurrentDictionary<string, long> counts) =>
            counts.AddOrUpdate(adapter, static (_, more) => more, static (_, before, more) => before + more, (long)fields);
    }

    public IReadOnlyDictionary<string, long> ByAdapter => _droppedByAdapter;

    public IReadOnlyDictionary<string, long> InPublic => _droppedInPublic;

    public void NotNewest(HeartbeatOrder order) => _notNewest.Add(1, Orders[(int)order]);

    public void SignInRefused(MqttConnectReasonCode reason)
    {
        _signIns.Add(1, new KeyValuePair<string, object?>("reason", Domain.Json.Word(reason)));
        _statistics.SignInRefused();
    }

    public void SubscribeRefused(MqttSubscribeReasonCode reason) =>
        _subscribes.Add(1, new KeyValuePair<string, object?>("reason", Domain.Json.Word(reason)));

    public void ConnectionRefused()
    {
        _connections.Add(1);
        _statistics.ConnectionRefused();
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Creates a tag for each member of an enum, by its number.</summary>
    private static KeyValuePair<string, object?>[] Tags<T>(string name)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => KeyValuePair.Create(name, (object?)Domain.Json.Word(value)))];
}

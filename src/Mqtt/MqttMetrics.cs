using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// What the broker counts. Reasons and topic classes are closed words: no device, no payload. Words are made once: an addition allocates
/// nothing.
/// </summary>
public sealed class MqttMetrics : IDroppedFields, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Meter = "SurveillanceRegistry.Mqtt";

    private static readonly KeyValuePair<string, object?>[] Reasons = Tags<PublishRejection>("reason"),
        Topics = Tags<TopicClass>("topic"),
        As = Tags<HeartbeatOrder>("as");

    // Up to where a commit is quick, slow, and stuck, in seconds.
    private static readonly double[] Latencies = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

    private readonly Meter _meter = new(Meter);
    private readonly IngestStatistics _figures;
    private readonly Counter<long> _acknowledged;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _signIns;
    private readonly Counter<long> _subscribes;
    private readonly Counter<long> _notNewest;
    private readonly Counter<long> _connections;
    private readonly Histogram<double> _latency;
    private readonly Counter<long> _dropped;
    private readonly ConcurrentDictionary<string, long> _droppedByAdapter = new(StringComparer.Ordinal),
        _droppedInPublic = new(StringComparer.Ordinal);

    public MqttMetrics(IngestStatistics figures, IHeartbeatLog log)
    {
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(log);
        _figures = figures;
        figures.RegisterReasons(Reasons.Select(tag => (string)tag.Value!));
        _acknowledged = _meter.CreateCounter<long>(
            "registry.heartbeats.acknowledged",
            "{heartbeat}",
            "Heartbeats that were durable and then acknowledged."
        );
        _latency = _meter.CreateHistogram(
            "registry.heartbeats.latency",
            "s",
            "From a heartbeat received to its acknowledgement written.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Latencies }
        );
        _refused = _meter.CreateCounter<long>(
            "registry.publishes.refused",
            "{publish}",
            "Publishes that were refused, by reason and class of topic."
        );
        _notNewest = _meter.CreateCounter<long>(
            "registry.heartbeats.not_newest",
            "{heartbeat}",
            "Heartbeats that were not the newest word of their device: duplicate or late."
        );
        _connections = _meter.CreateCounter<long>(
            "registry.connections.refused",
            "{connection}",
            "Connections that were refused before they could sign in."
        );
        _signIns = _meter.CreateCounter<long>("registry.connects.refused", "{connect}", "Sign-ins that were refused.");
        _subscribes = _meter.CreateCounter<long>(
            "registry.subscribes.refused",
            "{filter}",
            "Topic filters of subscriptions that were refused."
        );
        _dropped = _meter.CreateCounter<long>(
            "registry.fields.dropped",
            "{field}",
            "Fields of vendors' payloads that were passed over unread, by adapter."
        );
        _meter.CreateObservableGauge(
            "registry.heartbeats.queued",
            () => log.QueueLength,
            "{heartbeat}",
            "Heartbeats that wait for their commit."
        );
        _meter.CreateObservableGauge(
            "registry.heartbeats.in_flight",
            () => figures.InFlight,
            "{heartbeat}",
            "Heartbeats that were received and not answered yet."
        );
        _meter.CreateObservableGauge("registry.connections.open", () => figures.Connections(), "{connection}", "Open connections.");
        _meter.CreateObservableGauge("registry.sessions", () => figures.Sessions(), "{session}", "Clients that are signed in.");
    }

    /// <summary>A heartbeat is on its way into the log.</summary>
    /// <returns>When it came, for <see cref="Settled"/>.</returns>
    public long Received() => _figures.Received();

    /// <summary>A heartbeat was acknowledged, or could not be made durable.</summary>
    public void Settled(long receivedAt, bool isAcknowledged)
    {
        var took = _figures.Completed(receivedAt, isAcknowledged);
        if (!isAcknowledged)
            return;
        _acknowledged.Add(1);
        _latency.Record(took.TotalSeconds);
    }

    public void Refused(PublishRejection refusal, TopicClass topic)
    {
        _refused.Add(1, Reasons[(int)refusal], Topics[(int)topic]);
        _figures.Refused((string)Reasons[(int)refusal].Value!);
    }

    /// <summary>Fields of a vendor's payload were passed over unread.</summary>
    /// <param name="adapter">The adapter's name, one of a closed family.</param>
    /// <param name="isPublic">Whether it came through a gateway that stands for fixed devices only.</param>
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

    public void NotNewest(HeartbeatOrder heard) => _notNewest.Add(1, As[(int)heard]);

    public void SignInRefused(MqttConnectReasonCode reason)
    {
        _signIns.Add(1, new KeyValuePair<string, object?>("reason", Domain.Json.Word(reason)));
        _figures.SignInRefused();
    }

    public void SubscribeRefused(MqttSubscribeReasonCode reason) =>
        _subscribes.Add(1, new KeyValuePair<string, object?>("reason", Domain.Json.Word(reason)));

    public void ConnectionRefused()
    {
        _connections.Add(1);
        _figures.ConnectionRefused();
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>A tag for each member of a closed family, by its number.</summary>
    private static KeyValuePair<string, object?>[] Tags<T>(string name)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => KeyValuePair.Create(name, (object?)Domain.Json.Word(value)))];
}

using System.Diagnostics.Metrics;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>What the broker counts. Reasons and topic classes are closed words: no device, no payload.</summary>
public sealed class Counters : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Meter = "SurveillanceRegistry.Mqtt";

    private readonly Meter _meter = new(Meter);
    private readonly Counter<long> _acknowledged;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _signIns;
    private readonly Counter<long> _notNewest;
    private readonly Counter<long> _connections;
    private readonly Counter<long> _dropped;

    public Counters()
    {
        _acknowledged = _meter.CreateCounter<long>("registry.heartbeats.acknowledged", "{heartbeat}", "Heartbeats that were durable and then acknowledged.");
        _refused = _meter.CreateCounter<long>("registry.publishes.refused", "{publish}", "Publishes that were refused, by reason and class of topic.");
        _notNewest = _meter.CreateCounter<long>("registry.heartbeats.not_newest", "{heartbeat}", "Heartbeats that were not the newest word of their device: duplicate or late.");
        _dropped = _meter.CreateCounter<long>("registry.vendor.dropped", "{field}", "Fields and messages of vendors that were passed over or refused unread, by adapter. Their names are kept nowhere.");
        _connections = _meter.CreateCounter<long>("registry.connections.refused", "{connection}", "Connections that were refused before they could sign in.");
        _signIns = _meter.CreateCounter<long>("registry.connects.refused", "{connect}", "Sign-ins that were refused.");
    }

    public void Acknowledged() => _acknowledged.Add(1);

    public void Refused(Refusal refusal, TopicClass topic) =>
        _refused.Add(1, new("reason", Domain.Json.Word(refusal)), new("topic", Domain.Json.Word(topic)));

    public void NotNewest(Heard heard) => _notNewest.Add(1, new KeyValuePair<string, object?>("as", Domain.Json.Word(heard)));

    public void SignInRefused(MqttConnectReasonCode reason) => _signIns.Add(1, new KeyValuePair<string, object?>("reason", Domain.Json.Word(reason)));

    public void Dropped(string adapter, int count) => _dropped.Add(count, new KeyValuePair<string, object?>("adapter", adapter));

    public void ConnectionRefused() => _connections.Add(1);

    public void Dispose() => _meter.Dispose();
}

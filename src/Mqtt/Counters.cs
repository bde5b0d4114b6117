using System.Diagnostics.Metrics;

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

    public Counters()
    {
        _acknowledged = _meter.CreateCounter<long>("registry.heartbeats.acknowledged", "{heartbeat}", "Heartbeats that were durable and then acknowledged.");
        _refused = _meter.CreateCounter<long>("registry.publishes.refused", "{publish}", "Publishes that were refused, by reason and class of topic.");
        _signIns = _meter.CreateCounter<long>("registry.connects.refused", "{connect}", "Sign-ins that were refused.");
    }

    public void Acknowledged() => _acknowledged.Add(1);

    public void Refused(Refusal refusal, TopicClass topic) =>
        _refused.Add(1, new("reason", Domain.Json.Word(refusal)), new("topic", Domain.Json.Word(topic)));

    public void SignInRefused() => _signIns.Add(1);

    public void Dispose() => _meter.Dispose();
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using MQTTnet;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests;

/// <summary>The figures of the broker: how long an acknowledgement takes, what waits, who is there. None names a device.</summary>
public sealed class MqttMetricsTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();
    private readonly ConcurrentQueue<(string Name, double Value)> _measured = new();
    private readonly MeterListener _meters = new();

    public async ValueTask InitializeAsync()
    {
        await _broker.InitializeAsync();
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MqttMetrics.Meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _meters.Start();
    }

    private void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => $"{tag.Value}")]), value));

    public ValueTask DisposeAsync()
    {
        _meters.Dispose();
        return _broker.DisposeAsync();
    }

    private static MqttApplicationMessage Message(long seq, string extra = "") =>
        new MqttApplicationMessageBuilder()
            .WithTopic(DeviceTopics.Heartbeat(BrokerFixture.Camera.Id))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithPayload(
                $$"""{"epoch":5,"seq":{{seq}},"capture":{"video":"recorded","audio":"off"},"health":"ok","firmware":"1"{{extra}}}"""
            )
            .Build();

    /// <summary>What a gauge says now.</summary>
    private double[] Looked(string gauge)
    {
        _measured.Clear();
        _meters.RecordObservableInstruments();
        return [.. _measured.Where(one => one.Name == gauge).Select(one => one.Value)];
    }

    [Fact]
    public async Task The_broker_measures_latency_and_counts_heartbeats_in_flight()
    {
        using var camera = await _broker.ConnectAsync();
        _broker.Log.Hold();
        var publish = camera.PublishAsync(Message(1));
        await _broker.Log.Appended.WaitAsync(BrokerFixture.Timeout);
        Assert.Equal(1, _broker.Statistics.InFlight);
        Assert.Contains(1, Looked("registry.heartbeats.in_flight")); // Other brokers of this process are asked too.
        Assert.Contains(1, Looked("registry.sessions"));
        Assert.Contains(1, Looked("registry.connections.open"));
        Assert.Equal((1, 1), (_broker.Statistics.Connections(), _broker.Statistics.Sessions()));
        _measured.Clear();
        _broker.Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.True(_broker.Statistics.IsStalled);
        _broker.Log.Release();
        Assert.Equal(MqttClientPublishReasonCode.Success, (await publish).ReasonCode);
        Assert.False(_broker.Statistics.IsStalled);
        Assert.Contains(("registry.heartbeats.latency", 7), _measured);
        _broker.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(_broker.Statistics.Read().LastMinute.AckP50Ms!.Value, 7000, 7000 * 1.125);
    }

    [Fact]
    public async Task The_broker_counts_refusals_by_reason_including_zero_counts()
    {
        using var camera = await _broker.ConnectAsync();
        await camera.PublishAsync(Message(1, ""","plate":"ABC1234" """));
        await camera.PublishAsync(Message(2));
        Assert.Equal(
            ["alias", "forbidden", "malformed", "qos", "rate", "retain", "shape", "size", "topic"],
            _broker.Statistics.Refusals.Select(one => one.Reason)
        );
        Assert.Equal([("shape", 1)], _broker.Statistics.Refusals.Where(one => one.Count > 0));
        Assert.Equal((1, 0), (_broker.Statistics.Acknowledged, _broker.Statistics.InFlight));
        Assert.Contains(("registry.publishes.refused shape own-heartbeat", 1), _measured);

        using var stranger = new MqttClientFactory().CreateMqttClient();
        await stranger.ConnectAsync(
            BrokerFixture.OptionsFor(BrokerFixture.Camera, "guess").WithTcpServer("127.0.0.1", _broker.Address.Port).Build()
        );
        _broker.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _broker.Statistics.Read().SignInsRefused);
    }

    [Fact]
    public void The_broker_counts_the_fields_of_vendors_payloads_that_it_dropped_unread()
    {
        _broker.Metrics.Dropped("frigate", 3, isPublic: true);
        _broker.Metrics.Dropped("frigate", 4, isPublic: false);
        _broker.Metrics.Dropped("axis", 0, isPublic: true);
        Assert.Equal([KeyValuePair.Create("frigate", 7L)], _broker.GetService<IDroppedFields>().ByAdapter);
        Assert.Equal([KeyValuePair.Create("frigate", 3L)], _broker.GetService<IDroppedFields>().InPublic);
        Assert.Contains(("registry.fields.dropped frigate", 4), _measured);
    }

    [Fact]
    public async Task Dropped_fields_of_a_gateway_that_may_have_a_mobile_device_are_not_public()
    {
        var profile = Fixtures.VendorExamples.Tables[Fixtures.VendorExamples.Recorder].Profile;
        ImmutableArray<Device> named =
        [
            .. Fixtures
                .VendorExamples.Devices.Where(device => profile.Units.Any(unit => unit.Device == device.Id))
                .Select((device, i) => device with { Number = 1000 + i }),
        ];
        var mobile = Fixtures.VendorExamples.Devices.First(device => device.KindOf.IsMobile) with { Number = 2000 };
        var dropped = _broker.GetService<IDroppedFields>();
        _broker.Enrolment.Profile = profile.Id;

        Assert.Equal((true, true), await MovesAsync(named));
        Assert.Equal((true, false), await MovesAsync([.. named, mobile]));
        Assert.Equal((true, false), await MovesAsync(named[1..])); // The profile names one more device, which may be mobile.

        // Whether a vendor's messages change the count for staff, and the public count.
        async Task<(bool, bool)> MovesAsync(ImmutableArray<Device> behind)
        {
            _broker.Enrolment.Behind = behind;
            var (all, inPublic) = (Count(dropped.ByAdapter), Count(dropped.InPublic));
            using var gateway = await _broker.ConnectAsync(
                BrokerFixture.OptionsFor(BrokerFixture.Camera with { Id = FakeEnrolment.Gateway })
            );
            foreach (var topic in new[] { "frigate/stats", "frigate/events" }) // One with fields that are passed over, one that is refused.
                await gateway.PublishAsync(
                    new MqttApplicationMessageBuilder()
                        .WithTopic(topic)
                        .WithPayload(Fixtures.VendorExamples.Stats)
                        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                        .Build()
                );
            await gateway.DisconnectAsync();
            return (Count(dropped.ByAdapter) > all + 1, Count(dropped.InPublic) > inPublic);
        }

        static long Count(IReadOnlyDictionary<string, long> counts) => counts.Values.Sum();
    }

    [Fact]
    public async Task A_heartbeat_that_could_not_be_made_durable_does_not_count_as_in_flight()
    {
        using var camera = await _broker.ConnectAsync();
        _broker.Log.IsBroken = true;
        await Assert.ThrowsAnyAsync<Exception>(() => camera.PublishAsync(Message(1)));
        Assert.Equal((0, 0), (_broker.Statistics.Acknowledged, _broker.Statistics.InFlight));
    }
}

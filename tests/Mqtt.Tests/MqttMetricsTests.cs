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
    private readonly BrokerFixture _antenna = new();
    private readonly ConcurrentQueue<(string Name, double Value)> _measured = new();
    private readonly MeterListener _meters = new();

    public async ValueTask InitializeAsync()
    {
        await _antenna.InitializeAsync();
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
        return _antenna.DisposeAsync();
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
    public async Task Is_the_time_from_received_to_acknowledged_and_what_waits_meanwhile()
    {
        using var camera = await _antenna.ConnectAsync();
        _antenna.Kept.Hold();
        var publish = camera.PublishAsync(Message(1));
        await _antenna.Kept.Asked.WaitAsync(BrokerFixture.Patience);
        Assert.Equal(1, _antenna.Figures.InFlight);
        Assert.Contains(1, Looked("registry.heartbeats.in_flight")); // Other brokers of this process are asked too.
        Assert.Contains(1, Looked("registry.sessions"));
        Assert.Contains(1, Looked("registry.connections.open"));
        Assert.Equal((1, 1), (_antenna.Figures.Connections(), _antenna.Figures.Sessions()));
        _measured.Clear();
        _antenna.Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.True(_antenna.Figures.IsStalled);
        _antenna.Kept.Release();
        Assert.Equal(MqttClientPublishReasonCode.Success, (await publish).ReasonCode);
        Assert.False(_antenna.Figures.IsStalled);
        Assert.Contains(("registry.heartbeats.latency", 7), _measured);
        _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(_antenna.Figures.Read().LastMinute.AckP50Ms!.Value, 7000, 7000 * 1.125);
    }

    [Fact]
    public async Task Is_each_refusal_by_its_reason_with_those_that_never_were()
    {
        using var camera = await _antenna.ConnectAsync();
        await camera.PublishAsync(Message(1, ""","plate":"ABC1234" """));
        await camera.PublishAsync(Message(2));
        Assert.Equal(
            ["alias", "forbidden", "malformed", "qos", "rate", "retain", "shape", "size", "topic"],
            _antenna.Figures.Refusals.Select(one => one.Reason)
        );
        Assert.Equal([("shape", 1)], _antenna.Figures.Refusals.Where(one => one.Count > 0));
        Assert.Equal((1, 0), (_antenna.Figures.Acknowledged, _antenna.Figures.InFlight));
        Assert.Contains(("registry.publishes.refused shape own-heartbeat", 1), _measured);

        using var stranger = new MqttClientFactory().CreateMqttClient();
        await stranger.ConnectAsync(
            BrokerFixture.As(BrokerFixture.Camera, "guess").WithTcpServer("127.0.0.1", _antenna.Address.Port).Build()
        );
        _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _antenna.Figures.Read().SignInsRefused);
    }

    [Fact]
    public void Is_how_much_was_dropped_unread_of_vendors_payloads()
    {
        _antenna.Counters.Dropped("frigate", 3, isPublic: true);
        _antenna.Counters.Dropped("frigate", 4, isPublic: false);
        _antenna.Counters.Dropped("axis", 0, isPublic: true);
        Assert.Equal([KeyValuePair.Create("frigate", 7L)], _antenna.Part<IDroppedFields>().ByAdapter);
        Assert.Equal([KeyValuePair.Create("frigate", 3L)], _antenna.Part<IDroppedFields>().InPublic);
        Assert.Contains(("registry.fields.dropped frigate", 4), _measured);
    }

    [Fact]
    public async Task Is_not_public_of_a_gateway_that_stands_for_a_mobile_unit_or_may_tomorrow()
    {
        var profile = Fixtures.VendorExamples.Tables[Fixtures.VendorExamples.Recorder].Profile;
        ImmutableArray<Device> named =
        [
            .. Fixtures
                .VendorExamples.Devices.Where(device => profile.Units.Any(unit => unit.Device == device.Id))
                .Select((device, i) => device with { Number = 1000 + i }),
        ];
        var mobile = Fixtures.VendorExamples.Devices.First(device => device.KindOf.IsMobile) with { Number = 2000 };
        var dropped = _antenna.Part<IDroppedFields>();
        _antenna.Enrolled.Profile = profile.Id;

        Assert.Equal((true, true), await MovesAsync(named));
        Assert.Equal((true, false), await MovesAsync([.. named, mobile]));
        Assert.Equal((true, false), await MovesAsync(named[1..])); // Whoever the profile names beside may be registered as a mobile one.

        // Whether what a vendor sends moves the count of staff, and that of everybody.
        async Task<(bool, bool)> MovesAsync(ImmutableArray<Device> behind)
        {
            _antenna.Enrolled.Behind = behind;
            var (all, inPublic) = (Count(dropped.ByAdapter), Count(dropped.InPublic));
            using var gateway = await _antenna.ConnectAsync(
                BrokerFixture.As(BrokerFixture.Camera with { Id = BrokerFixture.FakeEnrolment.Gateway })
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
    public async Task Is_not_counted_as_waiting_when_it_could_not_be_made_durable()
    {
        using var camera = await _antenna.ConnectAsync();
        _antenna.Kept.IsBroken = true;
        await Assert.ThrowsAnyAsync<Exception>(() => camera.PublishAsync(Message(1)));
        Assert.Equal((0, 0), (_antenna.Figures.Acknowledged, _antenna.Figures.InFlight));
    }
}

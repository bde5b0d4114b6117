using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors;

/// <summary>A vendor's recorder publishes more than the limits of its cameras allow. Here too, an acknowledgement means durable.</summary>
public sealed class VendorConnectionTests : IAsyncLifetime
{
    /// <summary>Two heartbeats of each camera, and then one a second.</summary>
    private readonly BrokerFixture _broker = new()
    {
        Limits = new Limits { BurstPerDevice = 2, PerSecondAndDevice = 1 },
    };

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private Task<IMqttClient> ConnectAsync(MqttProtocolVersion version = MqttProtocolVersion.V500) =>
        _broker.ConnectAsync(BrokerFixture.OptionsFor(BrokerFixture.Camera with { Id = FakeEnrolment.Recorder }, version: version));

    private static async Task<MqttClientPublishReasonCode> PublishAsync(
        IMqttClient recorder,
        string topic,
        string payload,
        MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.AtLeastOnce
    ) =>
        (
            await recorder.PublishAsync(
                new MqttApplicationMessageBuilder()
                    .WithTopic("frigate/" + topic)
                    .WithPayload(payload)
                    .WithQualityOfServiceLevel(qos)
                    .Build()
            )
        ).ReasonCode;

    private const string Both = """{"cameras":{"lobby_north":{"camera_fps":5.0},"counter":{"camera_fps":5.0}}}""";

    private int Stored(string camera) => _broker.Log.Heartbeats.Count(heartbeat => heartbeat.DeviceId == camera);

    [Fact]
    public async Task A_report_over_the_rate_limit_is_not_acknowledged_and_is_repeated_later()
    {
        using var recorder = await ConnectAsync();
        Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(recorder, "lobby_north/status/detect", "online"));
        Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(recorder, "lobby_north/status/detect", "online"));
        // An unknown recorder changes no report. A recorder that recorded and is down does.
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, await PublishAsync(recorder, "lobby_north/status/record", "online"));
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, await PublishAsync(recorder, "lobby_north/status/record", "offline"));
        Assert.Equal(2, Stored(FakeEnrolment.North));
        // It is not stored, and is still what the camera does.
        var refused = Assert.Single(_broker.Partitions.Rejected);
        Assert.Equal((Mode.Recorded, Mode.Recorded), (refused.Reported[Capture.Video], refused.Reported[Capture.Audio]));
        Assert.Equal(2, _broker.Measurements.Count(line => line == "registry.publishes.refused rate vendor 1"));

        _broker.Clock.Advance(TimeSpan.FromSeconds(1));
        // It proves no life and changes nothing, but the last report was not stored.
        Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(recorder, "lobby_north/status/record", "offline"));
        Assert.Equal((3, Health.Fault), (Stored(FakeEnrolment.North), _broker.Log.Heartbeats.Last().Health));
    }

    [Fact]
    public async Task A_vendor_message_that_could_not_be_read_is_refused_after_its_doubt_is_durable()
    {
        using var recorder = await ConnectAsync();
        Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(recorder, "lobby_north/status/record", "online"));
        var lost = await PublishAsync(recorder, "lobby_north/status/record", new string('x', 100));
        Assert.Equal((MqttClientPublishReasonCode.PayloadFormatInvalid, 2), (lost, Stored(FakeEnrolment.North)));
        var doubt = _broker.Log.Heartbeats.Last();
        Assert.Equal((default, false), (doubt.Capture, doubt.ProvesLife));
    }

    [Fact]
    public async Task A_message_partly_over_the_rate_limit_is_refused_and_the_rest_is_stored()
    {
        using var recorder = await ConnectAsync();
        Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(recorder, "lobby_north/status/detect", "online"));
        Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(recorder, "lobby_north/status/detect", "online"));
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, await PublishAsync(recorder, "stats", Both));
        Assert.Equal((2, 1), (Stored(FakeEnrolment.North), Stored(FakeEnrolment.Counter)));

        _broker.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(recorder, "stats", Both)); // No report is lost.
        Assert.Equal((3, 2), (Stored(FakeEnrolment.North), Stored(FakeEnrolment.Counter)));
    }

    [Fact]
    public async Task A_gateway_that_publishes_at_QoS_0_gets_no_answer_and_stays_connected()
    {
        using var recorder = await ConnectAsync();
        for (var i = 0; i < 5; i++)
            await PublishAsync(recorder, "lobby_north/status/detect", "online", MqttQualityOfServiceLevel.AtMostOnce);
        Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(recorder, "counter/status/detect", "online"));
        Assert.Equal((2, 1), (Stored(FakeEnrolment.North), Stored(FakeEnrolment.Counter)));
    }

    [Fact]
    public async Task A_gateway_with_MQTT_3_1_1_is_disconnected_when_over_the_rate_limit()
    {
        using var recorder = await ConnectAsync(MqttProtocolVersion.V311);
        for (var i = 0; i < 2; i++)
            await PublishAsync(recorder, "lobby_north/status/detect", "online");
        await Assert.ThrowsAnyAsync<Exception>(() => PublishAsync(recorder, "lobby_north/status/detect", "online"));
        Assert.Equal(2, Stored(FakeEnrolment.North));
    }

    [Fact]
    public async Task An_unregistered_microphone_in_a_vendor_message_is_stored_in_the_log()
    {
        using var recorder = await ConnectAsync();
        await PublishAsync(recorder, "counter/status/audio", "online");
        var heartbeat = Assert.Single(_broker.Log.Heartbeats);
        Assert.Equal((Mode.Live, CaptureSet.From(Capture.Audio)), (heartbeat.Capture[Capture.Audio], heartbeat.UnregisteredCaptures));
    }
}

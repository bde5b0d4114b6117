using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors;

/// <summary>A vendor's recorder that says more than its cameras may: an acknowledgement means durable, in its words too.</summary>
public sealed class VendorConnectionTests : IAsyncLifetime
{
    /// <summary>Two words of each camera, and then one a second.</summary>
    private readonly BrokerFixture _antenna = new()
    {
        Limits = new Limits { BurstPerDevice = 2, PerSecondAndDevice = 1 },
    };

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    private Task<IMqttClient> ConnectAsync(MqttProtocolVersion version = MqttProtocolVersion.V500) =>
        _antenna.ConnectAsync(BrokerFixture.As(BrokerFixture.Camera with { Id = BrokerFixture.FakeEnrolment.Recorder }, version: version));

    private static async Task<MqttClientPublishReasonCode> SayAsync(
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

    private int Kept(string camera) => _antenna.Kept.Heartbeats.Count(heartbeat => heartbeat.DeviceId == camera);

    [Fact]
    public async Task Is_not_told_that_a_word_over_the_rate_is_durable_and_what_it_said_is_not_forgotten()
    {
        using var recorder = await ConnectAsync();
        Assert.Equal(MqttClientPublishReasonCode.Success, await SayAsync(recorder, "lobby_north/status/detect", "online"));
        Assert.Equal(MqttClientPublishReasonCode.Success, await SayAsync(recorder, "lobby_north/status/detect", "online"));
        // That nothing is known of the recorder changes nothing that was said; that it recorded and is down does.
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, await SayAsync(recorder, "lobby_north/status/record", "online"));
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, await SayAsync(recorder, "lobby_north/status/record", "offline"));
        Assert.Equal(2, Kept(BrokerFixture.FakeEnrolment.North));
        Assert.Equal(2, _antenna.Counted.Count(line => line == "registry.publishes.refused rate vendor 1"));

        _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
        // No life, and nothing new since it was last said; but it was not kept.
        Assert.Equal(MqttClientPublishReasonCode.Success, await SayAsync(recorder, "lobby_north/status/record", "offline"));
        Assert.Equal((3, Health.Fault), (Kept(BrokerFixture.FakeEnrolment.North), _antenna.Kept.Heartbeats.Last().Health));
    }

    [Fact]
    public async Task Is_told_so_of_a_message_of_which_a_part_is_over_the_rate_and_the_rest_is_kept()
    {
        using var recorder = await ConnectAsync();
        Assert.Equal(MqttClientPublishReasonCode.Success, await SayAsync(recorder, "lobby_north/status/detect", "online"));
        Assert.Equal(MqttClientPublishReasonCode.Success, await SayAsync(recorder, "lobby_north/status/detect", "online"));
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, await SayAsync(recorder, "stats", Both));
        Assert.Equal((2, 1), (Kept(BrokerFixture.FakeEnrolment.North), Kept(BrokerFixture.FakeEnrolment.Counter)));

        _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(MqttClientPublishReasonCode.Success, await SayAsync(recorder, "stats", Both)); // Again: no harm to what was kept.
        Assert.Equal((3, 2), (Kept(BrokerFixture.FakeEnrolment.North), Kept(BrokerFixture.FakeEnrolment.Counter)));
    }

    [Fact]
    public async Task That_asks_for_no_acknowledgement_is_told_nothing_and_stays()
    {
        using var recorder = await ConnectAsync();
        for (var word = 0; word < 5; word++)
            await SayAsync(recorder, "lobby_north/status/detect", "online", MqttQualityOfServiceLevel.AtMostOnce);
        Assert.Equal(MqttClientPublishReasonCode.Success, await SayAsync(recorder, "counter/status/detect", "online"));
        Assert.Equal((2, 1), (Kept(BrokerFixture.FakeEnrolment.North), Kept(BrokerFixture.FakeEnrolment.Counter)));
    }

    [Fact]
    public async Task Of_the_older_protocol_which_has_no_such_answer_is_sent_away_unacknowledged()
    {
        using var recorder = await ConnectAsync(MqttProtocolVersion.V311);
        for (var word = 0; word < 2; word++)
            await SayAsync(recorder, "lobby_north/status/detect", "online");
        await Assert.ThrowsAnyAsync<Exception>(() => SayAsync(recorder, "lobby_north/status/detect", "online"));
        Assert.Equal(2, Kept(BrokerFixture.FakeEnrolment.North));
    }

    [Fact]
    public async Task Names_a_microphone_that_is_not_registered_for_the_log_to_keep()
    {
        using var recorder = await ConnectAsync();
        await SayAsync(recorder, "counter/status/audio", "online");
        var heartbeat = Assert.Single(_antenna.Kept.Heartbeats);
        Assert.Equal((Mode.Live, CaptureSet.From(Capture.Audio)), (heartbeat.Capture[Capture.Audio], heartbeat.UnregisteredCaptures));
    }
}

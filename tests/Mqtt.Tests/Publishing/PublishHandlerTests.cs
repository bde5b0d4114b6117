using System.Globalization;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Publishing;

/// <summary>The contract's section MQTT, on real sockets.</summary>
public sealed class PublishHandlerTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private static long _seq;

    private static string Payload(string extra = "") =>
        $$"""{"epoch":1764000000123,"seq":{{Interlocked.Increment(ref _seq)}}"""
        + $$""","capture":{"video":"recorded","audio":"off"},"health":"ok","firmware":"10.12.1"{{extra}}}""";

    private static MqttApplicationMessage Message(
        string payload,
        string? topic = null,
        MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.AtLeastOnce,
        bool retain = false
    ) =>
        new MqttApplicationMessageBuilder()
            .WithTopic(topic ?? DeviceTopics.Heartbeat(BrokerFixture.Camera.Id))
            .WithPayload(payload)
            .WithQualityOfServiceLevel(qos)
            .WithRetainFlag(retain)
            .Build();

    [Fact]
    public async Task A_heartbeat_is_acknowledged_and_forwarded_only_after_it_is_durable()
    {
        using var camera = await broker.ConnectAsync();
        broker.Log.Hold();
        while (broker.Log.Appended.Wait(0)) { }
        var payload = Payload();
        var seq = _seq;

        var publish = camera.PublishAsync(Message(payload));
        await broker.Log.Appended.WaitAsync();
        // A whole sign-in later …
        using var other = await broker.ConnectAsync(BrokerFixture.OptionsFor(BrokerFixture.Camera with { Id = "sim-other" }));
        Assert.False(publish.IsCompleted);
        Assert.DoesNotContain(broker.Log.Heartbeats, heartbeat => heartbeat.Seq == seq);
        Assert.DoesNotContain(broker.Partitions.Heartbeats, heartbeat => heartbeat.Seq == seq);

        broker.Log.Release();
        Assert.Equal(MqttClientPublishReasonCode.Success, (await publish).ReasonCode);
        Assert.Contains(broker.Log.Heartbeats, heartbeat => heartbeat.Seq == seq && heartbeat.ReceivedAt == broker.Clock.GetUtcNow());
        while (!(await broker.Partitions.CallAsync()).Any(heartbeat => heartbeat.Seq == seq)) { }
    }

    [Fact]
    public async Task A_heartbeat_that_is_sent_twice_is_acknowledged_twice()
    {
        using var camera = await broker.ConnectAsync();
        var message = Message(Payload());
        Assert.Equal(MqttClientPublishReasonCode.Success, (await camera.PublishAsync(message)).ReasonCode);
        Assert.Equal(MqttClientPublishReasonCode.Success, (await camera.PublishAsync(message)).ReasonCode);
    }

    [Fact]
    public async Task A_heartbeat_that_cannot_be_made_durable_is_not_acknowledged()
    {
        await using var camera = await Fixtures.RawMqttClient.SignInAsync(broker.Address, BrokerFixture.Camera.Id);
        broker.Log.IsBroken = true;
        try
        {
            await camera.SendAsync(Fixtures.RawMqttClient.Publish(1, DeviceTopics.Heartbeat(BrokerFixture.Camera.Id), Payload()));
            Assert.Equal([0xE0, 2, 0x80, 0], await camera.UntilClosedAsync(isHalfClosed: false)); // No acknowledgement before the end.
        }
        finally
        {
            broker.Log.IsBroken = false;
        }
    }

    public static TheoryData<string, string?, bool, MqttClientPublishReasonCode> Refusals() =>
        new()
        {
            { "{}", null, false, MqttClientPublishReasonCode.PayloadFormatInvalid },
            { Payload(""","plate":"ABC1234" """), null, false, MqttClientPublishReasonCode.PayloadFormatInvalid },
            { Payload(",\"seq\":9"), null, false, MqttClientPublishReasonCode.PayloadFormatInvalid },
            { Payload() + new string(' ', 512), null, false, MqttClientPublishReasonCode.PayloadFormatInvalid },
            { Payload() + new string(' ', 60_000), null, false, MqttClientPublishReasonCode.PayloadFormatInvalid },
            { Payload(), null, true, MqttClientPublishReasonCode.PayloadFormatInvalid },
            { Payload(), DeviceTopics.Heartbeat("another-cam"), false, MqttClientPublishReasonCode.NotAuthorized },
            { Payload(), DeviceTopics.Expected(BrokerFixture.Camera.Id), false, MqttClientPublishReasonCode.NotAuthorized },
            { Payload(), "registry/v1", false, MqttClientPublishReasonCode.NotAuthorized },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_publish_outside_the_contract_is_refused_with_the_contract_s_code(
        string payload,
        string? topic,
        bool retain,
        MqttClientPublishReasonCode code
    )
    {
        using var camera = await broker.ConnectAsync();
        var kept = broker.Log.Heartbeats.Count;
        Assert.Equal(code, (await camera.PublishAsync(Message(payload, topic, retain: retain))).ReasonCode);
        Assert.Equal(kept, broker.Log.Heartbeats.Count);
        Assert.True(camera.IsConnected);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_publish_of_MQTT_3_1_1_closes_the_connection(
        string payload,
        string? topic,
        bool retain,
        MqttClientPublishReasonCode code
    )
    {
        _ = code;
        var kept = broker.Log.Heartbeats.Count;
        await using var camera = await Fixtures.RawMqttClient.SignInAsync(broker.Address, BrokerFixture.Camera.Id, isVersion5: false);
        await camera.SendAsync(
            Fixtures.RawMqttClient.Publish(
                1,
                topic ?? DeviceTopics.Heartbeat(BrokerFixture.Camera.Id),
                payload,
                first: (byte)(retain ? 0x33 : 0x32),
                isVersion5: false
            )
        );
        Assert.Empty(await camera.UntilClosedAsync(isHalfClosed: false)); // The registry closed it, and sent nothing.
        Assert.Equal(kept, broker.Log.Heartbeats.Count);
    }

    [Theory]
    [InlineData(MqttQualityOfServiceLevel.AtMostOnce)]
    [InlineData(MqttQualityOfServiceLevel.ExactlyOnce)]
    public async Task A_publish_with_another_QoS_ends_the_session_with_its_reason(MqttQualityOfServiceLevel qos)
    {
        using var camera = await broker.ConnectAsync();
        var ended = new TaskCompletionSource<MqttClientDisconnectReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        camera.DisconnectedAsync += end =>
        {
            ended.TrySetResult(end.Reason);
            return Task.CompletedTask;
        };
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await camera.PublishAsync(Message(Payload(), qos: qos));
            throw new MqttCommunicationException(await ended.Task.WaitAsync(TimeSpan.FromSeconds(10)) + "");
        });
        Assert.Equal(MqttClientDisconnectReason.QosNotSupported, await ended.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_refused_publish_leaves_only_its_size_topic_class_and_reason()
    {
        const string marker = "PLATE-7XYZ999";
        using var camera = await broker.ConnectAsync();
        await camera.PublishAsync(Message(Payload($",\"plate\":\"{marker}\"")));
        await camera.PublishAsync(Message(marker, topic: "people/" + marker));
        await Assert.ThrowsAnyAsync<Exception>(() => camera.PublishAsync(Message(marker + new string('x', 100_000))));
        using var older = await broker.ConnectAsync(BrokerFixture.OptionsFor(BrokerFixture.Camera, version: MqttProtocolVersion.V311));
        await Assert.ThrowsAnyAsync<Exception>(() => older.PublishAsync(Message(marker)));
        Assert.DoesNotContain(broker.Logged, line => line.Contains(marker, StringComparison.Ordinal));
        Assert.DoesNotContain(broker.Measurements, line => line.Contains(marker, StringComparison.Ordinal));
        Assert.Contains("registry.publishes.refused shape own-heartbeat 1", broker.Measurements);
        Assert.Contains("registry.publishes.refused topic foreign 1", broker.Measurements);
        Assert.Contains(
            broker.Logged,
            line => line.Contains("Shape", StringComparison.Ordinal) && line.Contains("bytes", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("mqttv5")]
    [InlineData("mqttv311")]
    public async Task A_heartbeat_of_an_independent_MQTT_client_is_accepted(string version)
    {
        using var program = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(
                "mosquitto_pub",
                [
                    "-h",
                    "127.0.0.1",
                    "-p",
                    broker.Address.Port.ToString(CultureInfo.InvariantCulture),
                    "-V",
                    version,
                    "-q",
                    "1",
                    "-i",
                    BrokerFixture.Camera.Id,
                    "-u",
                    BrokerFixture.Camera.Id,
                    "-P",
                    BrokerFixture.Secret,
                    "-t",
                    DeviceTopics.Heartbeat(BrokerFixture.Camera.Id),
                    "-m",
                    Payload(),
                ]
            )
        )!;
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
    }
}

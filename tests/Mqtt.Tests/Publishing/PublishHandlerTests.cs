using System.Globalization;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Publishing;

/// <summary>The contract's section MQTT, on real sockets.</summary>
public sealed class PublishHandlerTests(BrokerFixture antenna) : IClassFixture<BrokerFixture>
{
    private static long _seq;

    private static string Payload(string extra = "") =>
        $$"""{"epoch":1764000000123,"seq":{{Interlocked.Increment(ref _seq)}},"capture":{"video":"recorded","audio":"off"},"health":"ok","firmware":"10.12.1"{{extra}}}""";

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
    public async Task Is_acknowledged_only_when_it_is_durable_and_passed_on_only_then()
    {
        using var camera = await antenna.ConnectAsync();
        antenna.Kept.Hold();
        while (antenna.Kept.Asked.Wait(0)) { }
        var payload = Payload();
        var seq = _seq;

        var publish = camera.PublishAsync(Message(payload));
        await antenna.Kept.Asked.WaitAsync();
        // A whole sign-in later …
        using var other = await antenna.ConnectAsync(BrokerFixture.As(BrokerFixture.Camera with { Id = "sim-other" }));
        Assert.False(publish.IsCompleted);
        Assert.DoesNotContain(antenna.Kept.Heartbeats, heartbeat => heartbeat.Seq == seq);
        Assert.DoesNotContain(antenna.Told.Heartbeats, heartbeat => heartbeat.Seq == seq);

        antenna.Kept.Release();
        Assert.Equal(MqttClientPublishReasonCode.Success, (await publish).ReasonCode);
        Assert.Contains(antenna.Kept.Heartbeats, heartbeat => heartbeat.Seq == seq && heartbeat.ReceivedAt == antenna.Clock.GetUtcNow());
        while (!(await antenna.Told.CallAsync()).Any(heartbeat => heartbeat.Seq == seq)) { }
    }

    [Fact]
    public async Task Is_acknowledged_again_when_it_comes_twice()
    {
        using var camera = await antenna.ConnectAsync();
        var message = Message(Payload());
        Assert.Equal(MqttClientPublishReasonCode.Success, (await camera.PublishAsync(message)).ReasonCode);
        Assert.Equal(MqttClientPublishReasonCode.Success, (await camera.PublishAsync(message)).ReasonCode);
    }

    [Fact]
    public async Task Is_not_acknowledged_when_it_cannot_be_made_durable()
    {
        await using var camera = await Fixtures.RawMqttClient.SignInAsync(antenna.Address, BrokerFixture.Camera.Id);
        antenna.Kept.IsBroken = true;
        try
        {
            await camera.SendAsync(Fixtures.RawMqttClient.Publish(1, DeviceTopics.Heartbeat(BrokerFixture.Camera.Id), Payload()));
            Assert.Equal([0xE0, 2, 0x80, 0], await camera.UntilClosedAsync(isHalfClosed: false)); // No acknowledgement before the end.
        }
        finally
        {
            antenna.Kept.IsBroken = false;
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
    public async Task Is_refused_with_the_contracts_code_when_it_is_not_the_contracts_heartbeat(
        string payload,
        string? topic,
        bool retain,
        MqttClientPublishReasonCode code
    )
    {
        using var camera = await antenna.ConnectAsync();
        var kept = antenna.Kept.Heartbeats.Count;
        Assert.Equal(code, (await camera.PublishAsync(Message(payload, topic, retain: retain))).ReasonCode);
        Assert.Equal(kept, antenna.Kept.Heartbeats.Count);
        Assert.True(camera.IsConnected);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Of_the_older_protocol_is_refused_by_closing_the_connection_because_no_code_can_be_sent(
        string payload,
        string? topic,
        bool retain,
        MqttClientPublishReasonCode code
    )
    {
        _ = code;
        var kept = antenna.Kept.Heartbeats.Count;
        await using var camera = await Fixtures.RawMqttClient.SignInAsync(antenna.Address, BrokerFixture.Camera.Id, isVersion5: false);
        await camera.SendAsync(
            Fixtures.RawMqttClient.Publish(
                1,
                topic ?? DeviceTopics.Heartbeat(BrokerFixture.Camera.Id),
                payload,
                first: (byte)(retain ? 0x33 : 0x32),
                isVersion5: false
            )
        );
        Assert.Empty(await camera.UntilClosedAsync(isHalfClosed: false)); // Closed by the registry, and without a word.
        Assert.Equal(kept, antenna.Kept.Heartbeats.Count);
    }

    [Theory]
    [InlineData(MqttQualityOfServiceLevel.AtMostOnce)]
    [InlineData(MqttQualityOfServiceLevel.ExactlyOnce)]
    public async Task Of_another_quality_of_service_ends_the_session_with_its_reason(MqttQualityOfServiceLevel qos)
    {
        using var camera = await antenna.ConnectAsync();
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
    public async Task That_is_refused_leaves_its_size_its_class_of_topic_and_the_reason_and_nothing_else()
    {
        const string marker = "PLATE-7XYZ999";
        using var camera = await antenna.ConnectAsync();
        await camera.PublishAsync(Message(Payload($",\"plate\":\"{marker}\"")));
        await camera.PublishAsync(Message(marker, topic: "people/" + marker));
        await Assert.ThrowsAnyAsync<Exception>(() => camera.PublishAsync(Message(marker + new string('x', 100_000))));
        using var older = await antenna.ConnectAsync(BrokerFixture.As(BrokerFixture.Camera, version: MqttProtocolVersion.V311));
        await Assert.ThrowsAnyAsync<Exception>(() => older.PublishAsync(Message(marker)));
        Assert.DoesNotContain(antenna.Logged, line => line.Contains(marker, StringComparison.Ordinal));
        Assert.DoesNotContain(antenna.Counted, line => line.Contains(marker, StringComparison.Ordinal));
        Assert.Contains("registry.publishes.refused shape own-heartbeat 1", antenna.Counted);
        Assert.Contains("registry.publishes.refused topic foreign 1", antenna.Counted);
        Assert.Contains(
            antenna.Logged,
            line => line.Contains("Shape", StringComparison.Ordinal) && line.Contains("bytes", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("mqttv5")]
    [InlineData("mqttv311")]
    public async Task Is_taken_from_a_client_that_nobody_here_wrote(string version)
    {
        using var program = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(
                "mosquitto_pub",
                [
                    "-h",
                    "127.0.0.1",
                    "-p",
                    antenna.Address.Port.ToString(CultureInfo.InvariantCulture),
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

using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Publishing.Rejections;

/// <summary>
/// A rejected heartbeat is still a word of its device: the captures that it names reach the presence partition, and nothing else of it
/// does.
/// </summary>
public sealed class PublishRejectorTests : IAsyncLifetime
{
    private const string DeviceId = "sim-talker";

    private static readonly CaptureReport Recorded = CaptureReport.ForAll([Capture.Video, Capture.Audio], Mode.Recorded);

    private readonly BrokerFixture _broker = new()
    {
        Limits = new Limits { BurstPerDevice = 5, PerSecondAndDevice = 1 },
    };

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private Task<RawMqttClient> SignInAsync(bool isVersion5 = true) =>
        RawMqttClient.SignInAsync(_broker.Address, DeviceId, isVersion5: isVersion5);

    private static byte[] Beat(ushort id, long seq, string capture, string extra = "", byte first = 0x32, bool isVersion5 = true) =>
        RawMqttClient.Publish(
            id,
            DeviceTopics.Heartbeat(DeviceId),
            $$"""{"epoch":1,"seq":{{seq}},"capture":{{{capture}}},"health":"ok","firmware":"1.0"{{extra}}}""",
            first: first,
            isVersion5: isVersion5
        );

    private const string Registered = """ "video":"recorded","audio":"recorded" """;
    private const string WithFaces = """ "video":"recorded","audio":"recorded","faces":"recorded" """;

    private static byte[] Answer(byte reason, byte id) => reason == 0 ? [0x40, 2, 0, id] : [0x40, 3, 0, id, reason];

    [Fact]
    public async Task A_heartbeat_that_is_wrong_in_two_ways_leaves_its_named_captures_too()
    {
        await using var camera = await SignInAsync();
        await camera.SendAsync(Beat(1, 1, Registered));
        Assert.Equal(Answer(0, 1), await camera.ReadPacketAsync());

        await camera.SendAsync(Beat(2, 2, WithFaces, ",\"model\":\"x\""));
        Assert.Equal(Answer(0x99, 2), await camera.ReadPacketAsync());

        // Its modes are in doubt, as those of a payload that cannot be read.
        var (_, reported, unregistered, _) = Assert.Single(_broker.Partitions.Rejected);
        Assert.Equal((default, CaptureSet.From(Capture.Faces)), (reported, unregistered));
    }

    [Fact]
    public async Task A_refused_heartbeat_leaves_its_named_captures_as_possible()
    {
        await using var camera = await SignInAsync();
        await camera.SendAsync(Beat(1, 1, Registered));
        Assert.Equal(Answer(0, 1), await camera.ReadPacketAsync());

        await camera.SendAsync(Beat(2, 2, WithFaces));
        Assert.Equal(Answer(0x99, 2), await camera.ReadPacketAsync());

        var (number, reported, unregistered, after) = Assert.Single(_broker.Partitions.Rejected);
        Assert.Equal(FakeEnrolment.Numbered(DeviceId).Number, number);
        Assert.Equal(Recorded.With(Capture.Faces, Mode.Recorded), reported);
        Assert.Equal((CaptureSet.From(Capture.Faces), (1, 1)), (unregistered, after));
        Assert.Equal(1, Assert.Single(_broker.Log.Heartbeats).Seq); // Nothing else of it is stored.
    }

    [Fact]
    public async Task The_first_refused_heartbeat_of_each_session_is_passed_on()
    {
        for (var sessions = 1; sessions <= 2; sessions++)
        {
            await using var camera = await SignInAsync();
            for (byte i = 1; i <= 2; i++) // They report the same, and nothing is known that could differ further.
            {
                await camera.SendAsync(Beat(i, i, WithFaces));
                Assert.Equal(Answer(0x99, i), await camera.ReadPacketAsync());
            }

            Assert.Equal(sessions, _broker.Partitions.RejectedSessions.Distinct().Count());
            Assert.Equal(sessions, _broker.Partitions.Rejected.Count);
        }
    }

    [Fact]
    public async Task A_refused_heartbeat_is_answered_only_after_its_captures_are_durable()
    {
        await using var camera = await SignInAsync();
        _broker.Partitions.PausedDeath = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await camera.SendAsync(new[] { Beat(1, 1, WithFaces), RawMqttClient.Packet(0xC0) }.SelectMany(bytes => bytes).ToArray());
        await _broker.Partitions.DeathsAsked.WaitAsync(BrokerFixture.Timeout);
        Assert.Single(_broker.Partitions.Rejected);

        _broker.Partitions.PausedDeath.SetResult();
        _broker.Partitions.PausedDeath = null;
        Assert.Equal(Answer(0x99, 1), await camera.ReadPacketAsync());
        Assert.Equal([0xD0, 0], await camera.ReadPacketAsync());
    }

    public static TheoryData<string, byte, string, bool> Words() =>
        new()
        {
            { "a sensor is missing", 0x32, """{"epoch":1,"seq":1,"capture":{"video":"live"},"health":"ok","firmware":"1.0"}""", true },
            {
                "RETAIN is set",
                0x33,
                """{"epoch":1,"seq":1,"capture":{"video":"live","audio":"off"},"health":"ok","firmware":"1.0"}""",
                true
            },
            {
                "an unknown member",
                0x32,
                """{"epoch":1,"seq":1,"capture":{"video":"live"},"health":"ok","firmware":"1.0","battery":5}""",
                false
            },
            { "an unknown capture", 0x32, """{"epoch":1,"seq":1,"capture":{"heat":"live"},"health":"ok","firmware":"1.0"}""", false },
            { "no heartbeat at all", 0x32, "recording", false },
        };

    [Theory]
    [MemberData(nameof(Words))]
    public async Task A_refused_heartbeat_puts_the_report_in_doubt_also_when_it_cannot_be_read(
        string why,
        byte first,
        string payload,
        bool isRead
    )
    {
        _ = why;
        await using var camera = await SignInAsync();
        await camera.SendAsync(RawMqttClient.Publish(1, DeviceTopics.Heartbeat(DeviceId), payload, first: first));
        Assert.Equal(Answer(0x99, 1), await camera.ReadPacketAsync());
        var reported = Assert.Single(_broker.Partitions.Rejected).Reported;
        Assert.Equal(isRead ? Mode.Live : null, reported[Capture.Video]);
    }

    [Fact]
    public async Task A_heartbeat_over_the_rate_limit_leaves_its_captures_once()
    {
        await using var camera = await SignInAsync();
        for (byte i = 1; i <= 5; i++)
        {
            await camera.SendAsync(Beat(i, i, Registered));
            Assert.Equal(Answer(0, i), await camera.ReadPacketAsync());
        }

        for (byte i = 6; i <= 9; i++)
        {
            await camera.SendAsync(Beat(i, i, i < 8 ? Registered : WithFaces));
            Assert.Equal(Answer(0x97, i), await camera.ReadPacketAsync());
        }

        // Those that say the same as the last accepted one add nothing, and neither does the second one with faces.
        Assert.Equal(CaptureSet.From(Capture.Faces), Assert.Single(_broker.Partitions.Rejected).Unregistered);
    }

    [Theory]
    [InlineData(0x30, true)] // QoS 0.
    [InlineData(0x34, true)] // QoS 2.
    [InlineData(0x30, false)]
    public async Task A_heartbeat_with_another_QoS_leaves_its_captures_before_its_session_ends(byte first, bool isVersion5)
    {
        await using var camera = await SignInAsync(isVersion5);
        await camera.SendAsync(Beat((ushort)(first == 0x30 ? 0 : 1), 1, WithFaces, first: first, isVersion5: isVersion5));
        await camera.UntilClosedAsync(isHalfClosed: false);
        Assert.Equal(CaptureSet.From(Capture.Faces), _broker.Partitions.Rejected.First().Unregistered);
    }

    [Fact]
    public async Task A_refused_heartbeat_of_MQTT_3_1_1_leaves_its_captures_before_its_session_ends()
    {
        await using var camera = await SignInAsync(isVersion5: false);
        await camera.SendAsync(Beat(1, 1, WithFaces, isVersion5: false));
        Assert.Empty(await camera.UntilClosedAsync(isHalfClosed: false));
        Assert.Equal(CaptureSet.From(Capture.Faces), _broker.Partitions.Rejected.First().Unregistered);
    }

    [Fact]
    public async Task A_packet_that_cannot_be_read_puts_the_whole_report_of_its_device_in_doubt()
    {
        var camera = await SignInAsync();
        await camera.SendAsync(Beat(1, 1, Registered));
        Assert.Equal(Answer(0, 1), await camera.ReadPacketAsync());
        await camera.SendAsync(new byte[] { 0x36, 2, 0, 0 }); // A PUBLISH with QoS 3.
        await camera.UntilClosedAsync(isHalfClosed: false);
        await camera.DisposeAsync();
        await _broker.Partitions.EndAsync();
        Assert.Equal(default, Assert.Single(_broker.Partitions.Rejected).Reported);
    }

    [Fact]
    public async Task A_publish_on_a_foreign_topic_says_nothing_of_any_device()
    {
        await using var camera = await SignInAsync();
        await camera.SendAsync(RawMqttClient.Publish(1, DeviceTopics.Heartbeat(BrokerFixture.Camera.Id), RawMqttClient.Heartbeat(1)));
        Assert.Equal(Answer(0x87, 1), await camera.ReadPacketAsync());
        Assert.Empty(_broker.Partitions.Rejected);
    }
}

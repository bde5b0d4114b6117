using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>
/// What is no MQTT, or not here and now, ends the connection, whatever it is. The cases are those of Mosquitto's own tests of raw packets,
/// and some of ours.
/// </summary>
public sealed class MalformedBytesTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private const string DeviceId = "sim-raw";

    private static byte[] Connect(byte level = 4, byte flags = 0b1100_0010, string name = "MQTT", params byte[] rest) =>
        RawMqttClient.Packet(0x10, [.. RawMqttClient.Text(name), level, flags, 0, 60, .. level == 5 ? new byte[] { 0 } : [], .. rest]);

    private static byte[] Me =>
        [.. RawMqttClient.Text(DeviceId), .. RawMqttClient.Text(DeviceId), .. RawMqttClient.Text(BrokerFixture.Secret)];

    /// <summary>Packets that are no CONNECT.</summary>
    private static readonly (string What, byte[] Bytes)[] OtherPackets =
    [
        ("a packet that is no CONNECT: PINGREQ", [0xC0, 0]),
        ("PUBLISH", RawMqttClient.Publish(1, DeviceTopics.Heartbeat(DeviceId), RawMqttClient.Heartbeat(1))),
        ("SUBSCRIBE", RawMqttClient.Subscribe(1, true, DeviceTopics.Expected(DeviceId))),
        ("DISCONNECT", [0xE0, 0]),
        ("CONNACK", [0x20, 2, 0, 0]),
        ("packet type 0", [0x00, 0]),
        ("AUTH", [0xF0, 0]),
        ("HTTP", "GET / HTTP/1.1\r\n\r\n"u8.ToArray()),
    ];

    /// <summary>Wrong in the first fields of CONNECT.</summary>
    private static readonly (string What, byte[] Bytes)[] MalformedHeads =
    [
        ("an empty CONNECT", [0x10, 0]),
        ("CONNECT with flags in its first byte", [0x11, .. Connect(rest: Me)[1..]]),
        ("an empty protocol name", Connect(name: "", rest: Me)),
        ("an unknown protocol name", Connect(name: "MQTX", rest: Me)),
        ("a protocol name longer than the packet", [0x10, 4, 0xFF, 0xFF, (byte)'M', (byte)'Q']),
        ("an unknown level", Connect(level: 6, rest: Me)),
        ("level 0", Connect(level: 0, rest: Me)),
        ("the reserved flag", Connect(flags: 0b1100_0011, rest: Me)),
    ];

    /// <summary>Wrong in the will of CONNECT.</summary>
    private static readonly (string What, byte[] Bytes)[] MalformedWills =
    [
        (
            "a will of QoS 3",
            Connect(
                flags: 0b1101_1110,
                rest:
                [
                    .. RawMqttClient.Text(DeviceId),
                    .. RawMqttClient.Text(DeviceTopics.Death(DeviceId)),
                    .. RawMqttClient.Text("{}"),
                    .. RawMqttClient.Text(DeviceId),
                    .. RawMqttClient.Text(BrokerFixture.Secret),
                ]
            )
        ),
        ("a will's QoS without a will", Connect(flags: 0b1100_1010, rest: Me)),
        ("a retained will without a will", Connect(flags: 0b1110_0010, rest: Me)),
        ("a will that is announced and missing", Connect(flags: 0b1100_1110, rest: RawMqttClient.Text(DeviceId))),
        (
            "a gateway that leaves a will for a child",
            Connect(
                5,
                0b1100_1110,
                rest:
                [
                    .. RawMqttClient.Text(FakeEnrolment.Gateway),
                    0,
                    .. RawMqttClient.Text(DeviceTopics.Death("behind-1")),
                    .. RawMqttClient.Text("""{"epoch":1}"""),
                    .. RawMqttClient.Text(FakeEnrolment.Gateway),
                    .. RawMqttClient.Text(BrokerFixture.Secret),
                ]
            )
        ),
        (
            "a gateway that leaves a will of its own",
            Connect(
                5,
                0b1100_1110,
                rest:
                [
                    .. RawMqttClient.Text(FakeEnrolment.Gateway),
                    0,
                    .. RawMqttClient.Text(DeviceTopics.Death(FakeEnrolment.Gateway)),
                    .. RawMqttClient.Text("""{"epoch":1}"""),
                    .. RawMqttClient.Text(FakeEnrolment.Gateway),
                    .. RawMqttClient.Text(BrokerFixture.Secret),
                ]
            )
        ),
    ];

    /// <summary>Wrong in the other fields of CONNECT.</summary>
    private static readonly (string What, byte[] Bytes)[] MalformedFields =
    [
        ("no client id", Connect(rest: [])),
        ("a user name that is announced and missing", Connect(rest: RawMqttClient.Text(DeviceId))),
        ("a password that is announced and missing", Connect(rest: [.. RawMqttClient.Text(DeviceId), .. RawMqttClient.Text(DeviceId)])),
        (
            "a password without a user name",
            Connect(flags: 0b0100_0010, rest: [.. RawMqttClient.Text(DeviceId), .. RawMqttClient.Text(BrokerFixture.Secret)])
        ),
        ("an unknown property", RawMqttClient.Packet(0x10, [.. RawMqttClient.Text("MQTT"), 5, 0b1100_0010, 0, 60, 2, 0x7F, 0, .. Me])),
        (
            "properties longer than the packet",
            RawMqttClient.Packet(0x10, [.. RawMqttClient.Text("MQTT"), 5, 0b1100_0010, 0, 60, 0x7F, .. RawMqttClient.Text(DeviceId)])
        ),
        ("a length of five bytes", [0x10, 0x80, 0x80, 0x80, 0x80, 0x01]),
    ];

    /// <summary>Bytes that a client sends before it has signed in.</summary>
    public static TheoryData<string, string> Strange() =>
        new(
            OtherPackets
                .Concat(MalformedHeads)
                .Concat(MalformedWills)
                .Concat(MalformedFields)
                .Select(one => (one.What, Convert.ToHexString(one.Bytes)))
        );

    [Theory]
    [MemberData(nameof(Strange))]
    public async Task Malformed_bytes_before_the_sign_in_open_no_session(string what, string bytes)
    {
        await using var client = await RawMqttClient.DialAsync(broker.Address, Convert.FromHexString(bytes));
        var answer = await client.UntilClosedAsync(isHalfClosed: false); // Fails when it is not closed.
        Assert.True(answer.Length == 0 || answer[0] == 0x20 && answer[3] != 0, $"{what}: {Convert.ToHexString(answer)}");
        await using var other = await RawMqttClient.SignInAsync(broker.Address, "sim-bystander");
    }

    /// <summary>Bytes that a client sends after it has signed in.</summary>
    public static TheoryData<string, string, bool> Malformed() =>
        new(
            new (string What, byte[] Bytes)[]
            {
                ("a second CONNECT", RawMqttClient.Connect(DeviceId)),
                ("CONNACK", [0x20, 3, 0, 0, 0]),
                ("SUBACK", [0x90, 4, 0, 1, 0, 0]),
                ("UNSUBACK", [0xB0, 4, 0, 1, 0, 0]),
                ("PINGRESP", [0xD0, 0]),
                ("packet type 0", [0x00, 0]),
                ("SUBSCRIBE without its flags", [0x80, .. RawMqttClient.Subscribe(1, true, DeviceTopics.Expected(DeviceId))[1..]]),
                ("SUBSCRIBE without a packet id", [0x82, 1, 0]),
                ("SUBSCRIBE with packet id 0", RawMqttClient.Subscribe(0, true, DeviceTopics.Expected(DeviceId))),
                ("SUBSCRIBE without a filter", [0x82, 3, 0, 1, 0]),
                ("SUBSCRIBE with an empty filter", RawMqttClient.Subscribe(1, true, "")),
                ("SUBSCRIBE with a filter longer than the packet", [0x82, 7, 0, 1, 0, 0xFF, 0xFF, (byte)'a', 1]),
                ("SUBSCRIBE without options", [0x82, 6, 0, 1, 0, 0, 1, (byte)'a']),
                ("SUBSCRIBE with QoS 3", [0x82, 7, 0, 1, 0, 0, 1, (byte)'a', 3]),
                ("UNSUBSCRIBE without its flags", [0xA0, 6, 0, 1, 0, 0, 1, (byte)'a']),
                ("UNSUBSCRIBE without a filter", [0xA2, 3, 0, 1, 0]),
                ("PINGREQ with flags", [0xC1, 0]),
                ("PINGREQ with a body", [0xC0, 1, 0]),
                ("DISCONNECT with flags", [0xE1, 0]),
                ("PUBACK cut short", [0x40, 1, 0]),
                ("PUBLISH of QoS 3", [0x36, 7, 0, 1, (byte)'a', 0, 1, 0, 0]),
                ("PUBLISH with packet id 0", RawMqttClient.Publish(0, DeviceTopics.Heartbeat(DeviceId), RawMqttClient.Heartbeat(1))),
                ("PUBLISH without a topic", [0x32, 5, 0, 0, 0, 1, 0]),
                ("PUBLISH with a wildcard", RawMqttClient.Publish(1, "registry/v1/devices/+/heartbeat", "")),
                ("PUBLISH with a topic longer than the packet", [0x32, 5, 0xFF, 0xFF, (byte)'a', 0, 1]),
                ("PUBLISH that was sent before at QoS 0", RawMqttClient.Publish(0, DeviceTopics.Heartbeat(DeviceId), "", first: 0x38)),
                ("a length of five bytes", [0x32, 0x80, 0x80, 0x80, 0x80, 0x01]),
                ("AUTH", [0xF0, 0]),
            }.Select(one => (one.What, Convert.ToHexString(one.Bytes), true))
        );

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Malformed_bytes_after_the_sign_in_end_the_session(string what, string bytes, bool isVersion5)
    {
        await using var client = await RawMqttClient.SignInAsync(broker.Address, DeviceId, isVersion5);
        var stored = broker.Log.Heartbeats.Count;
        await client.SendAsync(Convert.FromHexString(bytes));
        var answer = await client.UntilDisconnectedAsync(); // Fails when it is not closed.
        Assert.True(answer.Length == 0 || answer[0] == 0xE0 && answer[2] >= 0x80, $"{what}: {Convert.ToHexString(answer)}");
        Assert.Equal(stored, broker.Log.Heartbeats.Count);
        await using var other = await RawMqttClient.SignInAsync(broker.Address, "sim-bystander");
    }
}

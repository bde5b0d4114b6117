using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Packets;

/// <summary>Section 3.1 of both versions, on real connections: each CONNECT is answered as the specification says.</summary>
public sealed class ConnectCheckTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private static byte[] Connect(string name, byte level, byte flags, params byte[] rest) =>
        RawMqttClient.Packet(0x10, [.. RawMqttClient.Text(name), level, flags, 0, 60, .. level == 5 ? new byte[] { 0 } : [], .. rest]);

    private static byte[] Texts(params IEnumerable<string> texts) => [.. texts.SelectMany(RawMqttClient.Text)];

    private static byte[] Me(string id) => Texts(id, id, BrokerFixture.Secret);

    public static TheoryData<string, byte[], string> RefusedHeads()
    {
        byte[] me = Me("sim-connects");
        var will = Texts("sim-connects", DeviceTopics.Death("sim-connects"), """{"epoch":1}""", "sim-connects", BrokerFixture.Secret);
        return new()
        {
            // The version.
            { "level 3 of MQTT", Connect("MQTT", 3, 0xC2, me), "20020001" },
            { "level 0", Connect("MQTT", 0, 0xC2, me), "20020001" },
            { "level 6", Connect("MQTT", 6, 0xC2, me), "2003008400" },
            { "level 127", Connect("MQTT", 127, 0xC2, me), "2003008400" },
            { "level 4 of MQIsdp", Connect("MQIsdp", 4, 0xC2, me), "20020001" },
            { "another name", Connect("MQTU", 5, 0xC2, me), "" },
            { "a longer name", Connect("MQTTT", 4, 0xC2, me), "" },
            { "a name and no level", RawMqttClient.Packet(0x10, RawMqttClient.Text("MQTT")), "" },
            { "a level and no flags", RawMqttClient.Packet(0x10, [.. RawMqttClient.Text("MQTT"), 5]), "2003008100" },
            { "half a keep-alive", RawMqttClient.Packet(0x10, [.. RawMqttClient.Text("MQTT"), 5, 0xC2, 0]), "2003008100" },
            { "flags in the first byte", [0x11, .. Connect("MQTT", 5, 0xC2, me)[1..]], "" },
            {
                "a length of more bytes than it needs",
                [0x10, (byte)(Connect("MQTT", 5, 0xC2, me)[1] | 0x80), 0, .. Connect("MQTT", 5, 0xC2, me)[2..]],
                ""
            },
            // The flags.
            { "the reserved flag", Connect("MQTT", 5, 0xC3, me), "2003008100" },
            { "the reserved flag in 3.1.1", Connect("MQTT", 4, 0xC3, me), "" },
            { "QoS of no will", Connect("MQTT", 5, 0xCA, me), "2003008100" },
            { "RETAIN of no will", Connect("MQTT", 5, 0xE2, me), "2003008100" },
            { "a will of QoS 3", Connect("MQTT", 5, 0xDE, [0, .. will]), "2003008100" },
            { "a password alone in 3.1.1", Connect("MQTT", 4, 0x42, Texts("sim-connects", BrokerFixture.Secret)), "" },
        };
    }

    public static TheoryData<string, byte[], string> RefusedPayloads()
    {
        var me = Me("sim-connects");
        return new()
        {
            { "no client id", Connect("MQTT", 5, 0xC2), "2003008100" },
            { "no user name", Connect("MQTT", 5, 0xC2, Texts("sim-connects")), "2003008100" },
            { "no password", Connect("MQTT", 5, 0xC2, Texts("sim-connects", "sim-connects")), "2003008100" },
            { "bytes behind the password", Connect("MQTT", 5, 0xC2, [.. me, 0x78]), "2003008100" },
            { "bytes behind the password in 3.1.1", Connect("MQTT", 4, 0xC2, [.. me, 0x78]), "" },
            { "a password that no flag announces", Connect("MQTT", 5, 0x82, me), "2003008100" },
            { "no client id, and a session to store, in 3.1.1", Connect("MQTT", 4, 0xC0, Me("")), "20020002" },
            { "a NUL in the client id", Connect("MQTT", 5, 0xC2, Me("sim\0connects")), "2003008100" },
            { "a control character in the user name", Connect("MQTT", 5, 0xC2, Texts("sim-connects", "sim\u0001", "x")), "2003008100" },
            { "a surrogate in the client id", Connect("MQTT", 5, 0xC2, [0, 3, 0xED, 0xA0, 0x80, .. Texts("a", "b")]), "2003008100" },
            // The will.
            { "no will topic", Connect("MQTT", 5, 0xCE, [.. Texts("sim-connects"), 0]), "2003008100" },
            { "an empty will topic", Connect("MQTT", 5, 0xCE, [.. Texts("sim-connects"), 0, .. Texts("", "x", "a", "b")]), "2003008100" },
            {
                "a wildcard in the will topic",
                Connect("MQTT", 5, 0xCE, [.. Texts("sim-connects"), 0, .. Texts("a/#", "x", "a", "b")]),
                "2003008100"
            },
            { "an empty will topic in 3.1.1", Connect("MQTT", 4, 0xCE, Texts("sim-connects", "", "x", "a", "b")), "" },
        };
    }

    [Theory]
    [MemberData(nameof(RefusedHeads))]
    [MemberData(nameof(RefusedPayloads))]
    public async Task A_CONNECT_that_does_not_conform_is_answered_as_specified(string what, byte[] connect, string connAck)
    {
        await using var client = await RawMqttClient.DialAsync(broker.Address, connect);
        Assert.Equal((what, connAck), (what, Convert.ToHexString(await client.UntilClosedAsync(isHalfClosed: false))));
    }

    [Fact]
    public async Task A_CONNECT_that_does_not_conform_is_counted_with_its_reason()
    {
        await PacketExchange.SendAsync(broker.Address, PacketExchange.Connect("sim-counted", [0x21, 0, 0]));
        Assert.Contains("registry.connects.refused protocol-error 1", broker.Measurements);
    }

    [Theory]
    [InlineData("MQTT", 4)]
    [InlineData("MQIsdp", 3)] // MQTT 3.1: old devices speak it, and it differs in nothing that matters here.
    [InlineData("MQTT", 0x84)] // A Mosquitto bridge names itself one by this bit.
    public async Task A_CONNECT_of_an_older_client_signs_in(string name, int level)
    {
        var id = PacketExchange.NextId();
        var answers = await PacketExchange.SendAsync(broker.Address, Connect(name, (byte)level, 0xC2, Me(id)));
        Assert.Equal((true, (byte?)0), (answers.IsAlive, answers.ConnAck));
    }
}

using System.Globalization;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Packets;

/// <summary>
/// Table 2-4 of MQTT 5.0, row by row on real connections. The table stands here a second time, as the specification prints it, so that an
/// error in the broker's own table is found.
/// </summary>
public sealed class PropertyTableTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private const byte Malformed = 0x81,
        ProtocolError = 0x82;

    /// <param name="Good">A value that it may have, in hexadecimal.</param>
    /// <param name="Wrong">Values that it may not have, each with the reason code.</param>
    /// <param name="Packets">The packets in which a client may send it.</param>
    private sealed record Row(byte Id, string Name, string Good, string[] Wrong, string Packets, bool MayRepeat = false);

    private const string BadUtf8 = "0002FFFE 81";
    private const string Surrogate = "0003EDA080 81";
    private const string Nul = "00016100 81"; // The text is cut short, and the rest is no property.

    private const string Answers = "PUBACK PUBREC PUBREL PUBCOMP DISCONNECT";

    private static readonly Row[] Rows =
    [
        new(0x01, "Payload Format Indicator", "01", ["02 82", "FF 82"], "PUBLISH Will"),
        new(0x02, "Message Expiry Interval", "00000000", [], "PUBLISH Will"),
        new(0x03, "Content Type", "0000", [BadUtf8, Surrogate, Nul], "PUBLISH Will"),
        new(0x08, "Response Topic", "0003612F62", [BadUtf8, "0000 82", "0003612F23 82", "00012B 82"], "PUBLISH Will"),
        new(0x09, "Correlation Data", "0002FFFE", [], "PUBLISH Will"),
        new(0x0B, "Subscription Identifier", "FFFFFF7F", ["00 82", "8000 81", "8080808001 81"], "SUBSCRIBE"),
        new(0x11, "Session Expiry Interval", "00000000", [], "CONNECT DISCONNECT"),
        new(0x12, "Assigned Client Identifier", "000161", [BadUtf8], ""),
        new(0x13, "Server Keep Alive", "0001", [], ""),
        new(0x15, "Authentication Method", "000161", [BadUtf8], "CONNECT"),
        new(0x16, "Authentication Data", "000161", [], "CONNECT"),
        new(0x17, "Request Problem Information", "00", ["02 82"], "CONNECT"),
        new(0x18, "Will Delay Interval", "FFFFFFFF", [], "Will"),
        new(0x19, "Request Response Information", "01", ["02 82"], "CONNECT"),
        new(0x1A, "Response Information", "000161", [BadUtf8], ""),
        new(0x1C, "Server Reference", "000161", [BadUtf8], ""),
        new(0x1F, "Reason String", "000161", [BadUtf8, Surrogate], Answers),
        new(0x21, "Receive Maximum", "0001", ["0000 82"], "CONNECT"),
        new(0x22, "Topic Alias Maximum", "0000", [], "CONNECT"),
        new(0x23, "Topic Alias", "0001", ["0000 94"], "PUBLISH"),
        new(0x24, "Maximum QoS", "01", [], ""),
        new(0x25, "Retain Available", "01", [], ""),
        new(
            0x26,
            "User Property",
            "0000000161",
            ["0002FFFE000161 81", "0001610002FFFE 81", "000161 81"],
            "CONNECT Will PUBLISH SUBSCRIBE UNSUBSCRIBE " + Answers,
            MayRepeat: true
        ),
        new(0x27, "Maximum Packet Size", "0000FFFF", ["00000000 82"], "CONNECT"),
        new(0x28, "Wildcard Subscription Available", "01", [], ""),
        new(0x29, "Subscription Identifier Available", "01", [], ""),
        new(0x2A, "Shared Subscription Available", "01", [], ""),
    ];

    private static readonly string[] EveryPacket = ["CONNECT", "Will", "PUBLISH", "SUBSCRIBE", "UNSUBSCRIBE", .. Answers.Split(' ')];

    public static TheoryData<string> Names() => new(Rows.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_property_is_accepted_only_where_and_as_the_specification_says(string name)
    {
        var row = Rows.Single(row => row.Name == name);
        var good = Of(row, row.Good);
        var faults = new List<string>();
        foreach (var packet in EveryPacket)
        {
            var isAllowed = row.Packets.Split(' ').Contains(packet);
            var expected = isAllowed ? Exception(row, packet) : ProtocolError;
            await ExpectAsync(packet, good, expected);
            await ExpectAsync(packet, [.. good, .. good], row.MayRepeat && isAllowed ? (byte)0 : ProtocolError);
            await ExpectAsync(packet, good[..1], Malformed);
            await ExpectAsync(packet, good[..^1], Malformed);
            foreach (var wrong in isAllowed ? row.Wrong : [])
            {
                var (value, code) = (
                    wrong.Split(' ')[0],
                    byte.Parse(wrong.Split(' ')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                );
                await ExpectAsync(packet, Of(row, value), code);
            }
        }

        Assert.Empty(faults);

        async Task ExpectAsync(string packet, byte[] properties, byte expected)
        {
            var answer = await CodeAsync(packet, properties);
            if (answer != expected)
                faults.Add($"{packet} with {Convert.ToHexString(properties)}: {answer:X2} instead of {expected:X2}");
        }
    }

    [Fact]
    public async Task An_identifier_that_is_not_in_the_table_is_malformed_in_every_packet()
    {
        var unknown = Enumerable.Range(0, 0x80).Where(id => Rows.All(row => row.Id != id)).Select(id => new byte[] { (byte)id, 1 });
        var longer = new byte[][] { [0x80, 0x00, 1], [0x80, 0x01, 1], [0xFF, 0x7F, 1], [0xFF, 0xFF, 0xFF, 0x7F, 1], [0x81, 0x00, 1] };
        foreach (var properties in unknown.Concat(longer))
            Assert.Equal(Malformed, await CodeAsync("PUBLISH", properties));
        foreach (var packet in EveryPacket)
        {
            Assert.Equal(Malformed, await CodeAsync(packet, [0x04, 1]));
            Assert.Equal(Malformed, await CodeAsync(packet, [0x80, 0x01, 1]));
        }
    }

    [Fact]
    public async Task Properties_that_are_longer_than_their_packet_are_malformed()
    {
        foreach (var length in new byte[][] { [5], [0xFF, 0x7F], [0x80, 0x00], [0x80, 0x80, 0x80, 0x80, 0x01] })
        {
            byte[][] packets =
            [
                RawMqttClient.Packet(0x82, [0, 7, .. length, .. RawMqttClient.Text("a"), 1]),
                RawMqttClient.Packet(0x40, [0, 7, 0, .. length]),
                RawMqttClient.Packet(0xE0, [0, .. length]),
                RawMqttClient.Packet(0x32, [.. RawMqttClient.Text("a/b"), 0, 7, .. length]),
            ];
            foreach (var packet in packets)
            {
                var answers = await PacketExchange.SendAsync(broker.Address, RawMqttClient.Connect(PacketExchange.NextId()), packet);
                Assert.Equal(Malformed, answers.Disconnect);
            }
        }
    }

    /// <summary>What the specification or the broker answers to a property that is allowed; docs/guide says why.</summary>
    private static byte Exception(Row row, string packet) =>
        (row.Id, packet) switch
        {
            (0x15, "CONNECT") => 0x8C, // No method is supported (4.12).
            (0x16, "CONNECT") => ProtocolError, // Data without a method (3.1.2.11.10).
            (0x23, "PUBLISH") => 0x94, // Topic Alias Maximum is 0 (3.3.2.3.4).
            _ => 0,
        };

    private static byte[] Of(Row row, string value) => [row.Id, .. Convert.FromHexString(value)];

    /// <summary>The reason code of the answer; 0 when the packet is accepted.</summary>
    private async Task<int> CodeAsync(string packet, byte[] properties)
    {
        var id = PacketExchange.NextId();
        if (packet is "CONNECT" or "Will")
        {
            var connect = packet == "Will" ? PacketExchange.Connect(id, [], properties) : PacketExchange.Connect(id, properties);
            var connected = await PacketExchange.SendAsync(broker.Address, connect);
            Assert.Equal(connected.ConnAck == 0, connected.IsAlive);
            return connected.ConnAck ?? -1;
        }

        var answers = await PacketExchange.SendAsync(
            broker.Address,
            RawMqttClient.Connect(id),
            PacketExchange.With(packet, id, properties)
        );
        return answers.Disconnect ?? (answers.IsAlive || packet == "DISCONNECT" ? 0 : -1);
    }
}

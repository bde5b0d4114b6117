using System.Net;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Packets;

/// <summary>What came back on one connection.</summary>
/// <param name="Packets">Every packet up to the DISCONNECT or the answer to a last PINGREQ, without that answer.</param>
/// <param name="IsAlive">Whether that PINGREQ was answered.</param>
internal sealed record PacketAnswers(IReadOnlyList<byte[]> Packets, bool IsAlive)
{
    /// <summary>The reason code of the CONNACK; null without one.</summary>
    public byte? ConnAck => Packets.FirstOrDefault(packet => packet[0] == 0x20)?[3];

    /// <summary>The reason code of the DISCONNECT; null without one.</summary>
    public byte? Disconnect => Packets.FirstOrDefault(packet => packet[0] == 0xE0)?[2];
}

/// <summary>Writes packets of MQTT 5.0 with any properties, by hand after the specification, and exchanges them with a broker.</summary>
internal static class PacketExchange
{
    private static int _clients;

    /// <summary>An id that no other test uses.</summary>
    public static string NextId() => $"sim-wire-{Interlocked.Increment(ref _clients)}";

    /// <summary>Sends packets at once, and reads until a PINGREQ behind them is answered or the connection ends.</summary>
    public static async Task<PacketAnswers> SendAsync(IPEndPoint address, params byte[][] packets)
    {
        await using var client = await RawMqttClient.DialAsync(address, [.. packets.SelectMany(packet => packet), 0xC0, 0]);
        var answers = new List<byte[]>();
        try
        {
            while (answers is not [.., [0xE0, ..]])
            {
                var packet = await client.ReadPacketAsync();
                if (packet[0] == 0xD0)
                    return new PacketAnswers(answers, IsAlive: true);
                answers.Add(packet);
            }
        }
        catch (IOException)
        {
            // It is closed.
        }

        return new PacketAnswers(answers, IsAlive: false);
    }

    public static byte[] WithLength(byte[] properties) => [.. RawMqttClient.Length(properties.Length), .. properties];

    /// <summary>A CONNECT of a registered device with properties of its own.</summary>
    public static byte[] Connect(string id, byte[] properties, byte[]? willProperties = null, byte flags = 0b1100_0010, byte level = 5)
    {
        byte[] will = willProperties is null
            ? []
            : [.. WithLength(willProperties), .. RawMqttClient.Text(DeviceTopics.Death(id)), .. RawMqttClient.Text("""{"epoch":1}""")];
        return RawMqttClient.Packet(
            0x10,
            [
                .. RawMqttClient.Text("MQTT"),
                level,
                (byte)(flags | (willProperties is null ? 0 : 0b0000_1100)),
                0,
                60,
                .. WithLength(properties),
                .. RawMqttClient.Text(id),
                .. will,
                .. RawMqttClient.Text(id),
                .. RawMqttClient.Text(BrokerFixture.Secret),
            ]
        );
    }

    /// <summary>A packet that would conform with allowed properties.</summary>
    public static byte[] With(string packet, string id, byte[] properties) =>
        packet switch
        {
            "PUBLISH" => RawMqttClient.Publish(7, DeviceTopics.Heartbeat(id), RawMqttClient.Heartbeat(1), properties: properties),
            "PUBACK" => RawMqttClient.Packet(0x40, [0, 7, 0, .. WithLength(properties)]),
            "PUBREC" => RawMqttClient.Packet(0x50, [0, 7, 0, .. WithLength(properties)]),
            "PUBREL" => RawMqttClient.Packet(0x62, [0, 7, 0, .. WithLength(properties)]),
            "PUBCOMP" => RawMqttClient.Packet(0x70, [0, 7, 0, .. WithLength(properties)]),
            "SUBSCRIBE" => RawMqttClient.Packet(
                0x82,
                [0, 7, .. WithLength(properties), .. RawMqttClient.Text(DeviceTopics.Expected(id)), 1]
            ),
            "UNSUBSCRIBE" => RawMqttClient.Packet(0xA2, [0, 7, .. WithLength(properties), .. RawMqttClient.Text("a/b")]),
            "DISCONNECT" => RawMqttClient.Packet(0xE0, [0, .. WithLength(properties)]),
            _ => throw new ArgumentOutOfRangeException(nameof(packet), packet, null),
        };
}

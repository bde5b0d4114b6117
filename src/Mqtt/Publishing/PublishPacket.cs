using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Packets;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// A PUBLISH in the socket's buffer (MQTT 3.1.1 section 3.3, MQTT 5.0 section 3.3). Nothing is copied, and nothing becomes a string.
/// Publishes of devices are read here and not by MQTTnet, so that a refused payload is never stored anywhere.
/// </summary>
public readonly ref struct PublishPacket
{
    public MqttQualityOfServiceLevel Qos { get; private init; }

    public bool IsRetained { get; private init; }

    /// <summary>Whether the client says that it may have sent this before (DUP).</summary>
    public bool IsDuplicate { get; private init; }

    /// <summary>The packet id; 0 at QoS 0.</summary>
    public ushort PacketId { get; private init; }

    /// <summary>Whether the client sent a topic alias, which this broker does not accept.</summary>
    public bool HasTopicAlias { get; private init; }

    public ReadOnlySpan<byte> Topic { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Whether a packet with this first byte is a PUBLISH.</summary>
    public static bool Is(byte first) => first >> 4 == 3;

    /// <summary>Reads a whole packet. False when it does not conform to MQTT.</summary>
    /// <param name="packet">The whole packet.</param>
    public static bool TryRead(ReadOnlySpan<byte> packet, bool isVersion5, out PublishPacket publish) =>
        Read(packet, isVersion5, out publish) == PacketCheckResult.WellFormed;

    /// <summary>Reads and checks a whole packet. Allocates nothing.</summary>
    internal static PacketCheckResult Read(ReadOnlySpan<byte> packet, bool isVersion5, out PublishPacket publish)
    {
        var result = ReadStart(packet, isVersion5, out publish, out var length);
        return packet.Length == length ? result : PacketCheckResult.Malformed;
    }

    /// <summary>Reads and checks a packet of which only the start has come: everything but its payload.</summary>
    /// <param name="length">The length of the whole packet in bytes; 0 when its length field is malformed.</param>
    internal static PacketCheckResult ReadStart(ReadOnlySpan<byte> start, bool isVersion5, out PublishPacket publish, out int length)
    {
        publish = default;
        length = 0;
        if (start.Length < 2 || !Is(start[0]) || !PacketBytes.TryVariableInteger(start[1..], out var remaining, out var lengthBytes))
            return PacketCheckResult.Malformed;
        length = 1 + lengthBytes + remaining;
        var qos = start[0] >> 1 & 3;
        var isDuplicate = (start[0] & 8) != 0;
        var rest = start[(1 + lengthBytes)..];
        ushort id = 0;
        if (
            qos == 3 // Sections 3.3.1-4 and 3.3.1-2.
            || qos == 0 && isDuplicate
            || !PacketBytes.TryText(ref rest, out var topic)
            || !TopicSyntax.HasNoWildcard(topic)
            || qos > 0 && !PacketBytes.TryUInt16(ref rest, out id)
        )
            return PacketCheckResult.Malformed;
        var properties = default(CheckedProperties);
        if (
            isVersion5
            && PropertyCheck.Check(ref rest, PacketTypes.Publish, out properties) is not PacketCheckResult.WellFormed and var fault
        )
            return fault;
        var hasAlias = properties.Has(PropertyTable.TopicAlias);
        if (qos > 0 && id == 0 || topic.IsEmpty && !hasAlias) // Sections 2.2.1 and 3.3.2.1.
            return PacketCheckResult.ProtocolError;
        publish = new PublishPacket
        {
            Qos = (MqttQualityOfServiceLevel)qos,
            IsRetained = (start[0] & 1) != 0,
            IsDuplicate = isDuplicate,
            PacketId = id,
            HasTopicAlias = hasAlias,
            Topic = topic,
            Payload = rest,
        };
        return PacketCheckResult.WellFormed;
    }
}

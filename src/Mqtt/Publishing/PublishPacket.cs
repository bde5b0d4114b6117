using System.Buffers.Binary;
using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// A PUBLISH in the socket's buffer (MQTT 3.1.1 section 3.3, MQTT 5.0 section 3.3). Nothing is copied, and nothing becomes a string.
/// Publishes of devices are read here and not by MQTTnet, so that a refused payload is never stored anywhere.
/// </summary>
public readonly ref struct PublishPacket
{
    private const byte TopicAliasProperty = 0x23;

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

    /// <summary>Reads a whole packet. False when it is malformed.</summary>
    /// <param name="packet">The whole packet.</param>
    public static bool TryRead(ReadOnlySpan<byte> packet, bool isVersion5, out PublishPacket publish)
    {
        publish = default;
        if (
            packet.Length < 2
            || !Is(packet[0])
            || !TryLength(packet[1..], out var length, out var lengthBytes)
            || packet.Length != 1 + lengthBytes + length
        )
            return false;
        var qos = packet[0] >> 1 & 3;
        var rest = packet[(1 + lengthBytes)..];
        if (qos == 3 || qos == 0 && (packet[0] & 8) != 0 || !TryText(ref rest, out var topic))
            return false;
        ushort id = 0;
        if (qos > 0 && (rest.Length < 2 || (id = BinaryPrimitives.ReadUInt16BigEndian(rest)) == 0))
            return false;
        rest = qos > 0 ? rest[2..] : rest;
        var hasAlias = false;
        if (isVersion5)
        {
            if (
                !TryLength(rest, out var propertiesLength, out var propertiesLengthBytes)
                || rest.Length < propertiesLengthBytes + propertiesLength
                || !TryProperties(rest.Slice(propertiesLengthBytes, propertiesLength), out hasAlias)
            )
            {
                return false;
            }

            rest = rest[(propertiesLengthBytes + propertiesLength)..];
        }

        publish = new PublishPacket
        {
            Qos = (MqttQualityOfServiceLevel)qos,
            IsRetained = (packet[0] & 1) != 0,
            IsDuplicate = (packet[0] & 8) != 0,
            PacketId = id,
            HasTopicAlias = hasAlias,
            Topic = topic,
            Payload = rest,
        };
        return topic.IndexOfAny((byte)'#', (byte)'+', (byte)0) < 0 && (topic.Length > 0 || hasAlias);
    }

    /// <summary>Reads a variable byte integer (MQTT 5.0 section 1.5.5), in as few bytes as possible.</summary>
    internal static bool TryLength(ReadOnlySpan<byte> bytes, out int length, out int read)
    {
        length = read = 0;
        while (read < bytes.Length && read < 4)
        {
            var part = bytes[read];
            length |= (part & 0x7F) << (7 * read++);
            if ((part & 0x80) == 0)
                return read == 1 || part != 0;
        }

        return false;
    }

    /// <summary>Cuts a UTF-8 string or binary data off the rest (MQTT 5.0 sections 1.5.4 and 1.5.6).</summary>
    internal static bool TryText(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (rest.Length < 2)
            return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (rest.Length < 2 + length)
            return false;
        text = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return true;
    }

    /// <summary>Skips the properties of a PUBLISH (MQTT 5.0 section 3.3.2.3) without storing any.</summary>
    private static bool TryProperties(ReadOnlySpan<byte> rest, out bool hasAlias)
    {
        hasAlias = false;
        while (rest.Length > 0)
        {
            var id = rest[0];
            rest = rest[1..];
            switch (id)
            {
                case 0x01: // Payload format indicator.
                    if (rest.Length < 1)
                        return false;
                    rest = rest[1..];
                    break;
                case 0x02: // Message expiry interval.
                    if (rest.Length < 4)
                        return false;
                    rest = rest[4..];
                    break;
                case TopicAliasProperty:
                    if (rest.Length < 2)
                        return false;
                    hasAlias = true;
                    rest = rest[2..];
                    break;
                case 0x03 or 0x08 or 0x09: // Content type, response topic, correlation data.
                    if (!TryText(ref rest, out _))
                        return false;
                    break;
                case 0x26: // User property: a name and a value.
                    if (!TryText(ref rest, out _) || !TryText(ref rest, out _))
                        return false;
                    break;
                default: // Only servers send a subscription identifier; any other id does not exist.
                    return false;
            }
        }

        return true;
    }
}

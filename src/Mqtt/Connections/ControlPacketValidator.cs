using System.Buffers;
using System.Buffers.Binary;
using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Finds malformed control packets that MQTTnet accepts (MQTT 5.0 sections 2.1.3, 3.1.2, 3.8, 3.10 and 3.12; the same in 3.1.1). MQTTnet
/// checks everything else of these packets.
/// </summary>
internal static class ControlPacketValidator
{
    private const byte Connect = 0x10;
    private const byte Subscribe = 0x82;
    private const byte Unsubscribe = 0xA2;
    private const byte PingRequest = 0xC0;
    private const byte PublishRelease = 0x62;

    /// <summary>Whether MQTTnet may read a whole packet that is not a PUBLISH.</summary>
    /// <param name="isVersion5">Whether the client has signed in with MQTT 5.0; false before its sign-in.</param>
    public static bool IsWellFormed(in ReadOnlySequence<byte> packet, bool isVersion5) =>
        IsWellFormed(packet.IsSingleSegment ? packet.FirstSpan : packet.ToArray(), isVersion5);

    private static bool IsWellFormed(ReadOnlySpan<byte> packet, bool isVersion5)
    {
        var first = packet[0];
        if (!PublishPacket.TryLength(packet[1..], out _, out var lengthBytes) || !HasValidFlags(first))
            return false;
        var body = packet[(1 + lengthBytes)..];
        return first switch
        {
            Connect => IsConnect(body),
            Subscribe => IsFilterList(body, isVersion5, hasOptions: true),
            Unsubscribe => IsFilterList(body, isVersion5, hasOptions: false),
            PingRequest => body.IsEmpty,
            _ => true,
        };
    }

    /// <summary>The flags are 2 in SUBSCRIBE, UNSUBSCRIBE and PUBREL, free in PUBLISH, and otherwise 0 (MQTT 5.0 section 2.1.3).</summary>
    private static bool HasValidFlags(byte first) =>
        (first >> 4) switch
        {
            Subscribe >> 4 or Unsubscribe >> 4 or PublishRelease >> 4 => (first & 0xF) == 2,
            _ => PublishPacket.Is(first) || (first & 0xF) == 0,
        };

    /// <summary>Without the will flag, the will's QoS and retain flags are 0.</summary>
    private static bool IsConnect(ReadOnlySpan<byte> body) =>
        PublishPacket.TryText(ref body, out _) && body.Length >= 2 && ((body[1] & 0b0000_0100) != 0 || (body[1] & 0b0011_1000) == 0);

    /// <summary>A packet id, and at least one topic filter.</summary>
    private static bool IsFilterList(ReadOnlySpan<byte> body, bool isVersion5, bool hasOptions)
    {
        if (body.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(body) == 0)
            return false;
        body = body[2..];
        if (isVersion5)
        {
            if (!PublishPacket.TryLength(body, out var length, out var lengthBytes) || body.Length < lengthBytes + length)
                return false;
            body = body[(lengthBytes + length)..];
        }

        if (body.IsEmpty)
            return false;
        while (!body.IsEmpty)
        {
            if (!PublishPacket.TryText(ref body, out var filter) || filter.IsEmpty)
                return false;
            if (!hasOptions)
                continue;
            // QoS 3 does not exist. In MQTT 5.0 the byte also has options, up to retain handling 2 (section 3.8.3.1).
            if (body.IsEmpty || (body[0] & 3) == 3 || body[0] >= (isVersion5 ? 0x30 : 4))
                return false;
            body = body[1..];
        }

        return true;
    }
}

using System.Buffers;
using System.Buffers.Binary;
using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// What the library lets pass and MQTT does not: whoever sends it is no client of MQTT, and hears so (MQTT 5.0 sections 2.1.3, 3.1.2, 3.8,
/// 3.10 and
/// 3.12; the same in 3.1.1). Everything else of these packets is judged by the library.
/// </summary>
internal static class ControlPacketValidator
{
    private const byte Connect = 0x10,
        Subscribe = 0x82,
        Unsubscribe = 0xA2,
        PingRequest = 0xC0,
        Release = 0x62;

    /// <summary>Whether a whole packet that is no PUBLISH may go to the library.</summary>
    /// <param name="isVersion5">By which version its client has signed in; false before.</param>
    public static bool IsWellFormed(in ReadOnlySequence<byte> packet, bool isVersion5) =>
        IsWellFormed(packet.IsSingleSegment ? packet.FirstSpan : packet.ToArray(), isVersion5);

    private static bool IsWellFormed(ReadOnlySpan<byte> packet, bool isVersion5)
    {
        var first = packet[0];
        if (
            !PublishPacket.TryLength(packet[1..], out _, out var lengthBytes)
            || (first & 0xF)
                != (
                    first >> 4 is Subscribe >> 4 or Unsubscribe >> 4 or Release >> 4 ? 2
                    : PublishPacket.Is(first) ? first & 0xF
                    : 0
                )
        )
            return false;
        var body = packet[(1 + lengthBytes)..];
        return first switch
        {
            Connect => IsConnect(body),
            Subscribe => IsList(body, isVersion5, hasOptions: true),
            Unsubscribe => IsList(body, isVersion5, hasOptions: false),
            PingRequest => body.IsEmpty,
            _ => true,
        };
    }

    /// <summary>No will has no quality of service, and is not retained.</summary>
    private static bool IsConnect(ReadOnlySpan<byte> body) =>
        PublishPacket.TryText(ref body, out _) && body.Length >= 2 && ((body[1] & 0b0000_0100) != 0 || (body[1] & 0b0011_1000) == 0);

    /// <summary>A packet id, and at least one topic filter.</summary>
    private static bool IsList(ReadOnlySpan<byte> body, bool isVersion5, bool hasOptions)
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
            // QoS 3 is none; MQTT 5.0 knows more than it, up to a retain handling of 2 (section 3.8.3.1).
            if (body.IsEmpty || (body[0] & 3) == 3 || body[0] >= (isVersion5 ? 0x30 : 4))
                return false;
            body = body[1..];
        }

        return true;
    }
}

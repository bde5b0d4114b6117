using System.Buffers.Binary;
using System.Text;

namespace SurveillanceRegistry.Benchmarks.Ingest.Load;

/// <summary>The part of MQTT 5.0 that a publishing device needs. Sections are those of the standard.</summary>
internal static class MqttWire
{
    public const byte ConnAck = 0x20,
        PubAck = 0x40,
        Disconnect = 0xE0;

    /// <summary>A success code: the broker accepted the message and has no subscriber for it. Section 3.4.2.1.</summary>
    public const byte NoMatchingSubscribers = 0x10;

    private const int MaxLengthBytes = 4;

    /// <summary>Returns a CONNECT with Clean Start; the id is both client id and user name. Section 3.1.</summary>
    public static byte[] Connect(string id, string secret, ushort keepAliveSeconds)
    {
        var body = new List<byte>();
        Text("MQTT");
        body.AddRange([5, 0xC2, (byte)(keepAliveSeconds >> 8), (byte)keepAliveSeconds, 0]);
        Text(id);
        Text(id);
        Text(secret);
        return [0x10, .. Length(body.Count), .. body];

        void Text(string text)
        {
            body.AddRange([(byte)(text.Length >> 8), (byte)text.Length]);
            body.AddRange(Encoding.ASCII.GetBytes(text));
        }
    }

    /// <summary>Returns the Receive Maximum from the body of a CONNACK. Section 3.2.2.3.3.</summary>
    public static int ReceiveMaximum(ReadOnlySpan<byte> connAck)
    {
        var properties = connAck[2..];
        TryReadLength(properties, out var length, out var lengthBytes);
        properties = properties.Slice(lengthBytes, length);
        while (properties.Length > 0)
        {
            var property = properties[0];
            var rest = properties[1..];
            if (property == 0x21)
                return BinaryPrimitives.ReadUInt16BigEndian(rest);
            properties = rest[
                (
                    property switch
                    {
                        0x24 or 0x25 or 0x28 or 0x29 or 0x2A => 1,
                        0x13 or 0x22 => 2,
                        0x11 or 0x27 => 4,
                        0x26 => Skip(rest) + Skip(rest[Skip(rest)..]),
                        _ => Skip(rest),
                    }
                )..
            ];
        }

        return ushort.MaxValue;

        static int Skip(ReadOnlySpan<byte> text) => 2 + BinaryPrimitives.ReadUInt16BigEndian(text);
    }

    /// <summary>Reads the first packet of the input; returns false while it is incomplete.</summary>
    /// <param name="packetLength">The length of the whole packet in bytes.</param>
    public static bool TryReadPacket(ReadOnlySpan<byte> input, out byte type, out ReadOnlySpan<byte> body, out int packetLength)
    {
        (type, packetLength) = (0, 0);
        body = default;
        if (input.Length < 2 || !TryReadLength(input[1..], out var length, out var lengthBytes) || input.Length < 1 + lengthBytes + length)
            return false;
        type = (byte)(input[0] & 0xF0);
        body = input.Slice(1 + lengthBytes, length);
        packetLength = 1 + lengthBytes + length;
        return true;
    }

    /// <summary>Returns a Remaining Length as a Variable Byte Integer. Section 1.5.5.</summary>
    public static byte[] Length(int length)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)(length & 0x7F | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        } while (length > 0);
        return [.. bytes];
    }

    private static bool TryReadLength(ReadOnlySpan<byte> input, out int length, out int bytes)
    {
        (length, bytes) = (0, 0);
        while (bytes < MaxLengthBytes && bytes < input.Length)
        {
            var current = input[bytes];
            length |= (current & 0x7F) << (7 * bytes++);
            if ((current & 0x80) == 0)
                return true;
        }

        return false;
    }
}

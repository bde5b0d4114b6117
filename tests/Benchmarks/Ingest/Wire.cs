using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>As much of MQTT 5 as a device that publishes needs, on bytes.</summary>
internal static class Wire
{
    public const byte SignInAnswer = 0x20,
        Acknowledgement = 0x40,
        Farewell = 0xE0;

    /// <summary>A broker that knows of no subscriber: taken over all the same (MQTT 5.0 section 3.4.2.1).</summary>
    public const byte NoSubscriber = 0x10;

    private const int MaxLengthBytes = 4;

    /// <summary>CONNECT, a clean start, with the id as client id and user name. Section 3.1.</summary>
    public static byte[] SignIn(string id, string secret, ushort keepAliveSeconds)
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

    /// <summary>How many publishes the broker lets this client have in flight, out of the body of its CONNACK. Section 3.2.2.3.3.</summary>
    public static int ReceiveMaximum(ReadOnlySpan<byte> signInAnswer)
    {
        var properties = signInAnswer[2..];
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

    /// <summary>The packet at the beginning of what arrived; false while it is not whole.</summary>
    public static bool TryReadPacket(ReadOnlySpan<byte> arrived, out byte kind, out ReadOnlySpan<byte> body, out int bytes)
    {
        (kind, bytes) = (0, 0);
        body = default;
        if (
            arrived.Length < 2
            || !TryReadLength(arrived[1..], out var length, out var lengthBytes)
            || arrived.Length < 1 + lengthBytes + length
        )
            return false;
        kind = (byte)(arrived[0] & 0xF0);
        body = arrived.Slice(1 + lengthBytes, length);
        bytes = 1 + lengthBytes + length;
        return true;
    }

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

    private static bool TryReadLength(ReadOnlySpan<byte> from, out int length, out int bytes)
    {
        (length, bytes) = (0, 0);
        while (bytes < MaxLengthBytes && bytes < from.Length)
        {
            var part = from[bytes];
            length |= (part & 0x7F) << (7 * bytes++);
            if ((part & 0x80) == 0)
                return true;
        }

        return false;
    }
}

/// <summary>
/// A PUBLISH at QoS 1 with the contract's heartbeat, all but four holes of fixed width filled in: device, packet id, sequence, time. A
/// device that was never told an expected state has no <c>ruleVersion</c> to echo.
/// </summary>
internal sealed class Beat
{
    /// <summary>Sequences begin here, so that all have ten digits.</summary>
    public const uint FirstSeq = 1_000_000_001;

    private const int DeviceDigits = 7,
        SeqDigits = 10;

    private readonly byte[] _packet;
    private readonly int _device,
        _packetId,
        _seq,
        _at;

    [ThreadStatic]
    private static byte[]? _clock;

    [ThreadStatic]
    private static long _clockMilliseconds;

    public Beat(string prefix, long epoch, string capture)
    {
        var topic = Topic(prefix + new string('0', DeviceDigits));
        var payload = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"epoch":{{epoch}},"seq":{{FirstSeq}},"at":"2026-11-23T15:00:00.000Z","capture":{{capture}},"health":"ok","firmware":"10.12.1"}"""
        );
        byte[] length = Wire.Length(2 + topic.Length + 2 + 1 + payload.Length);
        _packet =
        [
            0x32,
            .. length,
            (byte)(topic.Length >> 8),
            (byte)topic.Length,
            .. Encoding.ASCII.GetBytes(topic),
            0,
            0,
            0,
            .. Encoding.ASCII.GetBytes(payload),
        ];
        var body = 1 + length.Length + 2;
        _device = body + topic.IndexOf(prefix, StringComparison.Ordinal) + prefix.Length;
        _packetId = body + topic.Length;
        var text = _packetId + 3;
        _seq = text + payload.IndexOf("\"seq\":", StringComparison.Ordinal) + 6;
        _at = text + payload.IndexOf("\"at\":\"", StringComparison.Ordinal) + 6;
    }

    public int Length => _packet.Length;

    public int PayloadLength => _packet.Length - _packetId - 3;

    public static string Topic(string deviceId) => $"registry/v1/devices/{deviceId}/heartbeat";

    public void Write(Span<byte> into, int device, ushort packetId, uint seq)
    {
        _packet.CopyTo(into);
        Utf8Formatter.TryFormat(
            (uint)device,
            into.Slice(_device, DeviceDigits),
            out _,
            new System.Buffers.StandardFormat('D', DeviceDigits)
        );
        BinaryPrimitives.WriteUInt16BigEndian(into[_packetId..], packetId);
        Utf8Formatter.TryFormat(seq, into.Slice(_seq, SeqDigits), out _);
        var milliseconds = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);
        if (_clock is null || milliseconds != _clockMilliseconds)
        {
            _clock = Encoding.ASCII.GetBytes(DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            _clockMilliseconds = milliseconds;
        }

        _clock.CopyTo(into[_at..]);
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SurveillanceRegistry.Benchmarks.Ingest.Load;

/// <summary>
/// A PUBLISH at QoS 1 with a heartbeat. Four fields of fixed width are overwritten for each message: device number, packet id, sequence
/// and time. The heartbeat has no <c>ruleVersion</c>, because these devices never receive an expected state.
/// </summary>
internal sealed class HeartbeatTemplate
{
    /// <summary>The first sequence number: large enough that all have ten digits.</summary>
    public const uint FirstSequence = 1_000_000_001;

    private const int DeviceDigits = 7,
        SequenceDigits = 10;

    private readonly byte[] _packet;
    private readonly int _deviceOffset;
    private readonly int _packetIdOffset;
    private readonly int _sequenceOffset;
    private readonly int _timeOffset;

    [ThreadStatic]
    private static byte[]? _formattedTime;

    [ThreadStatic]
    private static long _formattedMilliseconds;

    public HeartbeatTemplate(string devicePrefix, long epoch, string capture)
    {
        var topic = $"registry/v1/devices/{devicePrefix}{new string('0', DeviceDigits)}/heartbeat";
        var payload =
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"epoch":{{epoch}},"seq":{{FirstSequence}},"at":"2026-11-23T15:00:00.000Z","capture":{{capture}}"""
            ) + ""","health":"ok","firmware":"10.12.1"}""";
        byte[] length = MqttWire.Length(2 + topic.Length + 2 + 1 + payload.Length);
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
        var topicOffset = 1 + length.Length + 2;
        _deviceOffset = topicOffset + topic.IndexOf(devicePrefix, StringComparison.Ordinal) + devicePrefix.Length;
        _packetIdOffset = topicOffset + topic.Length;
        var payloadOffset = _packetIdOffset + 3;
        _sequenceOffset = payloadOffset + payload.IndexOf("\"seq\":", StringComparison.Ordinal) + 6;
        _timeOffset = payloadOffset + payload.IndexOf("\"at\":\"", StringComparison.Ordinal) + 6;
    }

    /// <summary>The length of the packet in bytes.</summary>
    public int Length => _packet.Length;

    public void Write(Span<byte> destination, int device, ushort packetId, uint sequence)
    {
        _packet.CopyTo(destination);
        Utf8Formatter.TryFormat((uint)device, destination.Slice(_deviceOffset, DeviceDigits), out _, new StandardFormat('D', DeviceDigits));
        BinaryPrimitives.WriteUInt16BigEndian(destination[_packetIdOffset..], packetId);
        Utf8Formatter.TryFormat(sequence, destination.Slice(_sequenceOffset, SequenceDigits), out _);
        FormattedTime().CopyTo(destination[_timeOffset..]);
    }

    /// <summary>Returns the current time; formats it at most once a millisecond, because formatting costs more than the rest.</summary>
    private static byte[] FormattedTime()
    {
        var milliseconds = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);
        if (_formattedTime is null || milliseconds != _formattedMilliseconds)
        {
            _formattedTime = Encoding.ASCII.GetBytes(DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            _formattedMilliseconds = milliseconds;
        }

        return _formattedTime;
    }
}

using System.Buffers;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Cuts the bytes of a connection into packets and enforces the packet cap. It has no state: the thread that reads the connection calls it.
/// </summary>
internal static class PacketFramer
{
    /// <summary>The longest first packet, in bytes. An id, a secret and a will fit easily.</summary>
    public const int MaxSignInBytes = 4 * 1024;

    /// <summary>
    /// The longest packet after the sign-in, in bytes. Packets between the size of a heartbeat and this cap are read, so that each can be
    /// refused with its own reason code.
    /// </summary>
    public const int MaxPacketBytes = 64 * 1024;

    /// <summary>The first byte and a length of at most four.</summary>
    private const int MaxHeaderBytes = 5;

    /// <summary>What <see cref="PacketLength"/> returns for a malformed length field. No packet is so short.</summary>
    public const int Malformed = 0;

    /// <summary>
    /// Cuts the first packet off the received bytes. False while it is not complete, when it is over the cap, and when its length field is
    /// malformed.
    /// </summary>
    public static bool TryReadFrame(in ReadOnlySequence<byte> received, int maxBytes, out ReadOnlySequence<byte> packet)
    {
        if (PacketLength(received) is > Malformed and var length && length <= maxBytes && length <= received.Length)
        {
            packet = received.Slice(0, length);
            return true;
        }

        packet = default;
        return false;
    }

    /// <summary>
    /// The length in bytes of the packet that begins here (MQTT 5.0 section 2.1.4); null while its length field is not complete;
    /// <see cref="Malformed"/> when that field has more than four bytes.
    /// </summary>
    public static int? PacketLength(in ReadOnlySequence<byte> received)
    {
        // Nearly always the first piece holds the header: a reader of sequences would cost more than the rest of this method.
        scoped var start =
            received.FirstSpan;
        Span<byte> joined = stackalloc byte[MaxHeaderBytes];
        if (start.Length < MaxHeaderBytes && !received.IsSingleSegment)
        {
            var header = received.Slice(0, Math.Min(received.Length, MaxHeaderBytes));
            header.CopyTo(joined);
            start = joined[..(int)header.Length];
        }

        if (start.IsEmpty)
            return null;
        var length = 0;
        for (var i = 1; i < MaxHeaderBytes; i++)
        {
            if (i == start.Length)
                return null;
            length |= (start[i] & 0x7F) << (7 * (i - 1));
            if ((start[i] & 0x80) == 0)
                return 1 + i + length;
        }

        return Malformed;
    }
}

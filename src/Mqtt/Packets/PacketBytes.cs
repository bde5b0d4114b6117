using System.Buffers.Binary;

namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>
/// Cuts the data types of MQTT off the bytes that are left of a packet (MQTT 5.0 section 1.5). Nothing is copied. Each method returns false
/// when the bytes end before the value does.
/// </summary>
internal static class PacketBytes
{
    private const int MaxIntegerBytes = 4;

    /// <summary>
    /// Reads a variable byte integer (MQTT 5.0 section 1.5.5). False also when it has more bytes than it needs.
    /// </summary>
    /// <param name="read">How many bytes it has.</param>
    public static bool TryVariableInteger(ReadOnlySpan<byte> bytes, out int value, out int read)
    {
        value = read = 0;
        while (read < bytes.Length && read < MaxIntegerBytes)
        {
            var part = bytes[read];
            value |= (part & 0x7F) << (7 * read++);
            if ((part & 0x80) == 0)
                return read == 1 || part != 0;
        }

        return false;
    }

    public static bool TryVariableInteger(scoped ref ReadOnlySpan<byte> rest, out int value)
    {
        if (!TryVariableInteger(rest, out value, out var read))
            return false;
        rest = rest[read..];
        return true;
    }

    public static bool TryByte(scoped ref ReadOnlySpan<byte> rest, out byte value)
    {
        value = 0;
        if (rest.IsEmpty)
            return false;
        value = rest[0];
        rest = rest[1..];
        return true;
    }

    public static bool TryUInt16(scoped ref ReadOnlySpan<byte> rest, out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out value))
            return false;
        rest = rest[2..];
        return true;
    }

    public static bool TryUInt32(scoped ref ReadOnlySpan<byte> rest, out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(rest, out value))
            return false;
        rest = rest[4..];
        return true;
    }

    /// <summary>Cuts off binary data (MQTT 5.0 section 1.5.6).</summary>
    public static bool TryBinary(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out var length) || rest.Length < 2 + length)
            return false;
        data = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return true;
    }

    /// <summary>Cuts off a UTF-8 string. False also when <see cref="Utf8Text"/> does not accept it.</summary>
    public static bool TryText(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text) =>
        TryBinary(ref rest, out text) && Utf8Text.IsValid(text);
}

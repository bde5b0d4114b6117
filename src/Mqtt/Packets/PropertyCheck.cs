namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>What the check of a packet's properties remembers of them.</summary>
/// <param name="Seen">The identifiers that occur, as bits.</param>
/// <param name="SessionExpirySeconds">The Session Expiry Interval; 0 without one.</param>
internal readonly record struct CheckedProperties(ulong Seen, uint SessionExpirySeconds)
{
    public bool Has(byte id) => (Seen & 1UL << id) != 0;
}

/// <summary>
/// Checks the properties of one packet against the <see cref="PropertyTable"/>: each exists, is whole, belongs into this packet, occurs
/// once unless it may be repeated, and has a value that it may have. Allocates nothing.
/// </summary>
internal static class PropertyCheck
{
    /// <summary>Cuts the properties off the rest of a packet, with the length before them.</summary>
    public static PacketCheckResult Check(scoped ref ReadOnlySpan<byte> rest, PacketTypes packet, out CheckedProperties properties)
    {
        properties = default;
        if (!PacketBytes.TryVariableInteger(ref rest, out var length) || rest.Length < length)
            return PacketCheckResult.Malformed;
        var bytes = rest[..length];
        rest = rest[length..];
        while (!bytes.IsEmpty)
        {
            if (!PacketBytes.TryVariableInteger(ref bytes, out var id) || !PropertyTable.TryFind(id, out var property))
                return PacketCheckResult.Malformed;
            var value = CheckValue(ref bytes, property.Type, out var number);
            if (value == PacketCheckResult.Malformed)
                return value;
            var isRepeated = property.Type != PropertyType.Pair && properties.Has(property.Id);
            if (value != PacketCheckResult.WellFormed || isRepeated || (property.Senders & packet) == 0)
                return PacketCheckResult.ProtocolError;
            properties = new(
                properties.Seen | 1UL << property.Id,
                property.Id == PropertyTable.SessionExpiryInterval ? number : properties.SessionExpirySeconds
            );
        }

        return PacketCheckResult.WellFormed;
    }

    /// <param name="number">The value of a number; otherwise 0.</param>
    private static PacketCheckResult CheckValue(scoped ref ReadOnlySpan<byte> bytes, PropertyType type, out uint number)
    {
        number = 0;
        switch (type)
        {
            case PropertyType.Bit:
                return !PacketBytes.TryByte(ref bytes, out var bit) ? PacketCheckResult.Malformed : Allowed(bit <= 1);
            case PropertyType.TwoBytes or PropertyType.TwoBytesNotZero:
                if (!PacketBytes.TryUInt16(ref bytes, out var two))
                    return PacketCheckResult.Malformed;
                number = two;
                return Allowed(two != 0 || type == PropertyType.TwoBytes);
            case PropertyType.FourBytes or PropertyType.FourBytesNotZero:
                return !PacketBytes.TryUInt32(ref bytes, out number)
                    ? PacketCheckResult.Malformed
                    : Allowed(number != 0 || type == PropertyType.FourBytes);
            case PropertyType.IntegerNotZero:
                return !PacketBytes.TryVariableInteger(ref bytes, out var integer) ? PacketCheckResult.Malformed : Allowed(integer != 0);
            case PropertyType.Binary:
                return PacketBytes.TryBinary(ref bytes, out _) ? PacketCheckResult.WellFormed : PacketCheckResult.Malformed;
            case PropertyType.Text:
                return PacketBytes.TryText(ref bytes, out _) ? PacketCheckResult.WellFormed : PacketCheckResult.Malformed;
            case PropertyType.TopicName:
                return !PacketBytes.TryText(ref bytes, out var topic)
                    ? PacketCheckResult.Malformed
                    : Allowed(!topic.IsEmpty && TopicSyntax.HasNoWildcard(topic));
            case PropertyType.Pair:
                return PacketBytes.TryText(ref bytes, out _) && PacketBytes.TryText(ref bytes, out _)
                    ? PacketCheckResult.WellFormed
                    : PacketCheckResult.Malformed;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, null);
        }
    }

    private static PacketCheckResult Allowed(bool isAllowed) => isAllowed ? PacketCheckResult.WellFormed : PacketCheckResult.ProtocolError;
}

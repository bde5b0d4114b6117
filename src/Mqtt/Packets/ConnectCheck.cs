namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>Checks the first packet of a connection: a CONNECT (MQTT 5.0 and 3.1.1 section 3.1), to its last byte.</summary>
internal static class ConnectCheck
{
    /// <summary>
    /// The highest bit of the protocol level. A Mosquitto bridge sets it in MQTT 3.1.1 to name itself a bridge; MQTT knows no such bit.
    /// </summary>
    private const int BridgeBit = 0x80;

    private const byte ConnectByte = 0x10;
    private const int Reserved = 0b0000_0001,
        CleanStart = 0b0000_0010,
        Will = 0b0000_0100,
        WillQos = 0b0001_1000,
        WillRetain = 0b0010_0000,
        Password = 0b0100_0000,
        UserName = 0b1000_0000;

    /// <summary>Whether a first packet may begin with this byte.</summary>
    public static bool CanBegin(byte first) => first == ConnectByte;

    /// <summary>Checks a whole packet.</summary>
    /// <param name="level">The protocol level, by which a refusal is answered; 0 when no level was read.</param>
    public static PacketCheckResult Check(ReadOnlySpan<byte> packet, out int level)
    {
        level = 0;
        if (!CanBegin(packet[0]) || !PacketBytes.TryVariableInteger(packet[1..], out _, out var lengthBytes))
            return PacketCheckResult.Malformed;
        var rest = packet[(1 + lengthBytes)..];
        if (!PacketBytes.TryText(ref rest, out var name) || !PacketBytes.TryByte(ref rest, out var version))
            return PacketCheckResult.Malformed;
        var isOldName = name.SequenceEqual("MQIsdp"u8);
        if (!isOldName && !name.SequenceEqual("MQTT"u8))
            return PacketCheckResult.Malformed;
        level = version == 5 ? version : version & ~BridgeBit;
        if (isOldName ? level != 3 : level is not (4 or 5))
            return PacketCheckResult.UnsupportedVersion;
        return PacketBytes.TryByte(ref rest, out var flags) && PacketBytes.TryUInt16(ref rest, out _)
            ? CheckFields(rest, level == 5, flags)
            : PacketCheckResult.Malformed;
    }

    private static PacketCheckResult CheckFields(ReadOnlySpan<byte> rest, bool isVersion5, int flags)
    {
        if (!AreValid(flags, isVersion5))
            return PacketCheckResult.Malformed;
        var properties = default(CheckedProperties);
        if (
            isVersion5
            && PropertyCheck.Check(ref rest, PacketTypes.Connect, out properties) is not PacketCheckResult.WellFormed and var fault
        )
            return fault;
        if (!PacketBytes.TryText(ref rest, out var clientId))
            return PacketCheckResult.Malformed;
        if ((flags & Will) != 0 && CheckWill(ref rest, isVersion5) is not PacketCheckResult.WellFormed and var inWill)
            return inWill;
        if (
            (flags & UserName) != 0 && !PacketBytes.TryText(ref rest, out _)
            || (flags & Password) != 0 && !PacketBytes.TryBinary(ref rest, out _)
            || !rest.IsEmpty
        )
            return PacketCheckResult.Malformed;
        if (properties.Has(PropertyTable.AuthenticationData) && !properties.Has(PropertyTable.AuthenticationMethod))
            return PacketCheckResult.ProtocolError;
        return clientId.IsEmpty && !isVersion5 && (flags & CleanStart) == 0
            ? PacketCheckResult.ClientIdNotValid
            : PacketCheckResult.WellFormed;
    }

    /// <summary>
    /// The reserved flag is 0, QoS 3 does not exist, and a will's flags need a will. In MQTT 3.1.1 a password needs a user name.
    /// </summary>
    private static bool AreValid(int flags, bool isVersion5) =>
        (flags & Reserved) == 0
        && (flags & WillQos) != WillQos
        && ((flags & Will) != 0 || (flags & (WillQos | WillRetain)) == 0)
        && (isVersion5 || (flags & Password) == 0 || (flags & UserName) != 0);

    private static PacketCheckResult CheckWill(scoped ref ReadOnlySpan<byte> rest, bool isVersion5)
    {
        if (isVersion5 && PropertyCheck.Check(ref rest, PacketTypes.Will, out _) is not PacketCheckResult.WellFormed and var fault)
            return fault;
        return
            PacketBytes.TryText(ref rest, out var topic)
            && !topic.IsEmpty
            && TopicSyntax.HasNoWildcard(topic)
            && PacketBytes.TryBinary(ref rest, out _)
            ? PacketCheckResult.WellFormed
            : PacketCheckResult.Malformed;
    }
}

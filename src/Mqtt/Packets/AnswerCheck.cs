namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>
/// Checks the packets with a reason code: PUBACK, PUBREC, PUBREL, PUBCOMP and DISCONNECT (MQTT 5.0 and 3.1.1 sections 3.4 to 3.7 and 3.14).
/// </summary>
internal static class AnswerCheck
{
    /// <summary>Table 3-4, and the same codes in table 3-5.</summary>
    private static ReadOnlySpan<byte> OfReceivers => [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];

    /// <summary>Tables 3-6 and 3-7.</summary>
    private static ReadOnlySpan<byte> OfReleases => [0x00, 0x92];

    /// <summary>The codes of table 3-13 that a client may send.</summary>
    private static ReadOnlySpan<byte> OfDisconnects => [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];

    /// <summary>Checks an acknowledgement of one publish.</summary>
    /// <param name="body">The packet behind its length.</param>
    public static PacketCheckResult CheckAcknowledgement(ReadOnlySpan<byte> body, PacketTypes packet, bool isVersion5)
    {
        if (!PacketBytes.TryUInt16(ref body, out var packetId) || !isVersion5 && !body.IsEmpty)
            return PacketCheckResult.Malformed;
        var codes = packet is PacketTypes.PubAck or PacketTypes.PubRec ? OfReceivers : OfReleases;
        if (CheckReason(body, packet, codes, out _) is not PacketCheckResult.WellFormed and var fault)
            return fault;
        return packetId == 0 ? PacketCheckResult.ProtocolError : PacketCheckResult.WellFormed;
    }

    /// <summary>Checks a DISCONNECT.</summary>
    /// <param name="connectExpirySeconds">
    /// The Session Expiry Interval of the CONNECT. If it was 0, the DISCONNECT may not raise it (section 3.14.2.2.2).
    /// </param>
    public static PacketCheckResult CheckDisconnect(ReadOnlySpan<byte> body, bool isVersion5, uint connectExpirySeconds)
    {
        if (!isVersion5)
            return body.IsEmpty ? PacketCheckResult.WellFormed : PacketCheckResult.Malformed;
        if (CheckReason(body, PacketTypes.Disconnect, OfDisconnects, out var properties) is not PacketCheckResult.WellFormed and var fault)
            return fault;
        return connectExpirySeconds == 0 && properties.SessionExpirySeconds != 0
            ? PacketCheckResult.ProtocolError
            : PacketCheckResult.WellFormed;
    }

    /// <summary>Checks a reason code and properties. Both may be left out, and then the properties alone.</summary>
    private static PacketCheckResult CheckReason(
        ReadOnlySpan<byte> body,
        PacketTypes packet,
        ReadOnlySpan<byte> codes,
        out CheckedProperties properties
    )
    {
        properties = default;
        if (!PacketBytes.TryByte(ref body, out var code))
            return PacketCheckResult.WellFormed;
        if (!body.IsEmpty && PropertyCheck.Check(ref body, packet, out properties) is not PacketCheckResult.WellFormed and var fault)
            return fault;
        if (!body.IsEmpty)
            return PacketCheckResult.Malformed;
        return codes.Contains(code) ? PacketCheckResult.WellFormed : PacketCheckResult.ProtocolError;
    }
}

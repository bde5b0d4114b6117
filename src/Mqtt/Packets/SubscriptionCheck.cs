namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>Checks SUBSCRIBE and UNSUBSCRIBE (MQTT 5.0 and 3.1.1 sections 3.8 and 3.10).</summary>
internal static class SubscriptionCheck
{
    private const int Qos = 0b0000_0011,
        NoLocal = 0b0000_0100,
        RetainHandling = 0b0011_0000,
        ReservedVersion5 = 0b1100_0000;

    /// <summary>Checks a packet id, the properties of MQTT 5.0, and at least one filter.</summary>
    /// <param name="body">The packet behind its length.</param>
    /// <param name="packet">Subscribe or Unsubscribe.</param>
    public static PacketCheckResult Check(ReadOnlySpan<byte> body, PacketTypes packet, bool isVersion5)
    {
        if (!PacketBytes.TryUInt16(ref body, out var packetId))
            return PacketCheckResult.Malformed;
        if (isVersion5 && PropertyCheck.Check(ref body, packet, out _) is not PacketCheckResult.WellFormed and var fault)
            return fault;
        if (packetId == 0 || body.IsEmpty) // Sections 2.2.1, and 3.8.3 or 3.10.3.
            return PacketCheckResult.ProtocolError;
        while (!body.IsEmpty)
        {
            if (!PacketBytes.TryText(ref body, out var filter) || !TopicSyntax.IsFilter(filter))
                return PacketCheckResult.Malformed;
            byte options = 0;
            if (packet == PacketTypes.Subscribe && (!PacketBytes.TryByte(ref body, out options) || !AreValid(options, isVersion5)))
                return PacketCheckResult.Malformed;
            // A shared subscription delivers a message to one of many, so that no client can exclude its own (section 3.8.3.1).
            if (
                isVersion5
                && TopicSyntax.IsShared(filter)
                && (!TopicSyntax.IsSharedFilter(filter) || packet == PacketTypes.Subscribe && (options & NoLocal) != 0)
            )
                return PacketCheckResult.ProtocolError;
        }

        return PacketCheckResult.WellFormed;
    }

    /// <summary>QoS 3 and retain handling 3 do not exist. MQTT 3.1.1 has only the QoS.</summary>
    private static bool AreValid(byte options, bool isVersion5) =>
        (options & Qos) != Qos
        && (isVersion5 ? (options & ReservedVersion5) == 0 && (options & RetainHandling) != RetainHandling : (options & ~Qos) == 0);
}

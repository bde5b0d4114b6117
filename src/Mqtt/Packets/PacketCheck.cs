namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>
/// The strict check of every packet of a client that has signed in, except PUBLISH, which <see cref="Publishing.PublishPacket"/> checks
/// while it reads it. It stands before MQTTnet, which reads only what conforms to the specification's tables.
/// </summary>
internal static class PacketCheck
{
    /// <summary>
    /// The fixed header's flags of PUBREL, SUBSCRIBE and UNSUBSCRIBE; of every other type they are 0 (MQTT 5.0 table 2-2).
    /// </summary>
    private const int RequestFlags = 0b0010;

    private const PacketTypes Requests = PacketTypes.PubRel | PacketTypes.Subscribe | PacketTypes.Unsubscribe;
    private const PacketTypes Acknowledgements = PacketTypes.PubAck | PacketTypes.PubRec | PacketTypes.PubRel | PacketTypes.PubComp;
    private const int PingRequestType = 12;

    /// <summary>
    /// Whether a packet of a signed-in client may begin with this byte. The flags of a PUBLISH are checked with the rest of it.
    /// </summary>
    public static bool CanBegin(byte first)
    {
        var bit = (PacketTypes)(1 << (first >> 4));
        return bit == PacketTypes.Publish || bit != PacketTypes.Will && (first & 0xF) == ((bit & Requests) != 0 ? RequestFlags : 0);
    }

    /// <summary>Checks a whole packet.</summary>
    /// <param name="connectExpirySeconds">The Session Expiry Interval of the client's CONNECT.</param>
    public static PacketCheckResult Check(ReadOnlySpan<byte> packet, bool isVersion5, uint connectExpirySeconds)
    {
        if (!CanBegin(packet[0]) || !PacketBytes.TryVariableInteger(packet[1..], out _, out var lengthBytes))
            return PacketCheckResult.Malformed;
        var type = packet[0] >> 4;
        var bit = (PacketTypes)(1 << type);
        var body = packet[(1 + lengthBytes)..];
        if ((bit & Acknowledgements) != 0)
            return AnswerCheck.CheckAcknowledgement(body, bit, isVersion5);
        if (bit is PacketTypes.Subscribe or PacketTypes.Unsubscribe)
            return SubscriptionCheck.Check(body, bit, isVersion5);
        if (bit == PacketTypes.Disconnect)
            return AnswerCheck.CheckDisconnect(body, isVersion5, connectExpirySeconds);
        if (type == PingRequestType)
            return body.IsEmpty ? PacketCheckResult.WellFormed : PacketCheckResult.Malformed;
        // A second CONNECT (3.1.0-2); an AUTH without an Authentication Method (4.12); and what only servers send.
        return PacketCheckResult.ProtocolError;
    }
}

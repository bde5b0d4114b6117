using System.Collections.Immutable;

namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>The data type of a property (MQTT 5.0 table 2-4), with the values that it may have.</summary>
internal enum PropertyType
{
    /// <summary>A byte that is 0 or 1. The specification has no other byte property.</summary>
    Bit,
    TwoBytes,
    TwoBytesNotZero,
    FourBytes,
    FourBytesNotZero,
    IntegerNotZero,
    Text,

    /// <summary>A string that is a topic name.</summary>
    TopicName,
    Binary,

    /// <summary>A name and a value. The only property that may be repeated.</summary>
    Pair,
}

/// <summary>One property.</summary>
/// <param name="Senders">The packets in which a client may send it. None where only servers do.</param>
internal readonly record struct Property(byte Id, PropertyType Type, PacketTypes Senders);

/// <summary>
/// The properties of MQTT 5.0, row by row as in its table 2-4, with the ranges of sections 3.1.2.11, 3.1.3.2, 3.3.2.3 and 3.8.2.1.
/// </summary>
internal static class PropertyTable
{
    public const byte SubscriptionIdentifier = 0x0B,
        SessionExpiryInterval = 0x11,
        AuthenticationMethod = 0x15,
        AuthenticationData = 0x16,
        TopicAlias = 0x23;

    private const PacketTypes Message = PacketTypes.Publish | PacketTypes.Will;

    private const PacketTypes Answer =
        PacketTypes.PubAck | PacketTypes.PubRec | PacketTypes.PubRel | PacketTypes.PubComp | PacketTypes.Disconnect | PacketTypes.Auth;

    private const PacketTypes Every = Message | Answer | PacketTypes.Connect | PacketTypes.Subscribe | PacketTypes.Unsubscribe;

    private const PacketTypes SignIn = PacketTypes.Connect | PacketTypes.Auth;

    private static readonly ImmutableArray<Property> Rows =
    [
        new(0x01, PropertyType.Bit, Message), // Payload Format Indicator
        new(0x02, PropertyType.FourBytes, Message), // Message Expiry Interval
        new(0x03, PropertyType.Text, Message), // Content Type
        new(0x08, PropertyType.TopicName, Message), // Response Topic
        new(0x09, PropertyType.Binary, Message), // Correlation Data
        new(SubscriptionIdentifier, PropertyType.IntegerNotZero, PacketTypes.Subscribe), // In a PUBLISH only from a server (3.3.4-6).
        new(SessionExpiryInterval, PropertyType.FourBytes, PacketTypes.Connect | PacketTypes.Disconnect),
        new(0x12, PropertyType.Text, PacketTypes.None), // Assigned Client Identifier
        new(0x13, PropertyType.TwoBytes, PacketTypes.None), // Server Keep Alive
        new(AuthenticationMethod, PropertyType.Text, SignIn),
        new(AuthenticationData, PropertyType.Binary, SignIn),
        new(0x17, PropertyType.Bit, PacketTypes.Connect), // Request Problem Information
        new(0x18, PropertyType.FourBytes, PacketTypes.Will), // Will Delay Interval
        new(0x19, PropertyType.Bit, PacketTypes.Connect), // Request Response Information
        new(0x1A, PropertyType.Text, PacketTypes.None), // Response Information
        new(0x1C, PropertyType.Text, PacketTypes.None), // Server Reference
        new(0x1F, PropertyType.Text, Answer), // Reason String
        new(0x21, PropertyType.TwoBytesNotZero, PacketTypes.Connect), // Receive Maximum
        new(0x22, PropertyType.TwoBytes, PacketTypes.Connect), // Topic Alias Maximum
        new(TopicAlias, PropertyType.TwoBytes, PacketTypes.Publish), // 0 has a code of its own (3.3.2.3.4), like every other alias here.
        new(0x24, PropertyType.Bit, PacketTypes.None), // Maximum QoS
        new(0x25, PropertyType.Bit, PacketTypes.None), // Retain Available
        new(0x26, PropertyType.Pair, Every), // User Property
        new(0x27, PropertyType.FourBytesNotZero, PacketTypes.Connect), // Maximum Packet Size
        new(0x28, PropertyType.Bit, PacketTypes.None), // Wildcard Subscription Available
        new(0x29, PropertyType.Bit, PacketTypes.None), // Subscription Identifier Available
        new(0x2A, PropertyType.Bit, PacketTypes.None), // Shared Subscription Available
    ];

    /// <summary>The rows by their identifier. A row of identifier 0 is no property.</summary>
    private static readonly ImmutableArray<Property> ById =
    [
        .. Enumerable.Range(0, Rows[^1].Id + 1).Select(id => Rows.FirstOrDefault(row => row.Id == id)),
    ];

    /// <summary>Finds a property. False for an identifier that does not exist.</summary>
    public static bool TryFind(int id, out Property property)
    {
        property = id < ById.Length ? ById[id] : default;
        return property.Id != 0;
    }
}

namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>
/// Sets of packet types that a client sends. The bit is the number of the type (MQTT 5.0 table 2-1). The will has properties of its own
/// within a CONNECT; it takes the bit of the reserved type 0.
/// </summary>
[Flags]
internal enum PacketTypes
{
    None = 0,
    Will = 1 << 0,
    Connect = 1 << 1,
    Publish = 1 << 3,
    PubAck = 1 << 4,
    PubRec = 1 << 5,
    PubRel = 1 << 6,
    PubComp = 1 << 7,
    Subscribe = 1 << 8,
    Unsubscribe = 1 << 10,
    Disconnect = 1 << 14,
    Auth = 1 << 15,
}

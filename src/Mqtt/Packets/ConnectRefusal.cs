namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>The answer to a CONNECT that MQTTnet must not read.</summary>
internal static class ConnectRefusal
{
    private const int Version5 = 5;

    /// <summary>
    /// Returns the CONNACK. It is empty where the specification wants the connection closed without one: when the version is unknown, and
    /// for a malformed CONNECT of MQTT 3.1.1 (section 3.1.4).
    /// </summary>
    /// <param name="level">The protocol level of the CONNECT; 0 when none was read.</param>
    public static byte[] ConnAck(PacketCheckResult result, int level) =>
        level >= Version5 ? [0x20, 3, 0, (byte)result.ConnAck(), 0]
        : result == PacketCheckResult.UnsupportedVersion ? [0x20, 2, 0, 0x01]
        : result == PacketCheckResult.ClientIdNotValid ? [0x20, 2, 0, 0x02]
        : [];
}

using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>
/// Whether a packet conforms to MQTT, and how it does not (MQTT 5.0 section 4.13). A packet that was not checked is malformed.
/// </summary>
internal enum PacketCheckResult
{
    /// <summary>The bytes cannot be read as the packet that they claim to be.</summary>
    Malformed,

    /// <summary>The bytes can be read, and say what the protocol does not allow.</summary>
    ProtocolError,

    /// <summary>A CONNECT of a version that the broker does not speak.</summary>
    UnsupportedVersion,

    /// <summary>A CONNECT without a client id that asks for a stored session (MQTT 3.1.1 section 3.1.3.1).</summary>
    ClientIdNotValid,

    WellFormed,
}

/// <summary>Maps results to the reason codes of MQTT 5.0 (section 2.4).</summary>
internal static class PacketCheckResultCodes
{
    /// <summary>The code of a DISCONNECT. Not for a packet that is well-formed.</summary>
    public static MqttDisconnectReasonCode Disconnect(this PacketCheckResult result) =>
        result == PacketCheckResult.ProtocolError ? MqttDisconnectReasonCode.ProtocolError : MqttDisconnectReasonCode.MalformedPacket;

    /// <summary>The code of a CONNACK. Not for a packet that is well-formed.</summary>
    public static MqttConnectReasonCode ConnAck(this PacketCheckResult result) =>
        result switch
        {
            PacketCheckResult.Malformed => MqttConnectReasonCode.MalformedPacket,
            PacketCheckResult.ProtocolError => MqttConnectReasonCode.ProtocolError,
            PacketCheckResult.UnsupportedVersion => MqttConnectReasonCode.UnsupportedProtocolVersion,
            PacketCheckResult.ClientIdNotValid => MqttConnectReasonCode.ClientIdentifierNotValid,
            PacketCheckResult.WellFormed or _ => throw new ArgumentOutOfRangeException(nameof(result), result, null),
        };
}

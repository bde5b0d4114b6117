using System.Buffers;
using System.Buffers.Binary;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Writes the broker's own limits into a CONNACK (MQTT 5.0 section 3.2.2.3). MQTTnet would promise more than this broker accepts, and
/// cannot say that no session is stored. It has no state: the thread that sends the CONNACK calls it.
/// </summary>
internal static class ConnAckNegotiation
{
    /// <summary>Sets what was negotiated.</summary>
    /// <param name="connect">The CONNECT that it answers; null when none was read.</param>
    /// <returns>The negotiated keep-alive; null when the sign-in failed.</returns>
    public static TimeSpan? Apply(MqttConnAckPacket connAck, MqttConnectPacket? connect, Limits limits)
    {
        if (connAck.ReasonCode != MqttConnectReasonCode.Success || connect is null)
            return null;

        connAck.ReceiveMaximum = (ushort)limits.InFlight;
        var requested = TimeSpan.FromSeconds(connect.KeepAlivePeriod);
        var longest = TimeSpan.FromSeconds(limits.KeepAliveSeconds);
        var keepAlive = requested == TimeSpan.Zero || requested > longest ? longest : requested;
        if (keepAlive != requested)
            connAck.ServerKeepAlive = (ushort)keepAlive.TotalSeconds;
        // MQTTnet never sees publishes, so it would end a publishing client as silent. ConnectionTimeouts watches instead.
        connect.KeepAlivePeriod = 0;
        return keepAlive;
    }

    /// <summary>
    /// Encodes a CONNACK of MQTT 5.0. A client that asks for a stored session is told that it has none (section 3.2.2.3.2): then its will
    /// is due when its connection ends, whatever its Will Delay Interval (3.1.3.2.2). No topic alias is allowed, because none is promised.
    /// </summary>
    public static byte[] Encode(MqttConnAckPacket connAck, MqttConnectPacket? connect)
    {
        var properties = new ArrayBufferWriter<byte>();
        if (connAck.ReasonCode == MqttConnectReasonCode.Success)
        {
            if (connect is { SessionExpiryInterval: > 0 })
                properties.Write<byte>([0x11, 0, 0, 0, 0]);
            Write(properties, 0x21, connAck.ReceiveMaximum);
            properties.Write<byte>([0x24, 1]); // Maximum QoS.
            properties.Write<byte>([0x27]);
            BinaryPrimitives.WriteInt32BigEndian(properties.GetSpan(4), PacketFramer.MaxPacketBytes);
            properties.Advance(4);
            properties.Write<byte>([0x2A, 0]); // No shared subscriptions.
            if (connAck.ServerKeepAlive > 0)
                Write(properties, 0x13, connAck.ServerKeepAlive);
        }

        var length = (byte)properties.WrittenCount; // Far below 128: one byte.
        return [0x20, (byte)(3 + length), 0, (byte)connAck.ReasonCode, length, .. properties.WrittenSpan];
    }

    private static void Write(ArrayBufferWriter<byte> properties, byte id, ushort value) =>
        properties.Write<byte>([id, (byte)(value >> 8), (byte)value]);
}

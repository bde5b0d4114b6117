using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Writes the broker's own limits into a CONNACK (MQTT 5.0 section 3.2.2.3). MQTTnet would promise more than this broker accepts. It has no
/// state: the thread that sends the CONNACK calls it.
/// </summary>
internal static class ConnAckNegotiation
{
    /// <summary>Sets the properties of a CONNACK.</summary>
    /// <param name="connect">The CONNECT that it answers; null when none was read.</param>
    /// <returns>The negotiated keep-alive; null when the sign-in failed.</returns>
    public static TimeSpan? Apply(MqttConnAckPacket connAck, MqttConnectPacket? connect, Limits limits)
    {
        connAck.TopicAliasMaximum = 0;
        connAck.ReceiveMaximum = (ushort)limits.InFlight;
        connAck.MaximumPacketSize = PacketFramer.MaxPacketBytes;
        connAck.MaximumQoS = MqttQualityOfServiceLevel.AtLeastOnce;
        connAck.WildcardSubscriptionAvailable = false;
        if (connAck.ReasonCode != MqttConnectReasonCode.Success || connect is null)
            return null;

        var requested = TimeSpan.FromSeconds(connect.KeepAlivePeriod);
        var longest = TimeSpan.FromSeconds(limits.KeepAliveSeconds);
        var keepAlive = requested == TimeSpan.Zero || requested > longest ? longest : requested;
        if (keepAlive != requested)
            connAck.ServerKeepAlive = (ushort)keepAlive.TotalSeconds;
        // MQTTnet never sees publishes, so it would end a publishing client as silent. ConnectionTimeouts watches instead.
        connect.KeepAlivePeriod = 0;
        return keepAlive;
    }
}

using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Connections;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>A publish that waits in the log for its acknowledgement: for a commit, or only for its turn.</summary>
/// <param name="packetId">0 when the publish needs no acknowledgement.</param>
/// <param name="reason">The reason code of the acknowledgement.</param>
internal sealed class PendingPublish(ClientConnection connection, ushort packetId, MqttPubAckReasonCode reason, HeartbeatAppender appender)
    : LogWrite
{
    public ClientConnection Connection => connection;

    public ushort PacketId => packetId;

    public MqttPubAckReasonCode Reason => reason;

    /// <summary>Whether the heartbeat reports something else than the one before. If so, it is committed and forwarded at once.</summary>
    public bool IsStateChange { get; init; }

    /// <summary>When the heartbeat was received, as <see cref="MqttMetrics.Received"/> returned it.</summary>
    public long ReceivedAt { get; init; }

    public override bool MayBeDelayed => Heartbeat is not null && !IsStateChange;

    public override void Complete(WriteResult settlement) => appender.OnCommitted(this, settlement);

    public override void Flush() => connection.Writer.Flush();
}

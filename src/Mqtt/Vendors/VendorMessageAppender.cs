using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Hosting;
using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Packets;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Publishing.Rejections;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>
/// Appends to the log what vendors' messages report, and acknowledges them after the commit. A message that could not be read may have said
/// anything: what it is about is not known any more, durable before the answer. One thread at a time calls it for a gateway, see
/// <see cref="VendorTurn"/>.
/// </summary>
internal sealed class VendorMessageAppender(
    HeartbeatAppender appender,
    PublishRejector rejector,
    VendorPublishHandler vendors,
    MqttMetrics metrics,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    /// <summary>
    /// Decides on a publish of a gateway that is over the packet cap. On a vendor's topic it is refused like every message that is too
    /// long, and the session goes on: the devices behind the gateway did nothing wrong.
    /// </summary>
    /// <param name="start">The start of the packet, as long as the cap.</param>
    /// <param name="bytes">The length of the whole packet.</param>
    /// <returns>False when the session ends: on a device's topic, and when the start does not conform to MQTT.</returns>
    public bool CanSkip(Session gateway, ReadOnlySpan<byte> start, int bytes, out SkippedPublish skipped)
    {
        skipped = default;
        if (
            PublishPacket.ReadStart(start, gateway.IsVersion5, out var publish, out _) != PacketCheckResult.WellFormed
            || publish.HasTopicAlias
            || publish.Qos == MqttQualityOfServiceLevel.ExactlyOnce
            || DeviceTopics.TryDevice(publish.Topic, out _, out _)
        )
            return false;
        skipped = new(bytes, publish.PacketId, Encoding.UTF8.GetString(publish.Topic), vendors.RefuseOversized(gateway, publish.Topic));
        rejector.Record(gateway, PublishRejection.Size, TopicClass.Vendor, bytes);
        return true;
    }

    /// <summary>Acknowledges a publish whose bytes were dropped, after it is durable that what it may have said is not known.</summary>
    public async ValueTask<DisconnectCause?> AcknowledgeSkippedAsync(Session gateway, SkippedPublish skipped)
    {
        var turn = gateway.Vendor!.Turn;
        await turn.TakeAsync();
        return await turn.EndAfterAsync(
            AppendAndAnswerAsync(gateway, vendors.Lose(gateway, skipped.Topic), skipped.PacketId, skipped.Rejection.PubAck())
        );
    }

    /// <summary>
    /// Lets time pass for a gateway whose vendor messages wait for a deadline. The check timer calls it. While the connection's thread
    /// appends, it does nothing: it comes again soon.
    /// </summary>
    public void Tick(Session session)
    {
        if (session.Vendor is { } vendor && vendor.Turn.TryTake())
            _ = vendor.Turn.EndAfterAsync(AppendTickAsync(session, vendor)).AsTask();
    }

    private async ValueTask<DisconnectCause?> AppendTickAsync(Session session, VendorConnection vendor)
    {
        var now = time.GetUtcNow();
        if (vendor.Tick(now) is not { } answer)
            return null;
        var reports = vendors.ToHeartbeats(session, answer, now);
        if (reports.IsOverRate)
            metrics.Refused(PublishRejection.Rate, TopicClass.Vendor);
        return await AppendAllAsync(session, reports.Heartbeats, 0);
    }

    /// <summary>
    /// Handles a publish on a vendor's topic. Vendors publish at QoS 0, and much that the registry must not read: a rejected message is
    /// counted and dropped, and does not end the session.
    /// </summary>
    public ValueTask<DisconnectCause?> Handle(Session session, in PublishPacket publish)
    {
        if (publish.Qos == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            return rejector.Disconnect(
                session,
                PublishRejection.Qos,
                TopicClass.Vendor,
                publish.Payload.Length,
                MqttDisconnectReasonCode.QoSNotSupported
            );
        }

        var (reports, rejection) = vendors.Handle(session, publish);
        if (rejection is PublishRejection.Rate)
            return AppendPartlyAsync(session, reports, publish.PacketId, publish.Payload.Length);
        if (rejection is { } refused)
        {
            metrics.Refused(refused, TopicClass.Vendor);
            return AppendAndAnswerAsync(session, reports, publish.PacketId, refused.PubAck());
        }

        if (!reports.Recorded.IsCompletedSuccessfully)
            return AppendAndAnswerAsync(session, reports, publish.PacketId, MqttPubAckReasonCode.Success);
        return reports.Heartbeats.IsEmpty
            ? AcknowledgeVendor(session, publish.PacketId, MqttPubAckReasonCode.Success)
            : AppendAllAsync(session, reports.Heartbeats, publish.PacketId);
    }

    /// <summary>
    /// Appends the heartbeats of a message that is within the rate limit only in part. A success would mean that all of it is durable, so
    /// the client gets 0x97. MQTT 3.1.1 has no such code: if the client waits for an acknowledgement, its connection ends.
    /// </summary>
    private async ValueTask<DisconnectCause?> AppendPartlyAsync(Session session, VendorReports reports, ushort packetId, int bytes)
    {
        if (await AppendAsync(session, reports) is { } cause)
            return cause;
        if (packetId != 0 && !session.IsVersion5)
            return await rejector.Disconnect(session, PublishRejection.Rate, TopicClass.Vendor, bytes, null);
        rejector.Record(session, PublishRejection.Rate, TopicClass.Vendor, bytes);
        return await AcknowledgeVendor(session, packetId, PublishRejection.Rate.PubAck());
    }

    /// <summary>Appends what follows from a message, and answers it when that is durable.</summary>
    private async ValueTask<DisconnectCause?> AppendAndAnswerAsync(
        Session session,
        VendorReports reports,
        ushort packetId,
        MqttPubAckReasonCode answer
    ) => await AppendAsync(session, reports) ?? await AcknowledgeVendor(session, packetId, answer);

    /// <summary>Appends what follows from a message without answering it, and waits for what is recorded beside the log.</summary>
    private async ValueTask<DisconnectCause?> AppendAsync(Session session, VendorReports reports)
    {
        if (await AppendAllAsync(session, reports.Heartbeats, 0) is { } cause)
            return cause;
        return
            reports.Recorded.IsCompletedSuccessfully
            || await HeartbeatAppender.WaitUntilRecordedAsync(session, reports.Recorded, lifetime.ApplicationStopping)
            ? null
            : PublishHandler.ShuttingDown;
    }

    private ValueTask<DisconnectCause?> AcknowledgeVendor(Session session, ushort packetId, MqttPubAckReasonCode reason) =>
        packetId == 0 ? default : appender.AcknowledgeInOrderAsync(session, packetId, reason);

    /// <summary>Appends all heartbeats of one message. The last one carries the acknowledgement.</summary>
    private async ValueTask<DisconnectCause?> AppendAllAsync(Session session, ImmutableArray<VendorHeartbeat> heartbeats, ushort packetId)
    {
        for (var i = 0; i < heartbeats.Length; i++)
        {
            var (device, heartbeat) = heartbeats[i];
            var acknowledged = i == heartbeats.Length - 1 ? packetId : (ushort)0;
            if (await appender.AppendAsync(session, device, heartbeat, acknowledged, mayBeStored: false) is { } cause)
                return cause;
        }

        return null;
    }
}

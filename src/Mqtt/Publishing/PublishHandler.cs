using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Hosting;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Packets;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.Publishing.Rejections;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// Handles what clients publish: checks a publish as bytes, appends its heartbeat to the log, and acknowledges it after the commit. It
/// routes nothing to other clients. Of a payload it passes on only numbers and words from fixed lists (docs/guide/device-integrators.md),
/// and no free text. The thread that reads a connection calls it for that connection.
/// </summary>
internal sealed class PublishHandler(
    HeartbeatAppender appender,
    PublishRejector rejector,
    PresenceSequencer sequencer,
    KnockRecorder knocks,
    VendorPublishHandler vendors,
    GatewaySenderResolver resolver,
    SessionRegistry sessions,
    Limits limits,
    MqttMetrics metrics,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    internal static readonly DisconnectCause ShuttingDown = new(
        MqttDisconnectReasonCode.ServerShuttingDown,
        "The registry is shutting down.",
        IsServerFault: true
    );

    /// <summary>Handles one PUBLISH. Keeps nothing of the bytes when it returns, even if the task continues.</summary>
    /// <param name="packet">The whole packet.</param>
    /// <returns>Why the session ends; null when it goes on.</returns>
    public ValueTask<DisconnectCause?> HandleAsync(Session session, ReadOnlySpan<byte> packet)
    {
        if (PublishPacket.Read(packet, session.IsVersion5, out var publish) is not PacketCheckResult.WellFormed and var fault)
            return rejector.Disconnect(session, PublishRejection.Malformed, TopicClass.Unread, packet.Length, fault.Disconnect());

        if (publish.HasTopicAlias)
        {
            return rejector.Disconnect(
                session,
                PublishRejection.Alias,
                TopicClass.Unread,
                publish.Payload.Length,
                MqttDisconnectReasonCode.TopicAliasInvalid
            );
        }

        var device = session.Own;
        if (DeviceTopics.TryDevice(publish.Topic, out var id, out var topic))
        {
            if (session.IsGateway && !GatewaySenderResolver.TryResolve(session, id, out device))
                return session.RateLimiter.IsExhausted(time.MonotonicNow(), limits)
                    ? rejector.Reject(session, null, publish, PublishRejection.Rate, TopicClass.Foreign)
                    : ResolveAndHandleAsync(session, Encoding.ASCII.GetString(id), packet.ToArray());
            if (device is null || !DeviceTopics.Is(id, device.Device.Id))
                topic = TopicClass.Foreign;
        }
        else if (session.Vendor is not null)
        {
            return HandleVendor(session, publish);
        }

        return HandleFrom(session, device, topic, publish);
    }

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
        skipped = new(bytes, publish.PacketId, vendors.RefuseOversized(gateway, publish.Topic));
        rejector.Record(gateway, PublishRejection.Size, TopicClass.Vendor, bytes);
        return true;
    }

    /// <summary>Acknowledges a publish whose bytes were dropped.</summary>
    public ValueTask<DisconnectCause?> AcknowledgeSkippedAsync(Session gateway, SkippedPublish skipped) =>
        AcknowledgeVendor(gateway, skipped.PacketId, skipped.Rejection.PubAck());

    /// <summary>Lets time pass for a gateway whose vendor messages wait for a deadline. The check timer calls it.</summary>
    public void Tick(Session session)
    {
        var now = time.GetUtcNow();
        if (session.Vendor?.Tick(now) is not { } answer)
            return;
        _ = AppendAllAsync(session, vendors.ToHeartbeats(session, answer, now, out var isOverRate), 0).AsTask();
        if (isOverRate)
            metrics.Refused(PublishRejection.Rate, TopicClass.Vendor);
    }

    /// <summary>
    /// Reports the end of the session to the presence partition: as a death if the client left a will, sent no normal DISCONNECT and was
    /// not
    /// taken over. For a gateway it reports one for each device that was last heard in this session. A server fault never causes a death.
    /// </summary>
    public void OnSessionEnded(Session session)
    {
        var wasCurrent = sessions.Remove(session);
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        var connection = session.ClientConnection;
        var end = wasCurrent ? connection.SessionEnd : SessionEnd.TakenOver;
        var isDeath = wasCurrent && !connection.ReceivedNormalDisconnect && !connection.EndedByServerFault;
        if (session.Own is { } own)
        {
            if (end is SessionEnd.Refused)
                rejector.RecordRefusedSession(session, own);
            sequencer.PublishEnd(session, own.Device.Number, isDeath ? session.DeathEpoch : null, end);
            return;
        }

        if (isDeath && session.Vendor is { } vendor)
            vendors.PublishDeaths(session, vendor.Ended(time.GetUtcNow()), end);
        foreach (var device in session.ActiveDevices)
            sequencer.PublishEnd(session, device.Device.Number, isDeath ? device.LastSequence.Epoch : null, end);
    }

    /// <summary>Handles a publish for one device.</summary>
    /// <param name="device">Null, or any device with a foreign topic, when the client may not publish on the topic.</param>
    private ValueTask<DisconnectCause?> HandleFrom(Session session, DeviceIngestState? device, TopicClass topic, in PublishPacket publish)
    {
        var rateLimiter = device?.RateLimiter ?? session.RateLimiter;
        if (!rateLimiter.TryAcquire(time.MonotonicNow(), limits))
            return rejector.Reject(session, device, publish, PublishRejection.Rate, topic);
        if (publish.Qos != MqttQualityOfServiceLevel.AtLeastOnce)
            return rejector.RejectQos(session, device, publish, topic);
        if (topic == TopicClass.Foreign)
            return rejector.Reject(session, device, publish, PublishRejection.Topic, topic);
        if (publish.IsRetained)
            return rejector.Reject(session, device, publish, PublishRejection.Retain, topic);
        if (topic == TopicClass.OwnDeath)
            return HandleDeath(session, device!, publish);

        var firmware = device!.Firmware;
        if (!HeartbeatReader.TryRead(publish.Payload, device.Device, time.GetUtcNow(), session.Number, ref firmware, out var heartbeat))
            return rejector.Reject(session, device, publish, PublishRejection.Shape, topic);
        device.Firmware = firmware;
        return appender.AppendAsync(session, device, heartbeat, publish.PacketId, publish.IsDuplicate);
    }

    /// <summary>
    /// Handles a publish after the register named its device. It does not resolve the device again: an id that is not cached would loop.
    /// </summary>
    private async ValueTask<DisconnectCause?> ResolveAndHandleAsync(Session session, string id, byte[] packet)
    {
        var (device, cause) = await resolver.ResolveAsync(session, id);
        return cause ?? await HandleResolved(session, device, packet);
    }

    private ValueTask<DisconnectCause?> HandleResolved(Session session, DeviceIngestState? device, byte[] packet)
    {
        if (
            !PublishPacket.TryRead(packet, session.IsVersion5, out var publish)
            || !DeviceTopics.TryDevice(publish.Topic, out _, out var topic)
        )
            throw new UnreachableException("HandleAsync has read this packet before.");
        if (device is not { Device.Lifecycle: Lifecycle.Removed })
            return HandleFrom(session, device, device is null ? TopicClass.Foreign : topic, publish);
        knocks.Record(device.Device);
        var isOverRate = !session.RateLimiter.TryAcquire(time.MonotonicNow(), limits);
        return rejector.Reject(session, device, publish, isOverRate ? PublishRejection.Rate : PublishRejection.Topic, topic);
    }

    private ValueTask<DisconnectCause?> HandleDeath(Session session, DeviceIngestState device, in PublishPacket publish) =>
        HeartbeatReader.TryReadDeath(publish.Payload, out var epoch)
            ? PublishDeathAsync(session, device.Device.Number, epoch, publish.PacketId)
            : rejector.Reject(session, device, publish, PublishRejection.Shape, TopicClass.OwnDeath);

    /// <summary>
    /// Publishes the death of a device in order, and acknowledges it after its state change is durable. The connection is not read
    /// meanwhile, so that its acknowledgements stay in order.
    /// </summary>
    private async ValueTask<DisconnectCause?> PublishDeathAsync(Session session, int number, long epoch, ushort packetId)
    {
        var recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sequencer.PublishEnd(session, number, epoch, SessionEnd.DeathMessage, recorded);
        // A shutdown of the registry is no death of a device.
        return await HeartbeatAppender.WaitUntilRecordedAsync(session, recorded.Task, lifetime.ApplicationStopping)
            ? await appender.AcknowledgeInOrderAsync(session, packetId, MqttPubAckReasonCode.Success)
            : ShuttingDown;
    }

    /// <summary>
    /// Handles a publish on a vendor's topic. Vendors publish at QoS 0, and much that the registry must not read: a rejected message is
    /// counted and dropped, and does not end the session.
    /// </summary>
    private ValueTask<DisconnectCause?> HandleVendor(Session session, in PublishPacket publish)
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

        var (heartbeats, rejection) = vendors.Handle(session, publish);
        if (rejection is PublishRejection.Rate)
            return AppendPartlyAsync(session, heartbeats, publish.PacketId, publish.Payload.Length);
        if (rejection is { } refused)
        {
            metrics.Refused(refused, TopicClass.Vendor);
            return AcknowledgeVendor(session, publish.PacketId, refused.PubAck());
        }

        return heartbeats.IsEmpty
            ? AcknowledgeVendor(session, publish.PacketId, MqttPubAckReasonCode.Success)
            : AppendAllAsync(session, heartbeats, publish.PacketId);
    }

    /// <summary>
    /// Appends the heartbeats of a message that is within the rate limit only in part. A success would mean that all of it is durable, so
    /// the client gets 0x97. MQTT 3.1.1 has no such code: if the client waits for an acknowledgement, its connection ends.
    /// </summary>
    private async ValueTask<DisconnectCause?> AppendPartlyAsync(
        Session session,
        ImmutableArray<VendorHeartbeat> heartbeats,
        ushort packetId,
        int bytes
    )
    {
        if (await AppendAllAsync(session, heartbeats, 0) is { } cause)
            return cause;
        if (packetId != 0 && !session.IsVersion5)
            return await rejector.Disconnect(session, PublishRejection.Rate, TopicClass.Vendor, bytes, null);
        rejector.Record(session, PublishRejection.Rate, TopicClass.Vendor, bytes);
        return await AcknowledgeVendor(session, packetId, PublishRejection.Rate.PubAck());
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

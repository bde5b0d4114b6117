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
    VendorMessageAppender vendorMessages,
    GatewaySenderResolver resolver,
    SessionRegistry sessions,
    Limits limits,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    internal static readonly DisconnectCause ShuttingDown = new(
        MqttDisconnectReasonCode.ServerShuttingDown,
        "The registry is shutting down.",
        IsServerFault: true
    );

    /// <summary>Handles what gateways publish on vendors' topics.</summary>
    public VendorMessageAppender Vendors => vendorMessages;

    /// <summary>Handles one PUBLISH. Keeps nothing of the bytes when it returns, even if the task continues.</summary>
    /// <param name="packet">The whole packet.</param>
    /// <returns>Why the session ends; null when it goes on.</returns>
    public ValueTask<DisconnectCause?> HandleAsync(Session session, ReadOnlySpan<byte> packet)
    {
        if (session.Vendor is not { } vendor)
            return HandleInTurn(session, packet);
        return vendor.Turn.TryTake() ? HandleAndEndTurn(session, vendor, packet) : WaitAndHandleAsync(session, vendor, packet.ToArray());
    }

    private async ValueTask<DisconnectCause?> WaitAndHandleAsync(Session session, VendorConnection vendor, byte[] packet)
    {
        await vendor.Turn.TakeAsync();
        return await HandleAndEndTurn(session, vendor, packet);
    }

    private ValueTask<DisconnectCause?> HandleAndEndTurn(Session session, VendorConnection vendor, ReadOnlySpan<byte> packet)
    {
        try
        {
            return vendor.Turn.EndAfterAsync(HandleInTurn(session, packet));
        }
        catch
        {
            vendor.Turn.End();
            throw;
        }
    }

    private ValueTask<DisconnectCause?> HandleInTurn(Session session, ReadOnlySpan<byte> packet)
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
                return session.RateLimiter.MayNotAskRegister(time.MonotonicNow(), limits)
                    ? rejector.Reject(session, null, publish, PublishRejection.Rate, TopicClass.Foreign)
                    : ResolveAndHandleAsync(session, Encoding.ASCII.GetString(id), packet.ToArray());
            if (device is null || !DeviceTopics.Is(id, device.Device.Id))
                topic = TopicClass.Foreign;
        }
        else if (session.Vendor is not null)
        {
            return vendorMessages.Handle(session, publish);
        }

        return HandleFrom(session, device, topic, publish);
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
            sequencer.ReportEnd(session, own.Device.Number, isDeath ? session.DeathEpoch : null, end);
            return;
        }

        if (isDeath && session.Vendor is { } vendor)
            vendors.PublishDeaths(session, vendor.Ended(time.GetUtcNow()), end);
        foreach (var device in session.ActiveDevices)
            sequencer.ReportEnd(session, device.Device.Number, isDeath ? device.LastSequence.Epoch : null, end);
    }

    /// <summary>Handles a publish for one device.</summary>
    /// <param name="device">Null, or any device with a foreign topic, when the client may not publish on the topic.</param>
    private ValueTask<DisconnectCause?> HandleFrom(Session session, DeviceIngestState? device, TopicClass topic, in PublishPacket publish)
    {
        var isRemoved = topic != TopicClass.Foreign && device is { Device.Lifecycle: Lifecycle.Removed };
        if (isRemoved)
            knocks.Record(device!.Device);
        var rateLimiter = device?.RateLimiter ?? session.RateLimiter;
        if (!rateLimiter.TryAcquire(time.MonotonicNow(), limits))
            return rejector.Reject(session, device, publish, PublishRejection.Rate, topic);
        if (isRemoved)
            return rejector.Reject(session, device, publish, PublishRejection.Topic, topic);
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
        return HandleFrom(session, device, device is null ? TopicClass.Foreign : topic, publish);
    }

    private ValueTask<DisconnectCause?> HandleDeath(Session session, DeviceIngestState device, in PublishPacket publish) =>
        HeartbeatReader.TryReadDeath(publish.Payload, out var epoch)
            ? ReportDeathAsync(session, device.Device.Number, epoch, publish.PacketId)
            : rejector.Reject(session, device, publish, PublishRejection.Shape, TopicClass.OwnDeath);

    /// <summary>
    /// Reports the death of a device to its presence partition, after all earlier heartbeats, and acknowledges it after the state change is
    /// durable. The connection is not read meanwhile, so that its acknowledgements stay in order.
    /// </summary>
    private async ValueTask<DisconnectCause?> ReportDeathAsync(Session session, int number, long epoch, ushort packetId)
    {
        var recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sequencer.ReportEnd(session, number, epoch, SessionEnd.DeathMessage, recorded);
        // A shutdown of the registry is no death of a device.
        return await HeartbeatAppender.WaitUntilRecordedAsync(session, recorded.Task, lifetime.ApplicationStopping)
            ? await appender.AcknowledgeInOrderAsync(session, packetId, MqttPubAckReasonCode.Success)
            : ShuttingDown;
    }
}

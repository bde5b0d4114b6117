using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// Takes in what clients publish: judges a publish on its bytes, puts what it says into the heartbeat log, and acknowledges it when it is
/// durable, and not before. Nothing is routed to anybody else, and nothing of a payload but the contract's words gets past here.
/// </summary>
internal sealed class PublishHandler(
    IHeartbeatLog log,
    PresenceForwarder presence,
    SessionEndSequencer partings,
    VendorPublishHandler vendors,
    IEnrolment enrolment,
    DeviceIngestStates senders,
    SessionRegistry sessions,
    Limits limits,
    MqttMetrics counters,
    IHostApplicationLifetime house,
    TimeProvider time,
    ILogger<PublishHandler> logger
)
{
    /// <summary>Takes one PUBLISH. Keeps nothing of the bytes when it returns, even when the task goes on.</summary>
    /// <param name="packet">The whole packet.</param>
    /// <returns>Why the session has to end; null when it goes on.</returns>
    public ValueTask<DisconnectCause?> HandleAsync(Session session, ReadOnlySpan<byte> packet)
    {
        if (!PublishPacket.TryRead(packet, session.IsVersion5, out var publish))
            return Disconnect(
                session,
                PublishRejection.Malformed,
                TopicClass.Unread,
                packet.Length,
                MqttDisconnectReasonCode.MalformedPacket
            );
        if (publish.HasTopicAlias)
            return Disconnect(
                session,
                PublishRejection.Alias,
                TopicClass.Unread,
                publish.Payload.Length,
                MqttDisconnectReasonCode.TopicAliasInvalid
            );

        var sender = session.Own;
        if (DeviceTopics.TryDevice(publish.Topic, out var id, out var kind))
        {
            if (
                session.IsGateway
                && Domain.Identifier.IsValid(DecodeId(id, stackalloc char[Domain.Identifier.MaxLength]))
                && !session.TryBehind(id, out sender)
            )
                return session.RateLimiter.IsExhausted(time.MonotonicNow(), limits)
                    ? Reject(session, publish, PublishRejection.Rate, TopicClass.Foreign)
                    : ResolveSenderAsync(session, System.Text.Encoding.ASCII.GetString(id), packet.ToArray());
            if (sender is null || !DeviceTopics.Is(id, sender.Device.Id))
                kind = TopicClass.Foreign;
        }
        else if (session.Vendor is not null)
        {
            return HandleVendor(session, publish);
        }

        return HandleFrom(session, sender, kind, publish);
    }

    /// <summary>Takes what a client says for a device; for nobody, when the sender is null or the topic is foreign.</summary>
    private ValueTask<DisconnectCause?> HandleFrom(Session session, DeviceIngestState? sender, TopicClass topic, in PublishPacket publish)
    {
        if (!(sender ?? session.RateLimiter).TryAcquire(time.MonotonicNow(), limits))
            return Reject(session, publish, PublishRejection.Rate, topic);
        if (publish.Qos != MqttQualityOfServiceLevel.AtLeastOnce)
            return Disconnect(session, PublishRejection.Qos, topic, publish.Payload.Length, MqttDisconnectReasonCode.QoSNotSupported);
        if (topic == TopicClass.Foreign)
            return Reject(session, publish, PublishRejection.Topic, topic);
        if (publish.IsRetained)
            return Reject(session, publish, PublishRejection.Retain, topic);
        if (topic == TopicClass.OwnDeath)
            return HandleDeath(session, sender!, publish);

        var firmware = sender!.Firmware;
        if (!HeartbeatReader.TryRead(publish.Payload, sender.Device, time.GetUtcNow(), session.Connection, ref firmware, out var heartbeat))
            return Reject(session, publish, PublishRejection.Shape, topic);
        sender.Firmware = firmware;
        return AppendHeartbeatAsync(session, sender, heartbeat, publish.PacketId, publish.IsDuplicate);
    }

    private static ReadOnlySpan<char> DecodeId(ReadOnlySpan<byte> id, Span<char> letters) =>
        id.Length > letters.Length || System.Text.Ascii.ToUtf16(id, letters, out var written) != System.Buffers.OperationStatus.Done
            ? default
            : letters[..written];

    /// <summary>Asks who a gateway speaks for when it names somebody for the first time in its session.</summary>
    private async ValueTask<DisconnectCause?> ResolveSenderAsync(Session session, string id, byte[] packet)
    {
        DeviceIngestState? sender = null;
        var asOf = senders.Changes;
        try
        {
            if (await enrolment.BehindAsync(session.Id, id, CancellationToken.None) is { Lifecycle: not Lifecycle.Removed } device)
                sender = await senders.GetOrAddAsync(device, asOf);
        }
        catch (Exception failure)
        {
            // The register does not answer: the gateway comes again.
            logger.LogWarning("A gateway's publish could not be taken because the register did not answer ({Reason}).", failure.Message);
            return new DisconnectCause(MqttDisconnectReasonCode.ServerBusy, "The register does not answer.", IsServerFault: true);
        }

        session.CacheSender(id, sender);
        if (senders.Changes != asOf)
            session.RemoveSender(id); // Something was registered meanwhile, perhaps this: it is asked again.
        return await HandleResolved(session, sender, packet);
    }

    /// <summary>
    /// Takes the packet for whom it was asked who speaks. Nothing is looked up again: what is not remembered would be asked for ever.
    /// </summary>
    private ValueTask<DisconnectCause?> HandleResolved(Session session, DeviceIngestState? sender, byte[] packet) =>
        PublishPacket.TryRead(packet, session.IsVersion5, out var publish) && DeviceTopics.TryDevice(publish.Topic, out _, out var kind)
            ? HandleFrom(session, sender, sender is null ? TopicClass.Foreign : kind, publish)
            : throw new UnreachableException("It was read before.");

    private ValueTask<DisconnectCause?> HandleDeath(Session session, DeviceIngestState sender, in PublishPacket publish)
    {
        if (!HeartbeatReader.TryReadDeath(publish.Payload, out var epoch))
            return Reject(session, publish, PublishRejection.Shape, TopicClass.OwnDeath);
        return AppendDeathAsync(session, sender.Device.Number, epoch, publish.PacketId);
    }

    /// <summary>
    /// Tells of a death that a client speaks of, in its turn, and acknowledges it when what it changed is kept: an acknowledgement means
    /// durable.
    /// Nothing more is read of the client meanwhile, so that its acknowledgements stay in their order.
    /// </summary>
    private async ValueTask<DisconnectCause?> AppendDeathAsync(Session session, int number, long epoch, ushort packetId)
    {
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        partings.Publish(session, number, epoch, SessionEnd.DeathMessage, kept);
        await session.ClientConnection.ReserveInFlightAsync(); // It waits for us: its silence does not count.
        try
        {
            await kept.Task.WaitAsync(house.ApplicationStopping); // When the registry goes down, no device has died.
        }
        catch (OperationCanceledException)
        {
            session.ClientConnection.Acknowledge(0, MqttPubAckReasonCode.Success);
            return new DisconnectCause(MqttDisconnectReasonCode.ServerShuttingDown, "The registry goes down.", IsServerFault: true);
        }

        session.ClientConnection.Acknowledge(packetId, MqttPubAckReasonCode.Success);
        session.ClientConnection.Flush();
        return null;
    }

    /// <summary>
    /// Takes what a gateway says in its vendor's words. Vendors publish at QoS 0 and say much that is none of the registry's business: what
    /// is
    /// not read is counted and dropped, and does not end the session.
    /// </summary>
    private ValueTask<DisconnectCause?> HandleVendor(Session session, in PublishPacket publish)
    {
        if (publish.Qos == MqttQualityOfServiceLevel.ExactlyOnce)
            return Disconnect(
                session,
                PublishRejection.Qos,
                TopicClass.Vendor,
                publish.Payload.Length,
                MqttDisconnectReasonCode.QoSNotSupported
            );
        var (words, refusal) = vendors.Handle(session, publish);
        if (refusal is not { } refused)
            return words.IsEmpty
                ? AcknowledgeVendor(session, publish.PacketId, MqttPubAckReasonCode.Success)
                : AppendAllAsync(session, words, publish.PacketId);
        if (refused == PublishRejection.Rate)
            return AppendPartlyAsync(session, words, publish.PacketId, publish.Payload.Length);
        counters.Refused(refused, TopicClass.Vendor);
        return AcknowledgeVendor(session, publish.PacketId, refused.PubAck());
    }

    /// <summary>
    /// Keeps what a device may still say of a message that says more. An acknowledgement would say that all of it is durable: whoever asked
    /// for one is told
    /// that it is not, and on MQTT 3.1.1, which has no other word for it, the connection ends.
    /// </summary>
    private async ValueTask<DisconnectCause?> AppendPartlyAsync(
        Session session,
        ImmutableArray<(DeviceIngestState Sender, Heartbeat Heartbeat)> words,
        ushort packetId,
        int bytes
    )
    {
        if (await AppendAllAsync(session, words, 0) is { } ending)
            return ending;
        if (packetId != 0 && !session.IsVersion5)
            return await Disconnect(session, PublishRejection.Rate, TopicClass.Vendor, bytes, null);
        RecordRejection(session, PublishRejection.Rate, TopicClass.Vendor, bytes);
        return await AcknowledgeVendor(session, packetId, PublishRejection.Rate.PubAck());
    }

    private ValueTask<DisconnectCause?> AcknowledgeVendor(Session session, ushort packetId, MqttPubAckReasonCode reason) =>
        packetId == 0 ? default : Acknowledge(session, packetId, reason);

    /// <summary>Keeps all that one message said; the last carries the acknowledgement.</summary>
    private async ValueTask<DisconnectCause?> AppendAllAsync(
        Session session,
        ImmutableArray<(DeviceIngestState Sender, Heartbeat Heartbeat)> words,
        ushort packetId
    )
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (
                await AppendHeartbeatAsync(
                    session,
                    words[i].Sender,
                    words[i].Heartbeat,
                    i == words.Length - 1 ? packetId : (ushort)0,
                    mayBeKnown: false
                ) is
                { } ending
            )
                return ending;
        }

        return null;
    }

    /// <summary>Lets time pass for a gateway that waits for it.</summary>
    public void Tick(Session session)
    {
        var now = time.GetUtcNow();
        if (session.Vendor?.Tick(now) is not { } answer)
            return;
        _ = AppendAllAsync(session, vendors.ToHeartbeats(session, answer, now, out var isOverRate), 0).AsTask();
        if (isOverRate)
            counters.Refused(PublishRejection.Rate, TopicClass.Vendor);
    }

    /// <summary>Puts a heartbeat into the log; its acknowledgement follows the commit.</summary>
    /// <param name="packetId">0 when no acknowledgement is asked for, or another heartbeat of the same packet carries it.</param>
    public ValueTask<DisconnectCause?> AppendHeartbeatAsync(
        Session session,
        DeviceIngestState sender,
        Heartbeat heartbeat,
        ushort packetId,
        bool mayBeKnown
    )
    {
        var isNew = sender.IsNew(heartbeat, out var mayBeOld);
        if (!isNew)
            counters.NotNewest((heartbeat.Epoch, heartbeat.Seq) == sender.Last ? HeartbeatOrder.Duplicate : HeartbeatOrder.Late);
        var isNews = isNew && (sender.LastReportedState is not { } said || !heartbeat.ReportsSameAs(said));
        // What says the same again lives for its commit and no longer.
        sender.LastReportedState = isNews ? heartbeat : sender.LastReportedState;
        sender.Session = session.Connection;
        return AppendAsync(
            session,
            new PendingPublish(session.ClientConnection, packetId, MqttPubAckReasonCode.Success, this)
            {
                Heartbeat = heartbeat,
                MayBeStored = mayBeKnown || mayBeOld,
                IsStateChange = isNews,
                ReceivedAt = counters.Received(),
            }
        );
    }

    private ValueTask<DisconnectCause?> AppendAsync(Session session, PendingPublish publication)
    {
        var room = session.ClientConnection.ReserveInFlightAsync();
        if (!room.IsCompletedSuccessfully)
            return EnterAndAppendAsync(room);
        var appended = log.AppendAsync(publication);
        return appended.IsCompletedSuccessfully ? default : AppendedAsync(appended);

        async ValueTask<DisconnectCause?> EnterAndAppendAsync(ValueTask room)
        {
            await room;
            return await AppendedAsync(log.AppendAsync(publication));
        }

        static async ValueTask<DisconnectCause?> AppendedAsync(ValueTask appended)
        {
            try
            {
                await appended;
                return null;
            }
            catch (OperationCanceledException)
            {
                return new DisconnectCause(MqttDisconnectReasonCode.ServerShuttingDown, "The registry goes down.", IsServerFault: true);
            }
        }
    }

    /// <summary>
    /// What became durable is acknowledged, then passed on; what did not ends the connection, so that the device sends it again.
    /// </summary>
    private void OnCommitted(PendingPublish publication, WriteResult settlement)
    {
        if (settlement == WriteResult.Failed && publication.Heartbeat is not null)
        {
            publication.Connection.Acknowledge(0, MqttPubAckReasonCode.Success);
            counters.Settled(publication.ReceivedAt, isAcknowledged: false);
            publication.Connection.End(
                MqttDisconnectReasonCode.UnspecifiedError,
                "A heartbeat could not be made durable.",
                isOurFault: true
            );
            return;
        }

        if (publication.Heartbeat is { } heartbeat)
        {
            // Before it counts as answered: a death that comes now is told after it.
            presence.Enqueue(heartbeat, publication.IsStateChange);
            counters.Settled(publication.ReceivedAt, isAcknowledged: true);
        }

        publication.Connection.Acknowledge(publication.PacketId, publication.Reason);
    }

    /// <summary>Tells the client why, as its version of MQTT allows. Nothing of the payload goes anywhere but its size.</summary>
    private ValueTask<DisconnectCause?> Reject(Session session, in PublishPacket publish, PublishRejection refusal, TopicClass topic)
    {
        if (!session.IsVersion5)
            return Disconnect(session, refusal, topic, publish.Payload.Length, null);
        RecordRejection(session, refusal, topic, publish.Payload.Length);
        return Acknowledge(session, publish.PacketId, refusal.PubAck());
    }

    private ValueTask<DisconnectCause?> Disconnect(
        Session session,
        PublishRejection refusal,
        TopicClass topic,
        int bytes,
        MqttDisconnectReasonCode? reason
    )
    {
        RecordRejection(session, refusal, topic, bytes);
        return new(new DisconnectCause(reason, $"A publish was refused: {Domain.Json.Word(refusal)}."));
    }

    private void RecordRejection(Session session, PublishRejection refusal, TopicClass topic, int bytes)
    {
        counters.Refused(refusal, topic);
        if (session.RateLimiter.ShouldLog(refusal, time.MonotonicNow(), out var count)) // Who floods must not fill the log.
            logger.LogInformation(
                "Refused {Count} publishes of {Client}, the last of {Bytes} bytes: {Reason}, on a topic of class {Topic}.",
                count,
                session.Id,
                bytes,
                refusal,
                topic
            );
    }

    /// <summary>Answers in turn: at once, or after what came before and is not durable yet.</summary>
    private ValueTask<DisconnectCause?> Acknowledge(Session session, ushort packetId, MqttPubAckReasonCode reason)
    {
        if (session.ClientConnection.HasInFlight)
            return AppendAsync(session, new PendingPublish(session.ClientConnection, packetId, reason, this));
        session.ClientConnection.AcknowledgeNow(packetId, reason);
        return default;
    }

    /// <summary>
    /// A connection ended. It was a death when the client said no farewell and left a will, and when nobody has taken its place; of a
    /// gateway it is one of every device that last spoke through it. What the registry could not do for a client, nobody died of.
    /// </summary>
    public void OnSessionEnded(Session session)
    {
        var wasCurrent = sessions.Remove(session);
        if (house.ApplicationStopping.IsCancellationRequested)
            return;
        var end = wasCurrent ? session.ClientConnection.SessionEnd : SessionEnd.TakenOver;
        var isDeath = wasCurrent && !session.ClientConnection.ReceivedNormalDisconnect && !session.ClientConnection.EndedByServerFault;
        if (session.Own is { } own)
            partings.Publish(session, own.Device.Number, isDeath ? session.DeathEpoch : null, end);
        else
        {
            if (isDeath && session.Vendor is { } vendor)
                vendors.PublishDeaths(session, vendor.Ended(time.GetUtcNow()), end);
            foreach (var sender in session.ActiveDevices)
                partings.Publish(session, sender.Device.Number, isDeath ? sender.Last.Epoch : null, end);
        }
    }

    private sealed class PendingPublish(ClientConnection line, ushort packetId, MqttPubAckReasonCode reason, PublishHandler inlet)
        : LogWrite
    {
        public ClientConnection Connection => line;
        public ushort PacketId => packetId;
        public MqttPubAckReasonCode Reason => reason;
        public bool IsStateChange { get; init; }
        public override bool MayBeDelayed => Heartbeat is not null && !IsStateChange;
        public long ReceivedAt { get; init; }

        public override void Complete(WriteResult settlement) => inlet.OnCommitted(this, settlement);

        public override void Flush() => line.Flush();
    }
}

using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Takes in what clients publish: judges a publish on its bytes, puts what it says into the heartbeat log, and acknowledges it when it is
/// durable, and not before. Nothing is routed to anybody else, and nothing of a payload but the contract's words gets past here.
/// </summary>
internal sealed class Inlet(
    IHeartbeatLog log, PresenceInlet presence, Partings partings, VendorInlet vendors, IEnrolment enrolment, Senders senders, Sessions sessions, Limits limits, Counters counters, IHostApplicationLifetime house,
    TimeProvider time, ILogger<Inlet> logger)
{
    /// <summary>Takes one PUBLISH. Keeps nothing of the bytes when it returns, even when the task goes on.</summary>
    /// <param name="packet">The whole packet.</param>
    /// <returns>Why the session has to end; null when it goes on.</returns>
    public ValueTask<Ending?> TakeAsync(Session session, ReadOnlySpan<byte> packet)
    {
        if (!PublishPacket.TryRead(packet, session.IsVersion5, out var publish))
            return End(session, Refusal.Malformed, TopicClass.Unread, packet.Length, MqttDisconnectReasonCode.MalformedPacket);
        if (publish.HasTopicAlias)
            return End(session, Refusal.Alias, TopicClass.Unread, publish.Payload.Length, MqttDisconnectReasonCode.TopicAliasInvalid);

        var sender = session.Own;
        if (Topic.TryDevice(publish.Topic, out var id, out var kind))
        {
            if (session.IsGateway && Domain.Identifier.IsValid(Letters(id, stackalloc char[Domain.Identifier.MaxLength])) && !session.TryBehind(id, out sender))
                return session.Pace.IsSpent(time.Steady(), limits) ? Refuse(session, publish, Refusal.Rate, TopicClass.Foreign) : MeetAsync(session, System.Text.Encoding.ASCII.GetString(id), packet.ToArray());
            if (sender is null || !Topic.Is(id, sender.Device.Id))
                kind = TopicClass.Foreign;
        }
        else if (session.Vendor is not null)
        {
            return TakeVendor(session, publish);
        }

        return TakeFrom(session, sender, kind, publish);
    }

    /// <summary>Takes what a client says for a device; for nobody, when the sender is null or the topic is foreign.</summary>
    private ValueTask<Ending?> TakeFrom(Session session, Sender? sender, TopicClass topic, in PublishPacket publish)
    {
        if (!(sender ?? session.Pace).MaySpeak(time.Steady(), limits))
            return Refuse(session, publish, Refusal.Rate, topic);
        if (publish.Qos != MqttQualityOfServiceLevel.AtLeastOnce)
            return End(session, Refusal.Qos, topic, publish.Payload.Length, MqttDisconnectReasonCode.QoSNotSupported);
        if (topic == TopicClass.Foreign)
            return Refuse(session, publish, Refusal.Topic, topic);
        if (publish.IsRetained)
            return Refuse(session, publish, Refusal.Retain, topic);
        if (topic == TopicClass.OwnDeath)
            return TakeDeath(session, sender!, publish);

        var firmware = sender!.Firmware;
        if (!HeartbeatReader.TryRead(publish.Payload, sender.Device, time.GetUtcNow(), session.Connection, ref firmware, out var heartbeat))
            return Refuse(session, publish, Refusal.Shape, topic);
        sender.Firmware = firmware;
        return KeepAsync(session, sender, heartbeat, publish.PacketId, publish.IsDuplicate);
    }

    private static ReadOnlySpan<char> Letters(ReadOnlySpan<byte> id, Span<char> letters) =>
        id.Length > letters.Length || System.Text.Ascii.ToUtf16(id, letters, out var written) != System.Buffers.OperationStatus.Done ? default : letters[..written];

    /// <summary>Asks who a gateway speaks for when it names somebody for the first time in its session.</summary>
    private async ValueTask<Ending?> MeetAsync(Session session, string id, byte[] packet)
    {
        Sender? sender = null;
        var asOf = senders.Changes;
        try
        {
            if (await enrolment.BehindAsync(session.Id, id, CancellationToken.None) is { Lifecycle: not Lifecycle.Removed } device)
                sender = await senders.OfAsync(device, asOf);
        }
#pragma warning disable CA1031 // The register does not answer: the gateway comes again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogWarning("A gateway's publish could not be taken because the register did not answer ({Reason}).", failure.Message);
            return new Ending(MqttDisconnectReasonCode.ServerBusy, "The register does not answer.", IsOurFault: true);
        }

        session.Met(id, sender);
        if (senders.Changes != asOf)
            session.Forget(id); // Something was registered meanwhile, perhaps this: it is asked again.
        return await TakeMet(session, sender, packet);
    }

    /// <summary>Takes the packet for whom it was asked who speaks. Nothing is looked up again: what is not remembered would be asked for ever.</summary>
    private ValueTask<Ending?> TakeMet(Session session, Sender? sender, byte[] packet) =>
        PublishPacket.TryRead(packet, session.IsVersion5, out var publish) && Topic.TryDevice(publish.Topic, out _, out var kind)
            ? TakeFrom(session, sender, sender is null ? TopicClass.Foreign : kind, publish) : throw new UnreachableException("It was read before.");

    private ValueTask<Ending?> TakeDeath(Session session, Sender sender, in PublishPacket publish)
    {
        if (!HeartbeatReader.TryReadDeath(publish.Payload, out var epoch))
            return Refuse(session, publish, Refusal.Shape, TopicClass.OwnDeath);
        return KeepDeathAsync(session, sender.Device.Number, epoch, publish.PacketId);
    }

    /// <summary>
    /// Tells of a death that a client speaks of, in its turn, and acknowledges it when what it changed is kept: an acknowledgement means durable.
    /// Nothing more is read of the client meanwhile, so that its acknowledgements stay in their order.
    /// </summary>
    private async ValueTask<Ending?> KeepDeathAsync(Session session, int number, long epoch, ushort packetId)
    {
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        partings.Tell(session, number, epoch, SessionEnd.DeathMessage, kept);
        await session.Line.EnterAsync(); // It waits for us: its silence does not count.
        try
        {
            await kept.Task.WaitAsync(house.ApplicationStopping); // When the registry goes down, no device has died.
        }
        catch (OperationCanceledException)
        {
            session.Line.Acknowledge(0, MqttPubAckReasonCode.Success);
            return new Ending(MqttDisconnectReasonCode.ServerShuttingDown, "The registry goes down.", IsOurFault: true);
        }

        session.Line.Acknowledge(packetId, MqttPubAckReasonCode.Success);
        session.Line.Flush();
        return null;
    }

    /// <summary>
    /// Takes what a gateway says in its vendor's words. Vendors publish at QoS 0 and say much that is none of the registry's business: what is
    /// not read is counted and dropped, and does not end the session.
    /// </summary>
    private ValueTask<Ending?> TakeVendor(Session session, in PublishPacket publish)
    {
        if (publish.Qos == MqttQualityOfServiceLevel.ExactlyOnce)
            return End(session, Refusal.Qos, TopicClass.Vendor, publish.Payload.Length, MqttDisconnectReasonCode.QoSNotSupported);
        var (words, refusal) = vendors.Take(session, publish);
        if (refusal is not { } refused)
            return words.IsEmpty ? AcknowledgeVendor(session, publish.PacketId, MqttPubAckReasonCode.Success) : KeepAllAsync(session, words, publish.PacketId);
        if (refused == Refusal.Rate)
            return KeepSomeAsync(session, words, publish.PacketId, publish.Payload.Length);
        counters.Refused(refused, TopicClass.Vendor);
        return AcknowledgeVendor(session, publish.PacketId, refused.PubAck());
    }

    /// <summary>
    /// Keeps what a device may still say of a message that says more. An acknowledgement would say that all of it is durable: whoever asked for one is told
    /// that it is not, and on MQTT 3.1.1, which has no other word for it, the connection ends.
    /// </summary>
    private async ValueTask<Ending?> KeepSomeAsync(Session session, ImmutableArray<(Sender Sender, Heartbeat Heartbeat)> words, ushort packetId, int bytes)
    {
        if (await KeepAllAsync(session, words, 0) is { } ending)
            return ending;
        if (packetId != 0 && !session.IsVersion5)
            return await End(session, Refusal.Rate, TopicClass.Vendor, bytes, null);
        Note(session, Refusal.Rate, TopicClass.Vendor, bytes);
        return await AcknowledgeVendor(session, packetId, Refusal.Rate.PubAck());
    }

    private ValueTask<Ending?> AcknowledgeVendor(Session session, ushort packetId, MqttPubAckReasonCode reason) =>
        packetId == 0 ? default : Acknowledge(session, packetId, reason);

    /// <summary>Keeps all that one message said; the last carries the acknowledgement.</summary>
    private async ValueTask<Ending?> KeepAllAsync(Session session, ImmutableArray<(Sender Sender, Heartbeat Heartbeat)> words, ushort packetId)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (await KeepAsync(session, words[i].Sender, words[i].Heartbeat, i == words.Length - 1 ? packetId : (ushort)0, mayBeKnown: false) is { } ending)
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
        _ = KeepAllAsync(session, vendors.Words(session, answer, now, out var isOverRate), 0).AsTask();
        if (isOverRate)
            counters.Refused(Refusal.Rate, TopicClass.Vendor);
    }

    /// <summary>Puts a heartbeat into the log; its acknowledgement follows the commit.</summary>
    /// <param name="packetId">0 when no acknowledgement is asked for, or another heartbeat of the same packet carries it.</param>
    public ValueTask<Ending?> KeepAsync(Session session, Sender sender, Heartbeat heartbeat, ushort packetId, bool mayBeKnown)
    {
        var isNew = sender.IsNew(heartbeat, out var mayBeOld);
        if (!isNew)
            counters.NotNewest((heartbeat.Epoch, heartbeat.Seq) == sender.Last ? Heard.Duplicate : Heard.Late);
        var isNews = isNew && (sender.Said is not { } said || !heartbeat.SaysWhat(said));
        sender.Said = isNews ? heartbeat : sender.Said; // What says the same again lives for its commit and no longer.
        sender.Session = session.Connection;
        return AppendAsync(session, new Publication(session.Line, packetId, MqttPubAckReasonCode.Success, this)
        {
            Heartbeat = heartbeat, MayBeKnown = mayBeKnown || mayBeOld, IsNews = isNews, ReceivedAt = counters.Received(),
        });
    }

    private ValueTask<Ending?> AppendAsync(Session session, Publication publication)
    {
        var room = session.Line.EnterAsync();
        if (!room.IsCompletedSuccessfully)
            return EnterAndAppendAsync(room);
        var appended = log.AppendAsync(publication);
        return appended.IsCompletedSuccessfully ? default : AppendedAsync(appended);

        async ValueTask<Ending?> EnterAndAppendAsync(ValueTask room)
        {
            await room;
            return await AppendedAsync(log.AppendAsync(publication));
        }

        static async ValueTask<Ending?> AppendedAsync(ValueTask appended)
        {
            try
            {
                await appended;
                return null;
            }
            catch (OperationCanceledException)
            {
                return new Ending(MqttDisconnectReasonCode.ServerShuttingDown, "The registry goes down.", IsOurFault: true);
            }
        }
    }

    /// <summary>What became durable is acknowledged, then passed on; what did not ends the connection, so that the device sends it again.</summary>
    private void Settled(Publication publication, Settlement settlement)
    {
        if (settlement == Settlement.Failed && publication.Heartbeat is not null)
        {
            publication.Line.Acknowledge(0, MqttPubAckReasonCode.Success);
            counters.Settled(publication.ReceivedAt, isAcknowledged: false);
            publication.Line.End(MqttDisconnectReasonCode.UnspecifiedError, "A heartbeat could not be made durable.", isOurFault: true);
            return;
        }

        if (publication.Heartbeat is { } heartbeat)
        {
            presence.Heard(heartbeat, publication.IsNews); // Before it counts as answered: a death that comes now is told after it.
            counters.Settled(publication.ReceivedAt, isAcknowledged: true);
        }

        publication.Line.Acknowledge(publication.PacketId, publication.Reason);
    }

    /// <summary>Tells the client why, as its version of MQTT allows. Nothing of the payload goes anywhere but its size.</summary>
    private ValueTask<Ending?> Refuse(Session session, in PublishPacket publish, Refusal refusal, TopicClass topic)
    {
        if (!session.IsVersion5)
            return End(session, refusal, topic, publish.Payload.Length, null);
        Note(session, refusal, topic, publish.Payload.Length);
        return Acknowledge(session, publish.PacketId, refusal.PubAck());
    }

    private ValueTask<Ending?> End(Session session, Refusal refusal, TopicClass topic, int bytes, MqttDisconnectReasonCode? reason)
    {
        Note(session, refusal, topic, bytes);
        return new(new Ending(reason, $"A publish was refused: {Domain.Json.Word(refusal)}."));
    }

    private void Note(Session session, Refusal refusal, TopicClass topic, int bytes)
    {
        counters.Refused(refusal, topic);
        if (session.Pace.IsWorthSaying(refusal, time.Steady(), out var count)) // Who floods must not fill the log.
            logger.LogInformation("Refused {Count} publishes of {Client}, the last of {Bytes} bytes: {Reason}, on a topic of class {Topic}.", count, session.Id, bytes, refusal, topic);
    }

    /// <summary>Answers in turn: at once, or after what came before and is not durable yet.</summary>
    private ValueTask<Ending?> Acknowledge(Session session, ushort packetId, MqttPubAckReasonCode reason)
    {
        if (session.Line.HasInFlight)
            return AppendAsync(session, new Publication(session.Line, packetId, reason, this));
        session.Line.Answer(packetId, reason);
        return default;
    }

    /// <summary>
    /// A connection ended. It was a death when the client said no farewell and left a will, and when nobody has taken its place; of a
    /// gateway it is one of every device that last spoke through it. What the registry could not do for a client, nobody died of.
    /// </summary>
    public void Ended(Session session)
    {
        var wasCurrent = sessions.Ended(session);
        if (house.ApplicationStopping.IsCancellationRequested)
            return;
        var end = wasCurrent ? session.Line.HowItEnded : SessionEnd.TakenOver;
        var isDeath = wasCurrent && !session.Line.SaidFarewell && !session.Line.EndedByOurFault;
        if (session.Own is { } own)
            partings.Tell(session, own.Device.Number, isDeath ? session.DeathEpoch : null, end);
        else
        {
            if (isDeath && session.Vendor is { } vendor)
                vendors.Deaths(session, vendor.Ended(time.GetUtcNow()), end);
            foreach (var sender in session.Speakers)
                partings.Tell(session, sender.Device.Number, isDeath ? sender.Last.Epoch : null, end);
        }
    }

    private sealed class Publication(Line line, ushort packetId, MqttPubAckReasonCode reason, Inlet inlet) : Delivery
    {
        public Line Line => line;
        public ushort PacketId => packetId;
        public MqttPubAckReasonCode Reason => reason;
        public bool IsNews { get; init; }
        public override bool MayRest => Heartbeat is not null && !IsNews;
        public long ReceivedAt { get; init; }
        public override void Settle(Settlement settlement) => inlet.Settled(this, settlement);
        public override void Flush() => line.Flush();
    }
}

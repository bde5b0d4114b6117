using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Publishing.Rejections;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>
/// Handles what gateways publish on their vendors' topics. The thread that reads the gateway's connection calls it; so does the check
/// timer.
/// </summary>
internal sealed class VendorPublishHandler(
    PresenceSequencer sequencer,
    KnockRecorder knocks,
    Limits limits,
    MqttMetrics metrics,
    TimeProvider time,
    ILogger<VendorPublishHandler> logger
)
{
    /// <summary>The packet id of a message at QoS 1 to a gateway. There is one at a time.</summary>
    private const ushort AnnouncementId = 1;

    /// <summary>Handles one PUBLISH of a gateway on a topic that is not the registry's own.</summary>
    /// <returns>
    /// The heartbeats that must be durable before the acknowledgement, and why the message is refused; null when it is not. A message is
    /// refused as a whole if one of its devices is over its rate limit: not all of it becomes durable. Sending it again does no harm. The
    /// heartbeats of a message that could not be read say what is not known any more.
    /// </returns>
    public (VendorReports Reports, PublishRejection? Rejection) Handle(Session session, in PublishPacket publish)
    {
        var now = time.GetUtcNow();
        var vendor = session.Vendor!;
        var answer = vendor.Handle(Encoding.UTF8.GetString(publish.Topic), publish.Payload, publish.IsRetained, now);
        var reports = ToHeartbeats(session, answer, now);
        if (answer.Refusal is not { } refusal)
            return (reports, reports.IsOverRate ? PublishRejection.Rate : null);
        metrics.Dropped(vendor.Adapter, 1, vendor.IsFixed);
        return (reports, RejectionOf(refusal));
    }

    /// <summary>Returns what follows from the loss of a message whose payload was not read.</summary>
    public VendorReports Lose(Session session, string topic)
    {
        var now = time.GetUtcNow();
        return ToHeartbeats(session, session.Vendor!.Lose(topic, now), now);
    }

    /// <summary>Refuses a message that is too long for every adapter, by its topic. Its payload is not read.</summary>
    public PublishRejection RefuseOversized(Session session, ReadOnlySpan<byte> topic)
    {
        var vendor = session.Vendor!;
        metrics.Dropped(vendor.Adapter, 1, vendor.IsFixed);
        return vendor.Classify(Encoding.UTF8.GetString(topic)) switch
        {
            TopicDecision.RefuseUnread => PublishRejection.Forbidden,
            TopicDecision.Ignore => PublishRejection.Topic,
            TopicDecision.Read => PublishRejection.Shape,
            var decision => throw new UnreachableException($"{decision} has no name."),
        };
    }

    private static PublishRejection RejectionOf(VendorRefusal refusal) =>
        refusal switch
        {
            VendorRefusal.Forbidden => PublishRejection.Forbidden,
            VendorRefusal.NotMapped => PublishRejection.Topic,
            VendorRefusal.Shape => PublishRejection.Shape,
            _ => throw new UnreachableException($"{refusal} has no name."),
        };

    /// <summary>
    /// Carries out an answer of the state machine: sends its commands, publishes its deaths, and returns its reports as heartbeats.
    /// </summary>
    public VendorReports ToHeartbeats(Session session, VendorAnswer answer, DateTimeOffset now)
    {
        var isOverRate = false;
        var recorded = Task.CompletedTask;
        var vendor = session.Vendor!;
        if (answer.Dropped > 0)
            metrics.Dropped(vendor.Adapter, answer.Dropped, vendor.IsFixed);
        foreach (var message in answer.Messages)
            Send(session, message);
        var heartbeats = ImmutableArray.CreateBuilder<VendorHeartbeat>(answer.Reports.Length);
        foreach (var report in answer.Reports)
        {
            if (vendor.FindDevice(report.Device.Id) is not { } device)
                continue;
            if (device.Device.Lifecycle is Lifecycle.Removed)
            {
                knocks.Record(device.Device);
                recorded = Task.WhenAll(recorded, DoubtReport(session, device, report));
                continue;
            }

            if (device.RateLimiter.TryAcquire(time.MonotonicNow(), limits))
            {
                heartbeats.Add(new VendorHeartbeat(device, ToHeartbeat(report, now, session.Number)));
                continue;
            }

            isOverRate = true;
            vendor.RepeatReport(report.Device.Id);
            recorded = Task.WhenAll(recorded, DoubtReport(session, device, report));
        }

        PublishDeaths(session, answer, SessionEnd.DeathMessage);
        return new VendorReports(heartbeats.ToImmutable(), isOverRate, recorded);
    }

    /// <summary>
    /// Records what a report that is not stored names, and puts what differs from it in doubt. The task completes when that is durable.
    /// </summary>
    private Task DoubtReport(Session session, DeviceIngestState device, UnitReport report)
    {
        if (!device.AddRejected(session.Number, report.Capture, default, out _))
            return Task.CompletedTask;
        var recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sequencer.ReportRejected(session, device, report.Capture, report.UnregisteredCaptures, recorded);
        return recorded.Task;
    }

    /// <summary>Publishes the deaths of an answer, in order.</summary>
    public void PublishDeaths(Session session, VendorAnswer answer, SessionEnd end)
    {
        foreach (var death in answer.Deaths)
        {
            if (session.Vendor!.FindDevice(death.DeviceId) is { } device)
                sequencer.ReportEnd(session, device.Device.Number, death.Epoch, end);
        }
    }

    /// <summary>Sends a gateway the registry's own state, if it asked for it and was not answered yet.</summary>
    public void Announce(Session session)
    {
        foreach (var message in session.Vendor?.Announcements ?? [])
        {
            if (session.FindVendorSubscription(message.Topic) is { } subscription && session.TryBeginAnnouncement(subscription.Qos))
                Send(session, message);
        }
    }

    /// <summary>Handles a PUBACK of a gateway.</summary>
    public void OnAcknowledged(Session session, ushort packetId)
    {
        if (packetId != AnnouncementId)
            return;
        session.EndAnnouncement();
        Announce(session);
    }

    /// <summary>
    /// Sends a message to a gateway that subscribed to it. No other client gets it (MQTT 5.0 section 3.3). If its connection is closed, the
    /// message is dropped.
    /// </summary>
    private void Send(Session session, VendorMessage message)
    {
        if (session.FindVendorSubscription(message.Topic) is not { } subscription)
            return;
        var qos = message.Qos < subscription.Qos ? message.Qos : subscription.Qos;
        try
        {
            _ = session.ClientConnection.SendPacketAsync(
                subscription.Address(
                    new MqttPublishPacket
                    {
                        Topic = message.Topic,
                        Payload = new(message.Payload.AsMemory()),
                        Retain = message.IsRetained,
                        QualityOfServiceLevel = qos,
                        PacketIdentifier = qos == MqttQualityOfServiceLevel.AtMostOnce ? (ushort)0 : AnnouncementId,
                    }
                ),
                CancellationToken.None
            );
        }
        catch (InvalidOperationException closed)
        {
            logger.LogDebug(closed, "A message to a gateway was dropped because its connection is closed.");
        }
    }

    private static Heartbeat ToHeartbeat(UnitReport report, DateTimeOffset receivedAt, long session) =>
        new(
            report.Device.Number,
            report.Device.Id,
            report.Epoch,
            report.Seq,
            receivedAt,
            report.DeviceAt,
            report.Capture,
            report.Health,
            report.Firmware,
            null,
            session
        )
        {
            ProvesLife = report.ProvesLife,
            UnregisteredCaptures = report.UnregisteredCaptures,
        };
}

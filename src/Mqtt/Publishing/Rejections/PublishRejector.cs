using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Publishing.Rejections;

/// <summary>
/// Rejects publishes. The captures that a rejected heartbeat names, and nothing else of it, go to the presence partition and are durable
/// before the answer: a notice never says less than the device does. The thread that reads a connection calls it for that connection.
/// </summary>
internal sealed class PublishRejector(
    HeartbeatAppender appender,
    PresenceSequencer sequencer,
    MqttMetrics metrics,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<PublishRejector> logger
)
{
    /// <summary>Rejects a publish: with a reason code in MQTT 5.0, by closing the connection in MQTT 3.1.1.</summary>
    /// <param name="device">The device whose own topic it is; null for any other topic.</param>
    /// <returns>Why the session ends; null when it goes on.</returns>
    public ValueTask<DisconnectCause?> Reject(
        Session session,
        DeviceIngestState? device,
        in PublishPacket publish,
        PublishRejection rejection,
        TopicClass topic
    )
    {
        Record(session, rejection, topic, publish.Payload.Length);
        var isOwn = topic is TopicClass.OwnHeartbeat or TopicClass.OwnDeath;
        return RejectAsync(session, isOwn ? device : null, ReportOf(publish, topic), publish.PacketId, rejection);
    }

    /// <summary>Rejects a publish whose QoS is not 1: by ending the session, in both versions.</summary>
    public ValueTask<DisconnectCause?> RejectQos(Session session, DeviceIngestState? device, in PublishPacket publish, TopicClass topic)
    {
        Record(session, PublishRejection.Qos, topic, publish.Payload.Length);
        var cause = CauseOf(PublishRejection.Qos, MqttDisconnectReasonCode.QoSNotSupported);
        return topic is TopicClass.OwnHeartbeat or TopicClass.OwnDeath && device is not null
            ? RecordReportAsync(session, device, ReportOf(publish, topic), cause)
            : new(cause);
    }

    /// <summary>Ends the session because of a publish that could not be read far enough to name a device.</summary>
    public ValueTask<DisconnectCause?> Disconnect(
        Session session,
        PublishRejection rejection,
        TopicClass topic,
        int bytes,
        MqttDisconnectReasonCode? reason
    )
    {
        Record(session, rejection, topic, bytes);
        return new(CauseOf(rejection, reason));
    }

    /// <summary>Records that the registry ended the session of a device because of what it sent: its last report is in doubt.</summary>
    public void RecordRefusedSession(Session session, DeviceIngestState device) =>
        sequencer.ReportRejected(session, device, default, default);

    /// <summary>Counts a rejection, and logs it now and then.</summary>
    public void Record(Session session, PublishRejection rejection, TopicClass topic, int bytes)
    {
        metrics.Refused(rejection, topic);
        if (session.RateLimiter.ShouldLog(rejection, time.MonotonicNow(), out var count)) // A client that floods must not fill the log.
            logger.LogInformation(
                "Rejected {Count} publishes of {LogName}, the last of {Bytes} bytes: {Reason}, on a topic of class {Topic}.",
                count,
                session.LogName,
                bytes,
                rejection,
                topic
            );
    }

    private static RejectedReport ReportOf(in PublishPacket publish, TopicClass topic) =>
        topic is TopicClass.OwnHeartbeat or TopicClass.OwnDeath
            ? new(HeartbeatReader.ReadRejected(publish.Payload), RejectedCaptures.NamedBy(publish.Payload))
            : default;

    private static DisconnectCause CauseOf(PublishRejection rejection, MqttDisconnectReasonCode? reason) =>
        new(reason, $"A publish was rejected: {Json.Word(rejection)}.");

    private async ValueTask<DisconnectCause?> RejectAsync(
        Session session,
        DeviceIngestState? device,
        RejectedReport reported,
        ushort packetId,
        PublishRejection rejection
    )
    {
        var cause = session.IsVersion5 ? null : CauseOf(rejection, null);
        if (device is not null && await RecordReportAsync(session, device, reported, cause) is { } end)
            return end;
        return cause ?? await appender.AcknowledgeInOrderAsync(session, packetId, rejection.PubAck());
    }

    /// <summary>
    /// Records what a rejected publish reported, and returns when it is durable. The connection is not read meanwhile, so that its
    /// acknowledgements stay in order.
    /// </summary>
    /// <param name="cause">Why the session ends because of the publish; null when it goes on.</param>
    private async ValueTask<DisconnectCause?> RecordReportAsync(
        Session session,
        DeviceIngestState device,
        RejectedReport reported,
        DisconnectCause? cause
    )
    {
        if (!device.AddRejected(session.Number, reported.Modes, reported.Named, out var unregistered))
            return cause;
        var recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sequencer.ReportRejected(session, device, reported.Modes, unregistered, recorded);
        return await HeartbeatAppender.WaitUntilRecordedAsync(session, recorded.Task, lifetime.ApplicationStopping)
            ? cause
            : PublishHandler.ShuttingDown;
    }

    /// <summary>What a rejected publish reported.</summary>
    /// <param name="Modes">The modes, of a payload in the shape of the contract; otherwise empty, which puts all modes in doubt.</param>
    /// <param name="Named">The captures that it names, in whatever shape.</param>
    private readonly record struct RejectedReport(CaptureReport Modes, CaptureSet Named);
}

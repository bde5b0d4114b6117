using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Takes in what devices publish. The broker sends its PUBACK when this returns, so it returns when the heartbeat is durable, and not
/// before. Nothing is routed to anybody else.
/// </summary>
internal sealed class HeartbeatInlet(
    IHeartbeatLog log, PresenceInlet presence, Pace pace, Counters counters, IHostApplicationLifetime house, TimeProvider time, ILogger<HeartbeatInlet> logger)
{
    public async Task TakeAsync(InterceptingPublishEventArgs publish, MqttServer server)
    {
        publish.ProcessPublish = false;
        publish.Response.ReasonCode = MqttPubAckReasonCode.Success;
        var message = publish.ApplicationMessage;
        var device = Admission.DeviceOf(publish.SessionItems);
        var topic = Topic.ClassOf(message.Topic, device.Id);
        if ((pace.Allows(device.Id) ? RefusalOf(message, topic) : Refusal.Rate) is { } refusal)
        {
            await RefuseAsync(publish, server, refusal, topic);
        }
        else if (topic == TopicClass.OwnDeath)
        {
            if (!HeartbeatReader.TryReadDeath(message.Payload, out var epoch))
                await RefuseAsync(publish, server, Refusal.Shape, topic);
            else if (!house.ApplicationStopping.IsCancellationRequested) // When the registry goes down, no device has died.
                presence.Died(device.Id, epoch);
        }
        else if (HeartbeatReader.TryRead(message.Payload, device, time.GetUtcNow(), out var heartbeat))
        {
            await KeepAsync(publish, heartbeat);
        }
        else
        {
            await RefuseAsync(publish, server, Refusal.Shape, topic);
        }
    }

    private async Task KeepAsync(InterceptingPublishEventArgs publish, Heartbeat heartbeat)
    {
        try
        {
            // To the end, even when the device has hung up meanwhile: what became durable must also be known.
            await log.AppendAsync(heartbeat, CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever the reason, it is not durable: no PUBACK. The device keeps the heartbeat and sends it again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            publish.CloseConnection = true;
            if (failure is not OperationCanceledException) // Cancelled: the log itself is closing.
                logger.LogWarning(failure, "A heartbeat of device {Device} could not be made durable; it is not acknowledged and its connection is closed.", heartbeat.DeviceId);
            return;
        }

        counters.Acknowledged();
        presence.Heard(heartbeat);
    }

    private static Refusal? RefusalOf(MqttApplicationMessage message, TopicClass topic) =>
        message.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtLeastOnce ? Refusal.Qos
        : topic == TopicClass.Foreign ? Refusal.Topic
        : message.Retain ? Refusal.Retain
        : message.Payload.Length > HeartbeatReader.MaxBytes ? Refusal.Shape
        : null;

    /// <summary>Tells the device why, as its version of MQTT allows. Nothing of the payload goes anywhere but its size.</summary>
    private async Task RefuseAsync(InterceptingPublishEventArgs publish, MqttServer server, Refusal refusal, TopicClass topic)
    {
        counters.Refused(refusal, topic);
        var level = refusal == Refusal.Rate ? LogLevel.Debug : LogLevel.Information; // Who sends too much must not fill the log either; the counter tells.
        logger.Log(level, "Refused a publish of device {Device}: {Bytes} bytes, {Reason}, on a topic of class {Topic}.", publish.ClientId, publish.ApplicationMessage.Payload.Length, refusal, topic);
        if (!Admission.IsVersion5(publish.SessionItems))
            publish.CloseConnection = true;
        else if (refusal == Refusal.Qos)
            await server.DisconnectClientAsync(publish.ClientId, new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.QoSNotSupported });
        else
            publish.Response.ReasonCode = refusal.PubAck();
    }
}

using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// Appends heartbeats to the log and acknowledges them after their commit, never before. The thread that reads the connection appends; the
/// log's thread calls <see cref="OnCommitted"/>.
/// </summary>
internal sealed class HeartbeatAppender(IHeartbeatLog log, PresenceForwarder presence, MqttMetrics metrics)
{
    /// <summary>Appends a heartbeat. Its acknowledgement follows the commit.</summary>
    /// <param name="packetId">0 when no acknowledgement is needed, or another heartbeat of the same packet carries it.</param>
    /// <param name="mayBeStored">Whether the log may already contain the heartbeat, because the client says that it sent it before.</param>
    /// <returns>Why the session ends; null when it goes on.</returns>
    public ValueTask<DisconnectCause?> AppendAsync(
        Session session,
        DeviceIngestState device,
        Heartbeat heartbeat,
        ushort packetId,
        bool mayBeStored
    )
    {
        var isNew = device.IsNew(heartbeat, out var mayBeStoredByOrder);
        if (!isNew)
            metrics.NotNewest((heartbeat.Epoch, heartbeat.Seq) == device.LastSequence ? HeartbeatOrder.Duplicate : HeartbeatOrder.Late);
        var isStateChange = isNew && (device.LastReportedState is not { } last || !heartbeat.ReportsSameAs(last));
        if (isStateChange)
            device.LastReportedState = heartbeat; // A heartbeat that repeats the state is not referenced after its commit.
        device.LastSession = session.Number;
        return AppendAsync(
            new PendingPublish(session.ClientConnection, packetId, MqttPubAckReasonCode.Success, this)
            {
                Heartbeat = heartbeat,
                MayBeStored = mayBeStored || mayBeStoredByOrder,
                IsStateChange = isStateChange,
                ReceivedAt = metrics.Received(),
            }
        );
    }

    /// <summary>Acknowledges a publish without a heartbeat, after the publishes before it.</summary>
    /// <returns>Why the session ends; null when it goes on.</returns>
    public ValueTask<DisconnectCause?> AcknowledgeInOrderAsync(Session session, ushort packetId, MqttPubAckReasonCode reason)
    {
        if (session.ClientConnection.Writer.HasInFlight)
            return AppendAsync(new PendingPublish(session.ClientConnection, packetId, reason, this));
        session.ClientConnection.Writer.AcknowledgeNow(packetId, reason);
        return default;
    }

    /// <summary>
    /// Waits until what followed from a publish is recorded. The connection is not read meanwhile, and its keep-alive is suspended: the
    /// client waits for the broker.
    /// </summary>
    /// <param name="stopping">Cancelled when the registry shuts down.</param>
    /// <returns>False when the registry shuts down first.</returns>
    public static async ValueTask<bool> WaitUntilRecordedAsync(Session session, Task recorded, CancellationToken stopping)
    {
        var writer = session.ClientConnection.Writer;
        await writer.ReserveInFlightAsync();
        try
        {
            await recorded.WaitAsync(stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            writer.ReleaseInFlight(); // The answer follows.
        }
    }

    /// <summary>
    /// Acknowledges a durable heartbeat and forwards it to its presence partition. Ends the session if the heartbeat is not durable, so
    /// that the device sends it again.
    /// </summary>
    public void OnCommitted(PendingPublish publish, WriteResult result)
    {
        if (result == WriteResult.Failed && publish.Heartbeat is not null)
        {
            publish.Connection.Writer.ReleaseInFlight();
            metrics.Settled(publish.ReceivedAt, isAcknowledged: false);
            publish.Connection.End(
                MqttDisconnectReasonCode.UnspecifiedError,
                "A heartbeat could not be made durable.",
                isServerFault: true
            );
            return;
        }

        if (publish.Heartbeat is { } heartbeat)
        {
            // Before the publish leaves the in-flight window: a death that comes now must reach the partition after this heartbeat.
            presence.Enqueue(heartbeat, publish.IsStateChange);
            metrics.Settled(publish.ReceivedAt, isAcknowledged: true);
        }

        publish.Connection.Writer.Acknowledge(publish.PacketId, publish.Reason);
    }

    private ValueTask<DisconnectCause?> AppendAsync(PendingPublish publish)
    {
        var reserved = publish.Connection.Writer.ReserveInFlightAsync();
        if (!reserved.IsCompletedSuccessfully)
            return ReserveAndAppendAsync(reserved, publish);
        var appended = log.AppendAsync(publish);
        return appended.IsCompletedSuccessfully ? default : WaitUntilAppendedAsync(appended);
    }

    private async ValueTask<DisconnectCause?> ReserveAndAppendAsync(ValueTask reserved, PendingPublish publish)
    {
        await reserved;
        return await WaitUntilAppendedAsync(log.AppendAsync(publish));
    }

    private static async ValueTask<DisconnectCause?> WaitUntilAppendedAsync(ValueTask appended)
    {
        try
        {
            await appended;
            return null;
        }
        catch (OperationCanceledException)
        {
            return PublishHandler.ShuttingDown;
        }
    }
}

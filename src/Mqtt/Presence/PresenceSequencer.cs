using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>
/// Reports session ends and rejected publishes to the presence partitions, after all earlier heartbeats of the same connection. Otherwise
/// a heartbeat that still waits for its commit would mark the device online again after its death.
/// </summary>
internal sealed class PresenceSequencer(IHeartbeatLog log, PresenceForwarder presence)
{
    /// <summary>Reports the end of a device's session. Returns at once.</summary>
    /// <param name="epoch">The epoch in which the device died; null when it did not die.</param>
    /// <param name="recorded">
    /// Completed when the partition has stored what changed of the device; cancelled when the registry shuts down before that. Null when
    /// the caller does not wait.
    /// </param>
    public void ReportEnd(Session session, int number, long? epoch, SessionEnd end, TaskCompletionSource? recorded = null) =>
        Report(session, new SessionEndMessage(number, epoch, session.Number, end, recorded));

    /// <summary>Reports what a rejected publish said of captures. Returns at once.</summary>
    /// <param name="reported">What it said; empty when it could not be read.</param>
    /// <param name="recorded">As for a session end.</param>
    public void ReportRejected(
        Session session,
        DeviceIngestState device,
        CaptureReport reported,
        CaptureSet unregistered,
        TaskCompletionSource? recorded = null
    ) => Report(session, new RejectedMessage(device.Device.Number, reported, unregistered, device.LastSequence, session.Number, recorded));

    private void Report(Session session, PartitionMessage message)
    {
        if (session.ClientConnection.Writer.HasInFlight)
            _ = AppendInOrderAsync(new MessageWrite(presence, message));
        else
            presence.Enqueue(message);
    }

    private async Task AppendInOrderAsync(MessageWrite write)
    {
        try
        {
            await log.AppendAsync(write);
        }
        catch (OperationCanceledException)
        {
            write.Complete(WriteResult.Failed); // The registry is shutting down; no device died.
        }
    }

    private sealed class MessageWrite(PresenceForwarder presence, PartitionMessage message) : LogWrite
    {
        public override void Complete(WriteResult settlement)
        {
            if (settlement == WriteResult.Failed)
                message.Recorded?.TrySetCanceled();
            else
                presence.Enqueue(message);
        }
    }
}

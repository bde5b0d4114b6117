using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>
/// Publishes session ends in order, after all earlier heartbeats of the same connection. Otherwise a heartbeat that still waits for its
/// commit would mark the device online again after its death.
/// </summary>
internal sealed class SessionEndSequencer(IHeartbeatLog log, PresenceForwarder presence)
{
    /// <summary>Publishes the end of a device's session. Returns at once.</summary>
    /// <param name="epoch">The epoch in which the device died; null when it did not die.</param>
    /// <param name="recorded">
    /// Completed when the partition has stored what changed of the device; cancelled when the registry shuts down before that. Null when
    /// the caller does not wait.
    /// </param>
    public void Publish(Session session, int number, long? epoch, SessionEnd end, TaskCompletionSource? recorded = null)
    {
        if (session.ClientConnection.Writer.HasInFlight)
            _ = AppendInOrderAsync(new SessionEndWrite(presence, number, epoch, session.Number, end, recorded));
        else
            presence.EnqueueSessionEnd(number, epoch, session.Number, end, recorded);
    }

    private async Task AppendInOrderAsync(SessionEndWrite write)
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

    private sealed class SessionEndWrite(
        PresenceForwarder presence,
        int number,
        long? epoch,
        long session,
        SessionEnd end,
        TaskCompletionSource? recorded
    ) : LogWrite
    {
        public override void Complete(WriteResult settlement)
        {
            if (settlement == WriteResult.Failed)
                recorded?.TrySetCanceled();
            else
                presence.EnqueueSessionEnd(number, epoch, session, end, recorded);
        }
    }
}

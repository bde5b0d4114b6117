using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>
/// Tells of deaths, and of other ends, in their place: after every word that came before them on their connection. A word that still waits
/// for its commit when
/// its session breaks would else revive who has died since.
/// </summary>
internal sealed class SessionEndSequencer(IHeartbeatLog log, PresenceForwarder presence)
{
    /// <summary>A session of a device ended, and the device died in this epoch; null when nobody died of it. Returns at once.</summary>
    /// <param name="kept">Completed when the partition has taken it and what changed of the device is kept; cancelled when the registry
    /// goes down before.</param>
    public void Publish(Session session, int number, long? epoch, SessionEnd end, TaskCompletionSource? kept = null)
    {
        if (session.ClientConnection.HasInFlight)
            _ = AppendInOrderAsync(new SessionEndWrite(presence, number, epoch, session.Connection, end, kept));
        else
            presence.EnqueueSessionEnd(number, epoch, session.Connection, end, kept);
    }

    private async Task AppendInOrderAsync(SessionEndWrite parting)
    {
        try
        {
            await log.AppendAsync(parting);
        }
        catch (OperationCanceledException)
        {
            parting.Complete(WriteResult.Failed); // The registry goes down: no device has died.
        }
    }

    private sealed class SessionEndWrite(
        PresenceForwarder presence,
        int number,
        long? epoch,
        long session,
        SessionEnd end,
        TaskCompletionSource? kept
    ) : LogWrite
    {
        public override void Complete(WriteResult settlement)
        {
            if (settlement == WriteResult.Failed)
                kept?.TrySetCanceled();
            else
                presence.EnqueueSessionEnd(number, epoch, session, end, kept);
        }
    }
}

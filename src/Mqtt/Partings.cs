using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Tells of deaths, and of other ends, in their place: after every word that came before them on their connection. A word that still waits for its commit when
/// its session breaks would else revive who has died since.
/// </summary>
internal sealed class Partings(IHeartbeatLog log, PresenceInlet presence)
{
    /// <summary>A session of a device ended, and the device died in this epoch; null when nobody died of it. Returns at once.</summary>
    /// <param name="kept">Completed when the partition has taken it and what changed of the device is kept; cancelled when the registry goes down before.</param>
    public void Tell(Session session, int number, long? epoch, SessionEnd end, TaskCompletionSource? kept = null)
    {
        if (session.Line.HasInFlight)
            _ = InTurnAsync(new Parting(presence, number, epoch, session.Connection, end, kept));
        else
            presence.Parted(number, epoch, session.Connection, end, kept);
    }

    private async Task InTurnAsync(Parting parting)
    {
        try
        {
            await log.AppendAsync(parting);
        }
        catch (OperationCanceledException)
        {
            parting.Settle(Settlement.Failed); // The registry goes down: no device has died.
        }
    }

    private sealed class Parting(PresenceInlet presence, int number, long? epoch, long session, SessionEnd end, TaskCompletionSource? kept) : Delivery
    {
        public override void Settle(Settlement settlement)
        {
            if (settlement == Settlement.Failed)
                kept?.TrySetCanceled();
            else
                presence.Parted(number, epoch, session, end, kept);
        }
    }
}

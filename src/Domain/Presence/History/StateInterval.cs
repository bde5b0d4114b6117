using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>A time in which nothing changed of what is known of a device.</summary>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; null while it lasts.</param>
/// <param name="Capture">The device's last report. It applies to the interval only while the device was heard.</param>
public sealed record StateInterval(
    DateTimeOffset From,
    DateTimeOffset? To,
    PresenceState Presence,
    CaptureReport Capture,
    Health Health,
    Evidence Evidence
)
{
    /// <summary>
    /// How the session of the device's newest heartbeat had ended; null while the device was heard, and when the session was not known to
    /// have ended.
    /// </summary>
    public SessionEnd? SessionEnd { get; init; }

    /// <summary>Whether the device was heard.</summary>
    public bool IsHeard => DeviceObservation.IsHeardState(Presence);

    /// <summary>Whether the state is the same as in the interval before, so that both are one.</summary>
    internal bool Continues(StateInterval before) =>
        Presence == before.Presence
        && Capture == before.Capture
        && Health == before.Health
        && Evidence == before.Evidence
        && SessionEnd == before.SessionEnd;
}

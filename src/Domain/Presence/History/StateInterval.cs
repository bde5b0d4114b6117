using System.Collections.Immutable;
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

    /// <summary>Captures without a registered sensor that the device, or its vendor, had named by the end of the interval.</summary>
    public CaptureSet UnregisteredCaptures { get; init; }

    /// <summary>Whether the device was heard.</summary>
    public bool IsHeard => DeviceObservation.IsHeardState(Presence);

    /// <summary>
    /// The captures that the device may have made in the interval: those that were registered at some time of it, and those that it named
    /// beyond the register.
    /// </summary>
    /// <param name="registered">What the register said of the device over a time with the interval, oldest first.</param>
    /// <param name="device">What the register says of it now. It stands for entries that do not say what was registered.</param>
    public ImmutableArray<Capture> PossibleCaptures(ImmutableArray<RegisteredDevice> registered, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return
        [
            .. RegisteredDevice
                .From(registered.Where(entry => To is not { } to || entry.Since < to), From)
                .SelectMany(entry => (entry.Device ?? device).Sensors)
                .Concat(UnregisteredCaptures.Captures)
                .Distinct()
                .Order(),
        ];
    }

    /// <summary>Whether the state is the same as in the interval before, so that both are one.</summary>
    internal bool Continues(StateInterval before) =>
        Presence == before.Presence
        && Capture == before.Capture
        && Health == before.Health
        && Evidence == before.Evidence
        && SessionEnd == before.SessionEnd;
}

using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>A device that covers a place, and the last that is known of it.</summary>
/// <param name="Last">Null when it was never heard, or when the registry cannot see it.</param>
public sealed record CoveringDevice(Device Device, DeviceObservation? Last)
{
    /// <summary>
    /// What the device does or may be doing: every sensor it has and every capture it ever named, in the mode that it reports while it is
    /// heard,
    /// else at <see cref="Mode.Recorded"/>. Nothing for a unit that is not there.
    /// </summary>
    public CaptureReport MayCapture =>
        !IsInScope
            ? default
            : AllSensors.Aggregate(
                default(CaptureReport),
                (report, sensor) => report.With(sensor, Reports(sensor) ? Last!.Capture[sensor]!.Value : Mode.Recorded)
            );

    /// <summary>Whether the unit itself says what it does with a sensor, and is heard.</summary>
    public bool Reports(Capture capture) => Last is { IsHeard: true } && Last.Capture[capture] is not null;

    /// <summary>Every sensor that the register or the unit itself has named.</summary>
    public IEnumerable<Capture> AllSensors =>
        Last is null ? Device.Sensors : Device.Sensors.Union(Last.Capture.Captures).Union((Last.UnregisteredCaptures ?? default).Captures);

    /// <summary>
    /// Whether the device counts, in the worst case too: it stands there, or something was heard of it. Who was taken away counts while it
    /// is heard,
    /// and while only the registry's own sight, or its coming and going, is why it is not.
    /// </summary>
    public bool IsInScope =>
        Device.Lifecycle != Lifecycle.Removed
            ? Device.IsInstalled || Last is not null
            : Last is { IsHeard: true } or { LastHeardAt: not null, Evidence: Evidence.Registry or Evidence.Flapping };

    /// <summary>
    /// The same while the registry itself cannot see. Who was taken away and was not heard before does not come back by that.
    /// </summary>
    public CoveringDevice Unseen() => IsInScope ? this with { Last = Last?.AsUnobserved() } : this;
}

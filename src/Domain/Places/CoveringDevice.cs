using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>A device that covers a place, and its last observation.</summary>
/// <param name="Last">Null when nothing was ever received from it.</param>
public sealed record CoveringDevice(Device Device, DeviceObservation? Last)
{
    /// <summary>
    /// The captures that the device makes or may be making: every sensor and every capture it ever named. The mode is the reported one
    /// while the device is heard, else <see cref="Mode.Recorded"/>. Empty for a device that is not in scope.
    /// </summary>
    public CaptureReport PossibleCaptures =>
        !IsInScope
            ? default
            : AllSensors.Aggregate(
                default(CaptureReport),
                (report, sensor) => report.With(sensor, Reports(sensor) ? Last!.Capture[sensor]!.Value : Mode.Recorded)
            );

    /// <summary>Whether the device is heard and reports the mode of a sensor.</summary>
    public bool Reports(Capture capture) => Last is { IsHeard: true } && Last.Capture[capture] is not null;

    /// <summary>Every sensor that the register or the device itself has named.</summary>
    public IEnumerable<Capture> AllSensors =>
        Last is null ? Device.Sensors : Device.Sensors.Union(Last.Capture.Captures).Union((Last.UnregisteredCaptures ?? default).Captures);

    /// <summary>
    /// Whether the notice covers the device, in the worst case too: it is installed, or something was received from it. A removed device is
    /// covered while it is heard, and while it is not heard only because the registry cannot observe or because the device flaps.
    /// </summary>
    public bool IsInScope =>
        Device.Lifecycle != Lifecycle.Removed
            ? Device.IsInstalled || Last is not null
            : Last is { IsHeard: true } or { LastHeardAt: not null, Evidence: Evidence.Registry or Evidence.Flapping };

    /// <summary>
    /// The same device while the registry itself cannot observe. A removed device that was not in scope before does not come into scope.
    /// </summary>
    public CoveringDevice AsUnobserved() => IsInScope ? this with { Last = Last?.AsUnobserved() } : this;
}

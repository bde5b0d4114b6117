using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>A device that covers a place, and the last that is known of it.</summary>
/// <param name="Last">Null when it was never heard, or when the registry cannot see it.</param>
public sealed record CoveringDevice(Device Device, DeviceObservation? Last)
{
    /// <summary>
    /// What the device does or, when it is not heard, may be doing: then every sensor it has, and every capture it ever
    /// named, at <see cref="Mode.Recorded"/>. So does a sensor of which a unit that is heard says nothing. Nothing for a unit that is not
    /// installed and is not heard.
    /// </summary>
    public CaptureReport MayCapture =>
        Last is { IsHeard: true } ? Device.Sensors.Where(sensor => Last.Capture[sensor] is null).Aggregate(Last.Capture, (report, sensor) => report.With(sensor, Mode.Recorded))
        : Device.IsInstalled || Last is not null ? CaptureReport.Every(AllSensors, Mode.Recorded)
        : default;

    /// <summary>Whether the unit itself says what it does with a sensor, and is heard.</summary>
    public bool Reports(Capture capture) => Last is { IsHeard: true } && Last.Capture[capture] is not null;

    /// <summary>Every sensor that the register or the unit itself has named.</summary>
    public IEnumerable<Capture> AllSensors => Last is null ? Device.Sensors : Device.Sensors.Union(Last.Capture.Captures);

    /// <summary>Whether the device counts in the worst case: it stands there, or something was heard of it.</summary>
    public bool IsThere => Device.IsInstalled || Last is not null;
}

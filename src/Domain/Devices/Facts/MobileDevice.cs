using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>A device of a fleet. It has no member for a position.</summary>
public sealed record MobileDevice : Device
{
    [JsonConstructor]
    public MobileDevice(
        string id,
        string kind,
        ImmutableArray<Capture> sensors,
        string? place,
        string? fleet,
        string department,
        Lifecycle lifecycle
    )
        : base(id, kind, sensors, place, fleet, department, lifecycle) { }

    /// <summary>The values that every device has.</summary>
    public MobileDevice(Device device)
        : base(device) { }
}

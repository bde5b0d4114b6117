using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>
/// A device that covers a place, and where it hangs. Only this type has a position: a <see cref="MobileDevice"/> has no member for one.
/// </summary>
public sealed record FixedDevice : Device
{
    [JsonConstructor]
    public FixedDevice(
        string id,
        string kind,
        ImmutableArray<Capture> sensors,
        string? place,
        string? fleet,
        string department,
        Lifecycle lifecycle
    )
        : base(id, kind, sensors, place, fleet, department, lifecycle) { }

    /// <summary>The values of a device, without a position if it has none.</summary>
    public FixedDevice(Device device)
        : base(device) { }

    /// <summary>Where it hangs (WGS 84); null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Position? Position { get; init; }

    /// <summary>Where it looks, in degrees clockwise from north; null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<double>? Directions { get; init; }

    /// <summary>The area that it covers (WGS 84); null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Area? Coverage { get; init; }

    /// <summary>How high it hangs above the ground, in metres; null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MountingHeight { get; init; }
}

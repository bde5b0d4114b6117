using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>
/// One registered unit: a camera, a plate reader, a body-worn unit. It knows what governs it, now and on any day, and what is known
/// of it. Key: the device's id.
/// </summary>
[Alias("device")]
public interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>Takes in a change of what is known of the unit: remembers it, then tells the place that the unit covers.</summary>
    [Alias("observed")]
    Task Observed(DeviceObservation observation);

    /// <summary>The unit, what is known of it and what governs it today; null when no such unit is registered.</summary>
    [Alias("describe")]
    Task<DeviceDescription?> Describe();

    /// <summary>The rows of the governance table that govern the unit on a day; empty for a unit that is not registered.</summary>
    [Alias("governed-by")]
    Task<ImmutableArray<GovernanceRow>> GovernedBy(DateOnly day);
}

/// <summary>A unit, the last that is known of it, and the rows that govern it on <paramref name="Day"/>.</summary>
public sealed record DeviceDescription(Device Device, DeviceObservation? Last, DateOnly Day, ImmutableArray<GovernanceRow> GovernedBy);

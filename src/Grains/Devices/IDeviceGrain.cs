using System.Collections.Immutable;
using Orleans.Concurrency;
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
    /// <param name="owner">Who keeps the unit's partition, as <see cref="IObservationRegister.TakeAsync"/> numbered it.</param>
    /// <returns>False when the partition belongs to another owner by now: nothing was taken in.</returns>
    [Alias("observed")]
    Task<bool> Observed(DeviceObservation observation, long owner);

    /// <summary>What is known of the unit at this moment; null when it was never heard. Answers while a change is being taken in.</summary>
    [Alias("last")]
    [AlwaysInterleave]
    Task<DeviceObservation?> Last();

    /// <summary>What the register says of the unit changed.</summary>
    [Alias("registered")]
    Task Registered();

    /// <summary>The unit, what is known of it and what governs it today; null when no such unit is registered. Answers while a change is being told to its place.</summary>
    [Alias("describe")]
    [AlwaysInterleave]
    Task<DeviceDescription?> Describe();

    /// <summary>The rows of the governance table that govern the unit on a day; empty for a unit that is not registered.</summary>
    [Alias("governed-by")]
    Task<ImmutableArray<GovernanceRow>> GovernedBy(DateOnly day);
}

/// <summary>A unit, the last that is known of it, and the rows that govern it on <paramref name="Day"/>.</summary>
public sealed record DeviceDescription(Device Device, DeviceObservation? Last, DateOnly Day, ImmutableArray<GovernanceRow> GovernedBy)
{
    /// <summary>What its rules let it do, as it is told; null before that was worked out.</summary>
    public Expected? Expected { get; init; }
}

using System.Collections.Immutable;
using Orleans.Concurrency;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>
/// One registered unit: a camera, a plate reader, a body-worn unit. It knows what governs it, now and on any day, and what is known
/// of it. Key: the device's id.
/// </summary>
[Alias("device")]
public interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>Takes in a change of what is known of the unit: remembers it, and begins to tell the place that the unit covers.</summary>
    /// <param name="owner">Who keeps the unit's partition, as <see cref="IObservationRegister.TakeAsync"/> numbered it.</param>
    [Alias("observed")]
    Task<ChangeResult> RecordChange(DeviceObservation observation, long owner);

    /// <summary>
    /// Returns when the place that the unit covers was told the last that is known of it. What the place did not take in is told again.
    /// </summary>
    [Alias("settled")]
    [AlwaysInterleave]
    Task WaitForPlace();

    /// <summary>What is known of the unit at this moment; null when it was never heard. Answers while a change is being taken in.</summary>
    [Alias("last")]
    [AlwaysInterleave]
    Task<DeviceObservation?> LastObservation();

    /// <summary>What the register says of the unit changed.</summary>
    [Alias("registered")]
    Task ReloadDevice();

    /// <summary>
    /// The unit, what is known of it and what governs it today; null when no such unit is registered. Answers while a change is being told
    /// to its place.
    /// </summary>
    [Alias("describe")]
    [AlwaysInterleave]
    Task<DeviceDescription?> Describe();

    /// <summary>The rows of the governance table that govern the unit on a day; empty for a unit that is not registered.</summary>
    [Alias("governed-by")]
    Task<ImmutableArray<GovernanceRow>> GovernedBy(DateOnly day);
}

/// <summary>
/// What became of a change. <c>NotOurs</c>: the partition belongs to another owner by now, and nothing was taken in. <c>Told</c>: it is
/// remembered, and nobody else has to hear of it. <c>PlaceWaits</c>: it is remembered, and its place is being told.
/// </summary>
public enum ChangeResult
{
    OwnershipLost,
    Recorded,
    RecordedPlacePending,
}

/// <summary>A unit, the last that is known of it, and the rows that govern it on <paramref name="Day"/>.</summary>
public sealed record DeviceDescription(Device Device, DeviceObservation? Last, DateOnly Day, ImmutableArray<GovernanceRow> GovernedBy)
{
    /// <summary>What its rules let it do, as it is told; null before that was worked out.</summary>
    public ExpectedState? Expected { get; init; }
}

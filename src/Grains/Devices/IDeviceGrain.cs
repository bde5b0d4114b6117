using System.Collections.Immutable;
using Orleans.Concurrency;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>
/// One registered device: a camera, a plate reader, a body-worn camera. It answers what is known of the device and which rules govern it on
/// a day. Key: the device's id.
/// </summary>
[Alias("device")]
public interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>Records a state change of the device and begins to notify the place that it covers.</summary>
    /// <param name="owner">The owner of the device's partition, as <see cref="IObservationRegister.TakeOverAsync"/> numbered it.</param>
    [Alias("observed")]
    Task<ChangeResult> RecordChange(DeviceObservation observation, long owner);

    /// <summary>
    /// Returns when the place that the device covers has received its last known state. Notifies the place again if an earlier attempt
    /// failed.
    /// </summary>
    [Alias("settled")]
    [AlwaysInterleave]
    Task WaitForPlace();

    /// <summary>What is known of the device at this moment; null if it was never heard. Answers while a change is being recorded.</summary>
    [Alias("last")]
    [AlwaysInterleave]
    Task<DeviceObservation?> LastObservation();

    /// <summary>Reads the device from the register again: its entry changed.</summary>
    [Alias("registered")]
    Task ReloadDevice();

    /// <summary>
    /// The device, what is known of it and what governs it today; null if no such device is registered. Answers while its place is being
    /// notified.
    /// </summary>
    [Alias("describe")]
    [AlwaysInterleave]
    Task<DeviceDescription?> Describe();

    /// <summary>The rows of the governance table that govern the device on a day; empty for a device that is not registered.</summary>
    [Alias("governed-by")]
    Task<ImmutableArray<GovernanceRow>> GovernedBy(DateOnly day);
}

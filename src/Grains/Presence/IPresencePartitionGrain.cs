using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Who is heard, for one partition of the devices. Most heartbeats end here; only a change goes on to its device.
/// Key: 0 to 255, <see cref="Domain.Devices.Device.PartitionOf"/>.
/// </summary>
[Alias("presence-partition")]
public interface IPresencePartitionGrain : IGrainWithIntegerKey
{
    /// <summary>Takes in heartbeats that are durable already, in the order in which they were received.</summary>
    [Alias("hear")]
    Task Hear(ImmutableArray<Heartbeat> heartbeats);

    /// <summary>A unit's session died without a farewell. Counts only for the epoch that the unit last spoke in.</summary>
    [Alias("died")]
    Task Died(string deviceId, long epoch);

    /// <summary>What is known of every unit of the partition that was ever heard, at this moment.</summary>
    [Alias("observations")]
    Task<ImmutableArray<DeviceObservation>> Observations();
}

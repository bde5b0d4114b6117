using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains;

/// <summary>Returns grains by the ids that people use.</summary>
public static class GrainFactoryExtensions
{
    /// <summary>Returns the city's governance as it is known now.</summary>
    public static Task<GovernanceSnapshot> Governance(this IGrainFactory grains) =>
        grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City).Governance();

    /// <summary>Returns everything that was ever recorded of the city's governance.</summary>
    public static Task<GovernanceHistory> History(this IGrainFactory grains) => grains.Policies().History();

    /// <summary>Returns the grain that holds the city's governance.</summary>
    public static IPoliciesGrain Policies(this IGrainFactory grains) => grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City);

    /// <summary>Returns the grain of a device.</summary>
    public static IDeviceGrain Device(this IGrainFactory grains, string deviceId) => grains.GetGrain<IDeviceGrain>(deviceId);

    /// <summary>Returns the presence partition that a device belongs to.</summary>
    public static IPresencePartitionGrain PartitionOf(this IGrainFactory grains, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return grains.Partition(Domain.Devices.Device.PartitionOf(device.Number));
    }

    /// <summary>Returns a presence partition, 0 to 255.</summary>
    public static IPresencePartitionGrain Partition(this IGrainFactory grains, int partition) =>
        grains.GetGrain<IPresencePartitionGrain>(partition);

    /// <summary>Returns the grain of a place.</summary>
    public static IPlaceGrain Place(this IGrainFactory grains, string placeId) => grains.GetGrain<IPlaceGrain>(placeId);

    /// <summary>
    /// Notifies the grains concerned that the register's entry of a device changed: its partition, its own grain, and the place that it
    /// covers.
    /// </summary>
    public static async Task NotifyDeviceChangedAsync(this IGrainFactory grains, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        await grains.PartitionOf(device).ReloadDevice(device.Number);
        await grains.Device(device.Id).ReloadDevice();
        if (device.Place is { } place)
            await grains.Place(place).MarkDevicesChanged();
    }
}

using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains;

/// <summary>Where each grain lives, by the ids that people use.</summary>
public static class GrainFactoryExtensions
{
    /// <summary>The city's governance, as registered.</summary>
    public static Task<GovernanceSnapshot> Governance(this IGrainFactory grains) =>
        grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City).Governance();

    /// <summary>Everything that was ever recorded of it.</summary>
    public static Task<GovernanceHistory> History(this IGrainFactory grains) => grains.Policies().History();

    /// <summary>The grain that holds it.</summary>
    public static IPoliciesGrain Policies(this IGrainFactory grains) => grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City);

    /// <summary>The device with this id.</summary>
    public static IDeviceGrain Device(this IGrainFactory grains, string deviceId) => grains.GetGrain<IDeviceGrain>(deviceId);

    /// <summary>The presence partition that a device belongs to.</summary>
    public static IPresencePartitionGrain PartitionOf(this IGrainFactory grains, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return grains.Partition(Domain.Devices.Device.PartitionOf(device.Number));
    }

    /// <summary>A presence partition, 0 to 255.</summary>
    public static IPresencePartitionGrain Partition(this IGrainFactory grains, int partition) =>
        grains.GetGrain<IPresencePartitionGrain>(partition);

    /// <summary>The place with this id.</summary>
    public static IPlaceGrain Place(this IGrainFactory grains, string placeId) => grains.GetGrain<IPlaceGrain>(placeId);

    /// <summary>
    /// Tells everybody concerned that what the register says of a device changed: its partition, itself, and the place that it covers.
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

using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>Notifies grains when the register's entry of a device changed, in this process or another.</summary>
public sealed class RegistryChangeListener(IGrainFactory grains, IDeviceRegister devices) : IEnrolmentListener
{
    public async Task ChangedAsync(string id, CancellationToken cancellationToken)
    {
        if (await devices.FindAsync(id, cancellationToken) is { } device)
            await grains.NotifyDeviceChangedAsync(device);
    }
}

using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>Tells grains that what the register says of a device changed, whoever changed it.</summary>
public sealed class RegistryChangeListener(IGrainFactory grains, IDeviceRegister devices) : IEnrolmentListener
{
    public async Task ChangedAsync(string id, CancellationToken cancellationToken)
    {
        if (await devices.FindAsync(id, cancellationToken) is { } device)
            await grains.NotifyDeviceChangedAsync(device);
    }
}

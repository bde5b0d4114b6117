using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>Tells grains that what the register says of a device changed, whoever changed it.</summary>
public sealed class RegisterEar(IGrainFactory grains, IDeviceRegister devices) : IEnrolmentEar
{
    public async Task ChangedAsync(string id, CancellationToken cancellationToken)
    {
        if (await devices.FindAsync(id, cancellationToken) is { } device)
            await grains.Registered(device);
    }
}

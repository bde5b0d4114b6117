using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>The register of devices as it is remembered.</summary>
public interface IDeviceRegister
{
    /// <summary>Every registered device, in the order of ids.</summary>
    Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The device with this id, or null when it was never registered.</summary>
    Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>Keeps the hash of a device's new secret in place of the old one. False when there is no such device.</summary>
    /// <param name="secretHash">32 bytes, <see cref="DeviceSecret.Hash"/>.</param>
    Task<bool> ReplaceSecretAsync(string deviceId, byte[] secretHash, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>A device together with the hash of its secret, for sign-in; null when it is not registered or has no secret yet.</summary>
    Task<(Device Device, byte[] SecretHash)?> CredentialAsync(string deviceId, CancellationToken cancellationToken);
}

using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>The register of devices as it is remembered.</summary>
public interface IDeviceRegister
{
    /// <summary>Every registered device, in the order of ids.</summary>
    Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The device with this id, or null when it was never registered.</summary>
    Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>Which partitions have devices.</summary>
    Task<ImmutableArray<int>> PartitionsAsync(CancellationToken cancellationToken);

    /// <summary>What presence needs of each device of a partition; of one only, when its number is given.</summary>
    Task<ImmutableArray<SeatedDevice>> SeatedAsync(int partition, int? number, CancellationToken cancellationToken);

    /// <summary>The ids of devices by their numbers.</summary>
    Task<ImmutableDictionary<int, string>> IdsAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellationToken);

    /// <summary>Lets the next word of a device whose clock fell back count, whatever its epoch. False when there is no such device.</summary>
    Task<bool> ForgetEpochAsync(string deviceId, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Keeps the hash of a device's new secret in place of the old one. False when there is no such device.</summary>
    /// <param name="secretHash">32 bytes, <see cref="DeviceSecret.Hash"/>.</param>
    Task<bool> ReplaceSecretAsync(string deviceId, byte[] secretHash, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>A device together with the hash of its secret, for sign-in; null when it is not registered or has no secret yet.</summary>
    Task<(Device Device, byte[] SecretHash)?> CredentialAsync(string deviceId, CancellationToken cancellationToken);
}

/// <summary>What presence needs of a device.</summary>
/// <param name="OwnDeadlineSeconds">Its own deadline, where that differs from its kind's.</param>
public sealed record SeatedDevice(int Number, string Kind, int? OwnDeadlineSeconds)
{
    private DeviceKind KindOf => DeviceKind.Find(Kind) ?? throw new InvalidOperationException($"Device number {Number} has no known kind: '{Kind}'.");

    public int DeadlineSeconds => OwnDeadlineSeconds ?? KindOf.DeadlineSeconds;

    public bool SilenceIsNormal => KindOf.SilenceIsNormal;
}

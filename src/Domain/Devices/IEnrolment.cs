using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>How somebody proves who they are.</summary>
public enum CredentialKind { Secret, Certificate }

/// <summary>One credential, as it is kept: never the secret itself.</summary>
/// <param name="Number">The register's number of this credential; names it in ledger entries and in sessions.</param>
/// <param name="Sha256">32 bytes: of the secret, or of the whole certificate (DER).</param>
public sealed record Credential(long Number, CredentialKind Kind, ImmutableArray<byte> Sha256);

/// <summary>Somebody who may sign in: a device, or a gateway that speaks for the devices registered behind it.</summary>
/// <param name="Id">The client id and user name.</param>
/// <param name="Device">The device; null for a gateway.</param>
/// <param name="Profile">The profile by which a gateway's vendor topics are read; null when it speaks only the registry's own.</param>
/// <param name="Credentials">Those that hold now.</param>
public sealed record Enrolled(string Id, Device? Device, string? Profile, ImmutableArray<Credential> Credentials);

/// <summary>Who may sign in, and for whom they speak. Asked at sign-in, not for every heartbeat.</summary>
public interface IEnrolment
{
    /// <summary>Who is registered under an id, with the credentials that hold now; null when nobody is.</summary>
    Task<Enrolled?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>A device behind a gateway; null when no such device is registered behind it.</summary>
    Task<Device?> BehindAsync(string gateway, string deviceId, CancellationToken cancellationToken);

    /// <summary>Every device behind a gateway, in the order of ids.</summary>
    Task<ImmutableArray<Device>> AllBehindAsync(string gateway, CancellationToken cancellationToken);
}

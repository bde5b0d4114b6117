using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>How somebody proves who they are.</summary>
public enum CredentialKind
{
    Secret,
    Certificate,
}

/// <summary>One credential, as it is kept: never the secret itself.</summary>
/// <param name="Number">The register's number of this credential; names it in ledger entries and in sessions.</param>
/// <param name="Sha256">32 bytes: of the secret, or of the whole certificate (DER).</param>
public sealed record Credential(long Number, CredentialKind Kind, ImmutableArray<byte> Sha256)
{
    /// <summary>Since when it holds.</summary>
    public DateTimeOffset MadeAt { get; init; }

    /// <summary>Until when a certificate can be used by its own words; null for a secret.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>When it was ended; null while it holds.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>Somebody who may sign in: a device, or a gateway that speaks for the devices registered behind it.</summary>
/// <param name="Id">The client id and user name.</param>
/// <param name="Device">The device; null for a gateway.</param>
/// <param name="Profile">The profile by which a gateway's vendor topics are read; null when it speaks only the registry's own.</param>
/// <param name="Credentials">Those that hold now.</param>
public sealed record EnrolledClient(string Id, Device? Device, string? Profile, ImmutableArray<Credential> Credentials);

/// <summary>A unit that speaks for the devices registered behind it, and never for itself: its life is not theirs.</summary>
/// <param name="Id">Identifier; no device has the same.</param>
/// <param name="Department">Who is accountable.</param>
/// <param name="Profile">Id of the device profile by which its vendor's topics are read; null for the registry's own.</param>
public sealed record Gateway(string Id, string Department, string? Profile, bool Removed = false)
{
    /// <summary>Grows with every change; 0 before it is registered.</summary>
    public int Version { get; init; }
}

/// <summary>Who may sign in, and for whom they speak. Asked at sign-in, not for every heartbeat.</summary>
public interface IEnrolment
{
    /// <summary>The most certificates that hold for one holder: the one in use, the next one, and room for a mistake.</summary>
    const int MaxCertificates = 4;

    /// <summary>Who is registered under an id, with the credentials that hold now; null when nobody is.</summary>
    Task<EnrolledClient?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>A device behind a gateway; null when no such device is registered behind it.</summary>
    Task<Device?> BehindAsync(string gateway, string deviceId, CancellationToken cancellationToken);

    /// <summary>Every device behind a gateway, in the order of ids.</summary>
    Task<ImmutableArray<Device>> AllBehindAsync(string gateway, CancellationToken cancellationToken);

    /// <summary>Every gateway, in the order of ids, removed ones too.</summary>
    Task<ImmutableArray<Gateway>> GatewaysAsync(CancellationToken cancellationToken);

    /// <summary>Every credential that a holder ever had, the newest first.</summary>
    Task<ImmutableArray<Credential>> CredentialsAsync(string holder, CancellationToken cancellationToken);

    /// <summary>Registers a gateway. A refusal when the id is taken.</summary>
    Task<Outcome<Gateway>> RegisterAsync(
        Gateway gateway,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Changes a gateway, or removes it, which ends its credentials. A refusal when its version is another by now.</summary>
    Task<Outcome<Gateway>> ChangeAsync(
        Gateway gateway,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Keeps the hash of a new secret in place of the old one, which ends, as a claim code does that is open; false when there is no such
    /// holder, or it was removed.
    /// </summary>
    /// <param name="sha256">32 bytes, <see cref="DeviceSecret.Hash"/>.</param>
    Task<bool> IssueSecretAsync(
        string holder,
        byte[] sha256,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>The same for many at once, with one entry for all of them.</summary>
    Task IssueSecretsAsync(
        IReadOnlyCollection<(string Holder, byte[] Sha256)> secrets,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Keeps the hash of a certificate. A refusal when there is no such holder, it has <see cref="MaxCertificates"/>, or the certificate
    /// belongs to somebody already.
    /// </summary>
    /// <param name="notAfter">Until when the certificate can be used by its own words; then its holder's session is cut.</param>
    Task<Outcome<Credential>> RegisterCertificateAsync(
        string holder,
        byte[] sha256,
        DateTimeOffset notAfter,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Ends a credential, and a claim code that is open with it; its holder's session is cut. False when it does not hold.
    /// </summary>
    Task<bool> EndAsync(string holder, long number, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Keeps the hash of a claim code, which ends the one before; false when there is no such holder.</summary>
    Task<bool> MakeClaimAsync(
        string holder,
        byte[] sha256,
        DateTimeOffset expiresAt,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Until when the claim code of a holder can be used; null when none is open.</summary>
    Task<DateTimeOffset?> ClaimOpenUntilAsync(string holder, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Uses a claim code, once: its holder gets the new secret whose hash is given. Null when the code is unknown, used, ended or expired.
    /// </summary>
    /// <returns>The holder's id.</returns>
    Task<string?> ClaimAsync(byte[] claimSha256, byte[] secretSha256, DateTimeOffset at, CancellationToken cancellationToken);
}

using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>The register of claim codes: one-time codes with which a unit fetches its first secret. It stores hashes only.</summary>
public interface IClaimRegister
{
    /// <summary>
    /// Stores the hash of a new claim code and ends the holder's previous one. Returns false when the holder is not registered or was
    /// removed.
    /// </summary>
    Task<bool> CreateClaimAsync(
        string holder,
        byte[] sha256,
        DateTimeOffset expiresAt,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Returns until when the holder's claim code can be used; null when none is open.</summary>
    Task<DateTimeOffset?> ClaimOpenUntilAsync(string holder, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Uses a claim code, once, and gives its holder the new secret with the given hash. Returns the holder's id; null when the code is
    /// unknown, used, ended or expired.
    /// </summary>
    Task<string?> ClaimAsync(byte[] claimSha256, byte[] secretSha256, DateTimeOffset at, CancellationToken cancellationToken);
}

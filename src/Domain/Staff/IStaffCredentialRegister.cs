using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>
/// The passwords and second factors of staff. Every change is a ledger entry, without the secret, and ends the member's sessions.
/// </summary>
public interface IStaffCredentialRegister
{
    /// <summary>What a member signs in with; null when there is no such member.</summary>
    Task<StaffCredentials?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Replaces the password. False when there is no such member.</summary>
    Task<bool> SetPasswordAsync(string id, StoredPassword password, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Replaces the second factor and the recovery codes. False when there is no such member.</summary>
    /// <param name="seed">The encrypted seed.</param>
    /// <param name="lastStep">The time step of the code with which the member confirmed it. It and earlier ones are used up.</param>
    /// <param name="recoveryCodes">The SHA-256 of each recovery code.</param>
    Task<bool> SetSecondFactorAsync(
        string id,
        string seed,
        long lastStep,
        ImmutableArray<byte[]> recoveryCodes,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Removes the second factor and the recovery codes. False when the member has none.</summary>
    Task<bool> RemoveSecondFactorAsync(string id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Uses up a time step of the one-time codes. False when it, or a later one, was used before (ASVS 5.0, 6.5.1).</summary>
    Task<bool> TryUseStepAsync(string id, long step, CancellationToken cancellationToken);

    /// <summary>Uses up a recovery code. False when the member has no such code, or it was used before.</summary>
    Task<bool> TryUseRecoveryCodeAsync(string id, byte[] sha256, DateTimeOffset at, CancellationToken cancellationToken);
}

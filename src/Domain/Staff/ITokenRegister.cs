using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>The register of programs' tokens. Every change is a ledger entry.</summary>
public interface ITokenRegister
{
    /// <summary>Stores the hash of a new token.</summary>
    /// <returns>Its number.</returns>
    Task<long> AddTokenAsync(TokenGrant grant, byte[] sha256, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The active member and the grant of a token that is neither revoked nor expired; null for any other token.</summary>
    Task<(StaffMember Member, TokenGrant Grant)?> FindByTokenAsync(byte[] sha256, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The grant of every token, newest first.</summary>
    Task<ImmutableArray<TokenGrant>> TokensAsync(CancellationToken cancellationToken);

    /// <summary>Revokes a token at once. False when there is no such token, or it was revoked before.</summary>
    Task<bool> RevokeTokenAsync(long id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);
}

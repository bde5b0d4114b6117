using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>Who staff are and what they may do, as remembered. Every change of a right is an entry of the ledger, without a name.</summary>
public interface IStaffRegister
{
    /// <summary>Everybody, by sign-in.</summary>
    Task<ImmutableArray<StaffMember>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The member with this id, or null.</summary>
    Task<StaffMember?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The member with this sign-in and the hash of their password, if they have one; null when there is none.</summary>
    Task<(StaffMember Member, string? PasswordHash)?> FindBySignInAsync(string signIn, CancellationToken cancellationToken);

    /// <summary>The member to whom an identity provider's subject was bound, or null.</summary>
    /// <param name="subject">Issuer and subject, as <c>issuer|sub</c>.</param>
    Task<StaffMember?> FindBySubjectAsync(string subject, CancellationToken cancellationToken);

    /// <summary>Adds somebody. False, with nothing added, when the sign-in is taken.</summary>
    Task<bool> AddAsync(StaffMember member, string? passwordHash, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Changes rights; their sessions end. Null leaves a right as it is. False when there is no such member.</summary>
    Task<bool> ChangeAsync(
        string id,
        ImmutableArray<Role>? roles,
        bool? isActive,
        string? passwordHash,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Binds an identity provider's subject to a member who has none. False when they have one.</summary>
    Task<bool> BindSubjectAsync(string id, string subject, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Keeps a new token's hash.</summary>
    /// <returns>Its number.</returns>
    Task<long> AddTokenAsync(TokenGrant grant, byte[] sha256, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The active member and the grant of a token that is neither revoked nor expired; null for any other.</summary>
    Task<(StaffMember Member, TokenGrant Grant)?> FindByTokenAsync(byte[] sha256, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Every token's grant, the newest first.</summary>
    Task<ImmutableArray<TokenGrant>> TokensAsync(CancellationToken cancellationToken);

    /// <summary>Takes a token back at once. False when there is no such token, or it was taken back before.</summary>
    Task<bool> RevokeTokenAsync(long id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Ends one session for good: its cookie is refused from now on, whoever has a copy.</summary>
    /// <param name="until">When it would have ended by itself; not kept longer.</param>
    Task EndSessionAsync(string session, DateTimeOffset until, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Whether a session was ended before its time.</summary>
    Task<bool> HasEndedAsync(string session, CancellationToken cancellationToken);
}

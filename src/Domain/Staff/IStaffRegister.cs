using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>The register of staff and their roles. Every change of roles is a ledger entry, without a name.</summary>
public interface IStaffRegister
{
    /// <summary>Every member, by sign-in.</summary>
    Task<ImmutableArray<StaffMember>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The member with this id, or null.</summary>
    Task<StaffMember?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The member with this sign-in and the hash of their password, if they have one; null when there is none.</summary>
    Task<(StaffMember Member, string? PasswordHash)?> FindBySignInAsync(string signIn, CancellationToken cancellationToken);

    /// <summary>The member who has an identity provider's subject, or null.</summary>
    /// <param name="subject">Issuer and subject, as <c>issuer|sub</c>.</param>
    Task<StaffMember?> FindBySubjectAsync(string subject, CancellationToken cancellationToken);

    /// <summary>Adds a member. False, with nothing added, when the sign-in is taken.</summary>
    Task<bool> AddAsync(StaffMember member, string? passwordHash, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Changes roles, activity or password, and ends the member's sessions. Null changes nothing. False when there is no such
    /// member.</summary>
    Task<bool> ChangeAsync(
        string id,
        ImmutableArray<Role>? roles,
        bool? isActive,
        string? passwordHash,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Binds an identity provider's subject to a member. False when the member has a subject already.</summary>
    Task<bool> BindSubjectAsync(string id, string subject, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Stores the hash of a new token.</summary>
    /// <returns>Its number.</returns>
    Task<long> AddTokenAsync(TokenGrant grant, byte[] sha256, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The active member and the grant of a token that is neither revoked nor expired; null for any other token.</summary>
    Task<(StaffMember Member, TokenGrant Grant)?> FindByTokenAsync(byte[] sha256, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The grant of every token, newest first.</summary>
    Task<ImmutableArray<TokenGrant>> TokensAsync(CancellationToken cancellationToken);

    /// <summary>Revokes a token at once. False when there is no such token, or it was revoked before.</summary>
    Task<bool> RevokeTokenAsync(long id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Ends one session: every copy of its cookie is refused from now on.</summary>
    /// <param name="until">When it would have ended by itself. The record is deleted then.</param>
    Task EndSessionAsync(string session, DateTimeOffset until, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Whether a session was ended by <see cref="EndSessionAsync"/>.</summary>
    Task<bool> HasEndedAsync(string session, CancellationToken cancellationToken);
}

using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>What staff pages show of a person, which the ledger never has.</summary>
/// <param name="SignIn">The normalised sign-in name.</param>
public sealed record StaffProfile(string SignIn, string Name, string? Department);

/// <summary>The register of staff and their roles. Every change of a right is a ledger entry, without a name.</summary>
public interface IStaffRegister
{
    /// <summary>Every member, by sign-in.</summary>
    Task<ImmutableArray<StaffMember>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The member with this id, or null.</summary>
    Task<StaffMember?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The member with this sign-in in any spelling, and their password, if they have one; null when there is none.</summary>
    Task<(StaffMember Member, StoredPassword? Password)?> FindBySignInAsync(string signIn, CancellationToken cancellationToken);

    /// <summary>The member who has an identity provider's subject, or null.</summary>
    /// <param name="subject">Issuer and subject, as <c>issuer|sub</c>.</param>
    Task<StaffMember?> FindBySubjectAsync(string subject, CancellationToken cancellationToken);

    /// <summary>Adds a member. False, with nothing added, when the sign-in is taken or looks like one that is.</summary>
    Task<bool> AddAsync(
        StaffMember member,
        StoredPassword? password,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Adds the first person of a registry. False, with nothing added, when a person is registered: two attempts at once add one.
    /// </summary>
    Task<bool> AddFirstAsync(
        StaffMember member,
        StoredPassword? password,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Changes roles or activity, and ends the member's sessions. Null changes nothing. False when there is no such
    /// member.</summary>
    Task<bool> ChangeAsync(
        string id,
        ImmutableArray<Role>? roles,
        bool? isActive,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Changes a member's name, sign-in and department. The ledger records that they changed and the department.</summary>
    /// <returns>False, with nothing changed, when the sign-in is taken or looks like another one, or there is no such member.</returns>
    Task<bool> RenameAsync(string id, StaffProfile profile, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Binds an identity provider's subject to a member. False when the member has a subject already.</summary>
    Task<bool> BindSubjectAsync(string id, string subject, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the identity provider's subject of a member, so that the next sign-in with the verified mail address binds another one. Ends
    /// the member's sessions. False when the member has no subject.
    /// </summary>
    Task<bool> UnbindSubjectAsync(string id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Removes everything that says who a deactivated member was: name, sign-in, password, second factor, subject, sessions, saved views.
    /// The opaque id stays, as the ledger has it. False when there is no such member, or the member is active.
    /// </summary>
    Task<bool> AnonymizeAsync(string id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);
}

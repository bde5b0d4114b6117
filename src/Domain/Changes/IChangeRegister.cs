using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>The register of change requests. Every act is a ledger entry, in the same transaction.</summary>
public interface IChangeRegister
{
    /// <summary>Records a new draft.</summary>
    Task<ChangeRequest> DraftAsync(Proposal proposal, Attribution author, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Records an act. An approval also records every document that the request proposes, in the same transaction: either the act, the
    /// entries and the revisions are all recorded, or none is.
    /// </summary>
    /// <param name="before">The request as the person who acts has seen it.</param>
    /// <param name="after">The request after the act.</param>
    /// <returns>The recorded request, or a refusal when a person of the change is not active staff with the role; null, with nothing
    /// recorded, when the request has changed since <paramref name="before"/>.</returns>
    Task<Outcome<ChangeRequest>?> ActAsync(
        ChangeRequest before,
        ChangeRequest after,
        ChangeAct act,
        Attribution by,
        string? note,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>The request with this number; null when there is none.</summary>
    Task<ChangeRequest?> FindAsync(long id, CancellationToken cancellationToken);

    /// <summary>The drafts and submitted requests of an author, newest first; at most 200.</summary>
    /// <param name="author">The opaque id of the staff member.</param>
    Task<ImmutableArray<ChangeRequest>> ListOpenByAuthorAsync(string author, CancellationToken cancellationToken);

    /// <summary>A page of requests, newest first.</summary>
    /// <param name="state">Only those in this state; null for all.</param>
    /// <param name="before">Only those with a lower number; null for all.</param>
    /// <param name="most">The size of the page, 1 to 200.</param>
    Task<ImmutableArray<ChangeRequest>> ListAsync(ChangeState? state, long? before, int most, CancellationToken cancellationToken);
}

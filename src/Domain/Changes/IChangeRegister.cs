using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>Change requests as they are remembered. Every act is an entry of the ledger, in the same transaction.</summary>
public interface IChangeRegister
{
    /// <summary>Writes down a new draft.</summary>
    Task<ChangeRequest> DraftAsync(Proposal proposal, Attribution author, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Writes down an act. An approval also records every document that the request proposes: it, the entries and the revisions are all
    /// there, or none of them.
    /// </summary>
    /// <param name="before">The request as whoever acts has seen it.</param>
    /// <param name="after">The request as it stands after the act.</param>
    /// <returns>The request as remembered; null, with nothing written, when somebody else was first.</returns>
    Task<ChangeRequest?> ActAsync(
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

    /// <summary>Requests, the newest first.</summary>
    /// <param name="state">Only those in this state; null for all.</param>
    /// <param name="before">Only those with a lower number; null for all.</param>
    /// <param name="most">At most so many, 1 to 200.</param>
    Task<ImmutableArray<ChangeRequest>> ListAsync(ChangeState? state, long? before, int most, CancellationToken cancellationToken);
}

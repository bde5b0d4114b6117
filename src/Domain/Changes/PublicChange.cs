using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>The role and department of the person or program that acted. The public never learns the person.</summary>
public sealed record PublicActor(string Role, string? Department, bool IsProgram)
{
    internal static PublicActor From(Attribution by) => new(by.Role, by.Department, by.IsProgram);
}

/// <summary>What the public may know of an approved change request. It has no member for a person, so that none can be published.</summary>
/// <param name="Number">Number of the request.</param>
/// <param name="Reason">The reason, as it was written for readers of the history.</param>
/// <param name="Source">The basis of the change; null when it names none.</param>
public sealed record PublicChange(
    long Number,
    string Reason,
    Source? Source,
    PublicActor Author,
    PublicActor Approver,
    DateTimeOffset ApprovedAt
)
{
    /// <summary>The public part of a request; null unless it is approved.</summary>
    public static PublicChange? From(ChangeRequest request) =>
        request is { State: ChangeState.Approved, Decider: { } decider, DecidedAt: { } at }
            ? new PublicChange(
                request.Id,
                request.Proposal.Reason,
                request.Proposal.Source,
                PublicActor.From(request.Author),
                PublicActor.From(decider),
                at
            )
            : null;
}

using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>Who acted, as far as the public may know: a role and a department, never a person.</summary>
public sealed record PublicActor(string Role, string? Department)
{
    internal static PublicActor From(Attribution by) => new(by.Role, by.Department);
}

/// <summary>What everybody may know of an approved change request. It has no member for a person, so none can come through.</summary>
/// <param name="Number">Number of the request.</param>
/// <param name="Reason">Why, as it was written for readers of the history.</param>
/// <param name="Source">What it rests on; null when it names nothing.</param>
public sealed record PublicChange(
    long Number,
    string Reason,
    Source? Source,
    PublicActor Author,
    PublicActor Approver,
    DateTimeOffset ApprovedAt
)
{
    /// <summary>What the public may know of a request; null while nobody has approved it.</summary>
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

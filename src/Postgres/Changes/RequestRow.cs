using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Postgres.Changes;

/// <summary>The body column of a change request: the proposal without its reason, which has a column of its own.</summary>
internal sealed record ProposalBody(Source? Source, ImmutableArray<ProposedDocument> Documents)
{
    public static string Write(Proposal proposal) => JsonRow.Body(new ProposalBody(proposal.Source, proposal.Documents));
}

/// <summary>A row of <c>registry.change_request</c>.</summary>
internal sealed record RequestRow(
    long Id,
    int Version,
    string State,
    string Author,
    string AuthorRole,
    string? AuthorDepartment,
    bool AuthorProgram,
    DateTime DraftedAt,
    DateTime? SubmittedAt,
    DateTime? DecidedAt,
    string Reason,
    string Body
)
{
    public ChangeRequest Request(ImmutableArray<ChangeStep> steps)
    {
        var body = JsonRow.Value<ProposalBody>(Body);
        var state = JsonRow.Word<ChangeState>(State);
        var isDecided = state is ChangeState.Approved or ChangeState.Rejected;
        return new ChangeRequest(
            Id,
            Version,
            state,
            new Attribution(AuthorRole, AuthorDepartment, Author, AuthorProgram),
            new DateTimeOffset(DraftedAt),
            SubmittedAt is { } submitted ? new DateTimeOffset(submitted) : null,
            isDecided ? steps.Last(step => step.Act is ChangeAct.Approved or ChangeAct.Rejected).By : null,
            DecidedAt is { } decided ? new DateTimeOffset(decided) : null,
            new Proposal(Reason, body.Source, body.Documents),
            steps
        );
    }
}

/// <summary>A row of <c>registry.change_step</c>.</summary>
internal sealed record StepRow(
    long Change,
    string StepWord,
    DateTime At,
    string Staff,
    string Role,
    string? Department,
    bool Program,
    string? Note,
    long Entry
)
{
    public ChangeStep Step() =>
        new(JsonRow.Word<ChangeAct>(StepWord), new DateTimeOffset(At), new Attribution(Role, Department, Staff, Program), Note, Entry);
}

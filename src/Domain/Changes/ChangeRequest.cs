using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>Where a change request stands. What is approved takes effect by itself on the days that it names.</summary>
public enum ChangeState
{
    Draft,
    Submitted,
    Approved,
    Rejected,
    Withdrawn,
}

/// <summary>What was done with a change request.</summary>
public enum ChangeAct
{
    Drafted,
    Revised,
    Submitted,
    Approved,
    Rejected,
    Withdrawn,
    Reopened,
}

/// <summary>A document as somebody wants it to be.</summary>
/// <param name="Base">The revision that it was made from; 0 for a document that does not exist yet.</param>
public sealed record ProposedDocument(PolicyDocument Document, int Base);

/// <summary>One act in the life of a change request.</summary>
/// <param name="Note">What whoever did it had to say; null for nothing.</param>
/// <param name="Entry">Number of the ledger's entry.</param>
public sealed record ChangeStep(ChangeAct Act, DateTimeOffset At, Attribution By, string? Note, long Entry);

/// <summary>What a change request proposes, and why.</summary>
/// <param name="Reason">Why, for everybody who reads the history; 1 to <see cref="MaxReason"/> characters when it is submitted.</param>
/// <param name="Source">What it rests on: the order, the ordinance, the page that was read.</param>
/// <param name="Documents">Every document that must change together, each once.</param>
public sealed record Proposal(string Reason, Source? Source, ImmutableArray<ProposedDocument> Documents)
{
    /// <summary>The most characters of a reason or a note.</summary>
    public const int MaxReason = 2000;
}

/// <summary>
/// A change that one person proposes and another decides. Each act takes the request, who acts and what the registry knows, and returns the
/// request as it then stands, or the reasons why not.
/// </summary>
/// <param name="Id">Number of the request.</param>
/// <param name="Version">Grows with every act: who acts must have seen the last.</param>
/// <param name="Author">Who proposes it; never the one who decides.</param>
/// <param name="Decider">Who approved or rejected it; null while nobody has.</param>
/// <param name="Steps">Every act, the first first.</param>
public sealed record ChangeRequest(
    long Id,
    int Version,
    ChangeState State,
    Attribution Author,
    DateTimeOffset DraftedAt,
    DateTimeOffset? SubmittedAt,
    Attribution? Decider,
    DateTimeOffset? DecidedAt,
    Proposal Proposal,
    ImmutableArray<ChangeStep> Steps
)
{
    /// <summary>The documents whose base is no longer what the registry holds.</summary>
    public ImmutableArray<ProposedDocument> StaleDocuments(GovernanceHistory history) =>
        State is ChangeState.Approved
            ? []
            :
            [
                .. Proposal.Documents.Where(proposed =>
                    (history.LatestOf(proposed.Document.Kind, proposed.Document.Id)?.Number ?? 0) != proposed.Base
                ),
            ];

    /// <summary>The author changes what is proposed, or why.</summary>
    public Outcome<ChangeRequest> Revise(Attribution by, Proposal proposal) =>
        State != ChangeState.Draft ? WrongState("changed", "draft")
        : by.Staff != Author.Staff ? NotTheAuthor("change")
        : Next(ChangeState.Draft) with { Proposal = proposal };

    /// <summary>The author hands it to somebody else to decide.</summary>
    public Outcome<ChangeRequest> Submit(Attribution by, GovernanceHistory history, DateTimeOffset at)
    {
        if (State != ChangeState.Draft)
            return WrongState("submitted", "draft");
        if (by.Staff != Author.Staff)
            return NotTheAuthor("submit");
        var refusals = Complete().Concat(Fits(history)).ToImmutableArray();
        return refusals.IsEmpty ? Next(ChangeState.Submitted) with { SubmittedAt = at } : refusals;
    }

    /// <summary>Somebody other than the author approves it: it is recorded, and takes effect on the days that it names.</summary>
    public Outcome<ChangeRequest> Approve(Attribution by, GovernanceHistory history, DateTimeOffset at)
    {
        if (MayDecide(by) is { } refusal)
            return refusal;
        var refusals = Fits(history);
        return refusals.IsEmpty ? Next(ChangeState.Approved) with { Decider = by, DecidedAt = at } : refusals;
    }

    /// <summary>Somebody other than the author rejects it, and says why.</summary>
    public Outcome<ChangeRequest> Reject(Attribution by, string note, DateTimeOffset at) =>
        MayDecide(by) is { } refusal ? refusal
        : string.IsNullOrWhiteSpace(note)
            ? new Refusal("note-missing", "A rejection says why: give a note that its author can act on.", "note")
        : Next(ChangeState.Rejected) with { Decider = by, DecidedAt = at };

    /// <summary>The author takes it back before it is decided.</summary>
    public Outcome<ChangeRequest> Withdraw(Attribution by) =>
        State is not (ChangeState.Draft or ChangeState.Submitted) ? WrongState("withdrawn", "draft or submitted")
        : by.Staff != Author.Staff ? NotTheAuthor("withdraw")
        : Next(ChangeState.Withdrawn);

    /// <summary>The author takes up again what was withdrawn or rejected.</summary>
    public Outcome<ChangeRequest> Reopen(Attribution by) =>
        State is not (ChangeState.Rejected or ChangeState.Withdrawn) ? WrongState("reopened", "rejected or withdrawn")
        : by.Staff != Author.Staff ? NotTheAuthor("reopen")
        : Next(ChangeState.Draft) with { Decider = null, DecidedAt = null, SubmittedAt = null };

    private ChangeRequest Next(ChangeState state) => this with { State = state, Version = Version + 1 };

    private Refusal? MayDecide(Attribution by) =>
        State != ChangeState.Submitted ? WrongState("decided", "submitted")
        : by.Staff is null || by.Staff == Author.Staff
            ? new Refusal("own-request", "Nobody decides their own request: another person with the role approver must.")
        : null;

    private IEnumerable<Refusal> Complete()
    {
        if (string.IsNullOrWhiteSpace(Proposal.Reason))
            yield return new Refusal(
                "reason-missing",
                "A change says why: give a reason that a reader of the history will understand.",
                "reason"
            );
        if (Proposal.Source is null)
            yield return new Refusal(
                "source-missing",
                "A change rests on something: attach the order, the ordinance or the page that was read.",
                "source"
            );
    }

    private ImmutableArray<Refusal> Fits(GovernanceHistory history)
    {
        if (Proposal.Documents.IsEmpty)
            return [new Refusal("nothing-changed", "The request proposes nothing: change a value first.")];
        var moved = StaleDocuments(history);
        if (!moved.IsEmpty)
            return
            [
                .. moved.Select(one => new Refusal(
                    "base-moved",
                    $"The {one.Document} was changed by somebody else since this request was made from revision {one.Base}: compare the three, and have the author bring the request up to date.",
                    one.Document.ToString()
                )),
            ];
        if (Proposal.Documents.All(one => history.LatestOf(one.Document.Kind, one.Document.Id)?.Document == one.Document))
            return [new Refusal("nothing-changed", "The request proposes what the registry holds already: nothing would change.")];
        return PolicyValidator.Problems(history, [.. Proposal.Documents.Select(one => one.Document)]);
    }

    private Refusal WrongState(string what, string must) =>
        new("wrong-state", $"Request {Id} is {Json.Word(State)}: only a request that is {must} can be {what}.");

    private Refusal NotTheAuthor(string what) => new("not-the-author", $"Only its author can {what} request {Id}.");
}

using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes.Validation;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>
/// A change that one person proposes and another person decides. Each method below is one act: it takes the person who acts and, to submit
/// or approve, the history of the registered documents. It returns the request after the act, or the reasons for refusing it.
/// </summary>
/// <param name="Id">Number of the request.</param>
/// <param name="Version">Grows with every act. A person who acts must have seen the latest version.</param>
/// <param name="Author">The person who proposes it; never the person who decides it.</param>
/// <param name="Decider">The person who approved or rejected it; null before.</param>
/// <param name="Steps">Every act, oldest first.</param>
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
    /// <summary>The documents that were changed since the request was made from them.</summary>
    public ImmutableArray<ProposedDocument> StaleDocuments(GovernanceHistory history) =>
        State is ChangeState.Approved
            ? []
            :
            [
                .. Proposal.Documents.Where(proposed =>
                    (history.LatestOf(proposed.Document.Kind, proposed.Document.Id)?.Number ?? 0) != proposed.Base
                ),
            ];

    /// <summary>Every reason why a proposal cannot be recorded, not even as a draft; empty when it can.</summary>
    public static ImmutableArray<Refusal> CheckDraft(Proposal proposal) => [.. ProposalValidator.Problems(proposal)];

    /// <summary>
    /// Every reason why a proposal cannot be recorded as a new draft; empty when it can. A draft that would change nothing is not recorded.
    /// </summary>
    public static ImmutableArray<Refusal> CheckNewDraft(Proposal proposal, GovernanceHistory history) =>
        CheckDraft(proposal) is { IsEmpty: false } problems ? problems
        : ChangesNothing(VersionIdentity.Complete(proposal, history), history)
            ? [new Refusal(RefusalCodes.NothingChanged, "Nothing differs from what the registry has: change a value first.")]
        : [];

    /// <summary>The refusal of a note that cannot be recorded; null when it can.</summary>
    public static Refusal? CheckNote(string? note) => ProposalValidator.CheckNote(note);

    /// <summary>The author changes what is proposed, or why.</summary>
    public Outcome<ChangeRequest> Revise(Attribution by, Proposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        if (State != ChangeState.Draft)
            return WrongState("changed", "draft");
        if (by.Staff != Author.Staff)
            return NotTheAuthor("change");
        if (IsSame(proposal))
            return new Refusal(RefusalCodes.NothingChanged, $"Request {Id} says exactly this already: nothing was recorded.");
        if (CheckDraft(proposal) is { IsEmpty: false } refusals)
            return refusals;
        return Next(ChangeState.Draft) with { Proposal = proposal };
    }

    /// <summary>The author submits it for a decision.</summary>
    public Outcome<ChangeRequest> Submit(Attribution by, GovernanceHistory history, DateTimeOffset at)
    {
        if (State != ChangeState.Draft)
            return WrongState("submitted", "draft");
        if (by.Staff != Author.Staff)
            return NotTheAuthor("submit");
        var request = VersionIdentity.Complete(this, history);
        var refusals = CheckComplete().Concat(CheckDraft(request.Proposal)).Concat(request.CheckDocuments(history)).ToImmutableArray();
        return refusals.IsEmpty ? request.Next(ChangeState.Submitted) with { SubmittedAt = at } : refusals;
    }

    /// <summary>A person other than the author approves it. It is recorded, and takes effect on the days that its documents name.</summary>
    public Outcome<ChangeRequest> Approve(Attribution by, GovernanceHistory history, DateTimeOffset at)
    {
        if (CheckDecider(by) is { } refusal)
            return refusal;
        var request = VersionIdentity.Complete(this, history);
        var refusals = CheckDraft(request.Proposal).AddRange(request.CheckDocuments(history));
        return refusals.IsEmpty ? request.Next(ChangeState.Approved) with { Decider = by, DecidedAt = at } : refusals;
    }

    /// <summary>A person other than the author rejects it, with the reason in a note.</summary>
    public Outcome<ChangeRequest> Reject(Attribution by, string note, DateTimeOffset at)
    {
        if (CheckDecider(by) is { } refusal)
            return refusal;
        if (string.IsNullOrWhiteSpace(note))
            return new Refusal(RefusalCodes.NoteMissing, "A rejection says why: give a note that its author can act on.", "note");
        return Next(ChangeState.Rejected) with { Decider = by, DecidedAt = at };
    }

    /// <summary>The author withdraws it before it is decided.</summary>
    public Outcome<ChangeRequest> Withdraw(Attribution by)
    {
        if (State is not (ChangeState.Draft or ChangeState.Submitted))
            return WrongState("withdrawn", "draft or submitted");
        if (by.Staff != Author.Staff)
            return NotTheAuthor("withdraw");
        return Next(ChangeState.Withdrawn);
    }

    /// <summary>The author makes a withdrawn or rejected request a draft again.</summary>
    public Outcome<ChangeRequest> Reopen(Attribution by)
    {
        if (State is not (ChangeState.Rejected or ChangeState.Withdrawn))
            return WrongState("reopened", "rejected or withdrawn");
        if (by.Staff != Author.Staff)
            return NotTheAuthor("reopen");
        return Next(ChangeState.Draft) with { Decider = null, DecidedAt = null, SubmittedAt = null };
    }

    /// <summary>
    /// An administrator gives it to another author, because its author has left or cannot go on. It stays in its state. The persons who
    /// wrote it before still may not decide it.
    /// </summary>
    public Outcome<ChangeRequest> HandOver(Attribution by, Attribution to)
    {
        if (State is ChangeState.Approved)
            return WrongState("handed over", "draft, submitted, rejected or withdrawn");
        if (by.IsProgram || by.Staff is null)
            return new Refusal(RefusalCodes.ProgramDecides, "A program never hands over a change request: an administrator must.");
        if (to.Staff is null || to.Staff == Author.Staff)
            return new Refusal(RefusalCodes.NothingChanged, "The new author is the author already: choose another person.", "to");
        if (to.Staff == Decider?.Staff)
            return new Refusal(RefusalCodes.OwnRequest, "The new author decided this request: choose another person.", "to");
        return Next(State) with { Author = to };
    }

    /// <summary>Whether a proposal is the one that the request has.</summary>
    private bool IsSame(Proposal proposal) =>
        proposal with { Documents = Proposal.Documents } == Proposal && proposal.Documents.SequenceEqual(Proposal.Documents);

    /// <summary>Whether each proposed document is the revision that it was made from, or the newest one.</summary>
    private static bool ChangesNothing(Proposal proposal, GovernanceHistory history) =>
        proposal.Documents.All(proposed =>
            history.Revision(proposed)?.Document == proposed.Document
            || history.LatestOf(proposed.Document.Kind, proposed.Document.Id)?.Document == proposed.Document
        );

    private ChangeRequest Next(ChangeState state) => this with { State = state, Version = Version + 1 };

    private Refusal? CheckDecider(Attribution by)
    {
        if (State != ChangeState.Submitted)
            return WrongState("decided", "submitted");
        if (by.IsProgram)
            return new Refusal(
                RefusalCodes.ProgramDecides,
                "A program may propose and never decides: a person with the role approver must sign in to the staff pages and decide."
            );
        return by.Staff is null || by.Staff == Author.Staff || Steps.Any(step => IsWriting(step.Act) && step.By.Staff == by.Staff)
            ? new Refusal(RefusalCodes.OwnRequest, "Nobody decides their own request: another person with the role approver must.")
            : null;
    }

    /// <summary>Whether an act makes the person who did it an author of what is proposed.</summary>
    private static bool IsWriting(ChangeAct act) => act is ChangeAct.Drafted or ChangeAct.Revised or ChangeAct.Submitted;

    private IEnumerable<Refusal> CheckComplete()
    {
        if (string.IsNullOrWhiteSpace(Proposal.Reason))
            yield return new Refusal(
                RefusalCodes.ReasonMissing,
                "A change says why: give a reason that a reader of the history will understand.",
                "reason"
            );
        if (Proposal.Source is null)
            yield return new Refusal(
                RefusalCodes.SourceMissing,
                "A change needs a source: attach the order, the ordinance or the page that was read.",
                "source"
            );
    }

    private ImmutableArray<Refusal> CheckDocuments(GovernanceHistory history)
    {
        if (Proposal.Documents.IsEmpty)
            return [new Refusal(RefusalCodes.NothingChanged, "The request proposes nothing: change a value first.")];
        var stale = StaleDocuments(history);
        if (!stale.IsEmpty)
            return [.. stale.Select(BaseMoved)];
        if (
            Proposal.Documents.All(proposed =>
                history.LatestOf(proposed.Document.Kind, proposed.Document.Id)?.Document == proposed.Document
            )
        )
            return [new Refusal(RefusalCodes.NothingChanged, "The request proposes what the registry has already: nothing would change.")];
        return PolicyValidator.Problems(history, [.. Proposal.Documents.Select(proposed => proposed.Document)]);
    }

    private static Refusal BaseMoved(ProposedDocument proposed) =>
        new(
            RefusalCodes.BaseMoved,
            $"The {proposed.Document} was changed by another request since this one was made from revision {proposed.Base}: "
                + "compare the three, and have the author bring the request up to date.",
            proposed.Document.ToString()
        );

    private Refusal WrongState(string act, string required) =>
        new(RefusalCodes.WrongState, $"Request {Id} is {Json.Word(State)}: only a request that is {required} can be {act}.");

    private Refusal NotTheAuthor(string act) => new(RefusalCodes.NotTheAuthor, $"Only its author can {act} request {Id}.");
}

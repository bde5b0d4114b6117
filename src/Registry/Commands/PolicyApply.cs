using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>Submits what governance files say otherwise than the registry, as one change request for a person to approve.</summary>
/// <param name="Reason">The reason of the change request, for readers of the history.</param>
internal sealed record PolicyApply(
    IServiceProvider Services,
    GovernanceHistory History,
    ProposalFromFiles FromFiles,
    string Reason,
    bool AsJson
)
{
    /// <summary>
    /// The sign-in of the author of these change requests. It cannot sign in; it is a member of staff so that the ledger can name it.
    /// </summary>
    private const string Program = "program-policies-apply";

    /// <summary>How many submitted requests are compared with the proposal, newest first.</summary>
    private const int MaxCompared = 200;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var note in FromFiles.Notes)
            await Console.Error.WriteLineAsync(note);
        if (FromFiles.Documents.IsEmpty)
            return Print(null, "Nothing differs from what is registered: there is nothing to propose.");

        var now = TimeProvider.System.GetUtcNow();
        if (await FindAuthorAsync(now, cancellationToken) is not { } author)
            return await CommandOutput.RefusedAsync(
                $"The registry's own '{Program}' may not propose any more: 'registry staff activate {Program}' and "
                    + $"'registry staff roles {Program} --role editor' let it."
            );
        var source = new Source("Files", null, History.Current.City.DayAt(now), Confidence.Sourced);
        var proposal = new Proposal(Reason, source, FromFiles.Documents);
        var names = string.Join(", ", FromFiles.Documents.Select(proposed => proposed.Document));
        if (await FindPendingAsync(proposal, author, cancellationToken) is { } pending)
            return Print(pending, $"Change request {pending.Id} proposes exactly this already and waits for approval: {names}.");

        // Checked before the draft is recorded, so that no draft stays behind that cannot be submitted.
        if (Submit(new ChangeRequest(0, 1, ChangeState.Draft, author, now, null, null, null, proposal, []), now) is null)
            return 1;
        var changes = Services.GetRequiredService<IChangeRegister>();
        var draft = await changes.DraftAsync(proposal, author, now, cancellationToken);
        if (
            Submit(draft, now) is not { } submitted
            || await changes.ActAsync(draft, submitted, ChangeAct.Submitted, author, null, now, cancellationToken)
                is not { Value: { } request }
        )
            return await CommandOutput.RefusedAsync(
                $"Change request {draft.Id} was drafted, and another person changed it before it could be submitted: "
                    + "look at it on the staff pages."
            );
        return Print(request, $"Change request {request.Id} waits for approval: {names}.");
    }

    /// <summary>Returns the submitted request; null, with every reason on stderr, if it may not be submitted.</summary>
    private ChangeRequest? Submit(ChangeRequest draft, DateTimeOffset at)
    {
        var outcome = draft.Submit(draft.Author, History, at);
        foreach (var refusal in outcome.Refusals)
            Console.Error.WriteLine(refusal.Where is null ? refusal.Sentence : $"{refusal.Where}: {refusal.Sentence}");
        return outcome.Value;
    }

    /// <summary>Returns a submitted request of the same author that proposes the same documents; null if there is none.</summary>
    private async Task<ChangeRequest?> FindPendingAsync(Proposal proposal, Attribution author, CancellationToken cancellationToken)
    {
        var submitted = await Services
            .GetRequiredService<IChangeRegister>()
            .ListAsync(ChangeState.Submitted, null, MaxCompared, cancellationToken);
        return submitted.FirstOrDefault(request =>
            request.Author.Staff == author.Staff && request.Proposal.Documents.ToHashSet().SetEquals(proposal.Documents)
        );
    }

    /// <summary>Returns the program as author, which is added at first use; null if an administrator took its right away.</summary>
    private async Task<Attribution?> FindAuthorAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var staff = Services.GetRequiredService<IStaffRegister>();
        if (await staff.FindBySignInAsync(Program, cancellationToken) is null)
        {
            var program = new StaffMember(
                StaffMember.NewId(),
                Program,
                "registry policies apply",
                null,
                [Role.Editor],
                IsProgram: true,
                IsActive: true,
                1
            );
            await staff.AddAsync(program, null, RegisterAccess.Operator, at, cancellationToken);
        }

        return
            await staff.FindBySignInAsync(Program, cancellationToken) is { Member: { IsActive: true } member }
            && member.Roles.Contains(Role.Editor)
            ? member.AttributionAs(Role.Editor)
            : null;
    }

    private int Print(ChangeRequest? request, string sentence)
    {
        if (request is null)
            return CommandOutput.Done(
                new
                {
                    change = (long?)null,
                    documents = Array.Empty<object>(),
                    FromFiles.Notes,
                },
                sentence,
                AsJson
            );
        var documents = FromFiles.Documents.Select(proposed => new
        {
            kind = Json.Word(proposed.Document.Kind),
            proposed.Document.Id,
            proposed.Base,
        });
        return CommandOutput.Done(
            new
            {
                change = request.Id,
                state = Json.Word(request.State),
                documents,
                FromFiles.Notes,
            },
            sentence,
            AsJson
        );
    }
}

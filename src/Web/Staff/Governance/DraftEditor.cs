using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>
/// The documents of an editor's draft. A document that the draft does not change is read from the registry.
/// </summary>
internal sealed class DraftEditor
{
    private readonly GovernanceHistory _history;

    private DraftEditor(GovernanceHistory history, ChangeRequest? draft)
    {
        _history = history;
        Draft = draft;
    }

    /// <summary>The draft that is continued; null when saving starts a new one.</summary>
    public ChangeRequest? Draft { get; }

    public GovernanceSnapshot Governance => _history.Current;

    /// <summary>
    /// Opens the draft that the field or query parameter <c>change</c> names, or starts a new one when it is empty.
    /// </summary>
    /// <returns>Null when the user has no draft with that number.</returns>
    public static async Task<DraftEditor?> OpenAsync(
        IGrainFactory grains,
        IChangeRegister register,
        HttpRequest request,
        ClaimsPrincipal user
    )
    {
        var history = await grains.History();
        var number = request.HasFormContentType ? request.Form["change"].ToString() : request.Query["change"].ToString();
        if (number.Length == 0)
            return new DraftEditor(history, null);
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        var draft = await register.FindAsync(id, request.HttpContext.RequestAborted);
        return draft is { State: ChangeState.Draft } && draft.Author.Staff == user.StaffId() ? new DraftEditor(history, draft) : null;
    }

    /// <summary>An instrument as the draft changes it, or as the registry has it; null when neither has it.</summary>
    public Instrument? Instrument(string id) =>
        Proposed(id)?.Document.Value<Instrument>() ?? Governance.Table.Instruments.FirstOrDefault(instrument => instrument.Id == id);

    /// <summary>Validates an instrument and stores it in the draft.</summary>
    /// <param name="fieldOf">Maps the place of a problem in the document to the id of the form's field.</param>
    /// <returns>The address of the next step; or errors, and nothing is stored.</returns>
    public async Task<(string? NextStep, ImmutableArray<FieldError> Errors)> SaveAsync(
        IPoliciesGrain policies,
        ClaimsPrincipal user,
        Instrument instrument,
        Func<string?, string> fieldOf
    )
    {
        var problems = PolicyValidator.Problems(
            _history,
            [.. OthersThan(instrument.Id).Select(other => other.Document), PolicyDocument.For(instrument)]
        );
        if (!problems.IsEmpty)
            return (null, [.. problems.Select(problem => new FieldError(fieldOf(problem.Where), $"{problem.Where}: {problem.Sentence}"))]);
        var outcome = await StoreAsync(policies, user, instrument);
        if (outcome.Value is not { } draft)
            return (null, [.. outcome.Refusals.Select(refusal => new FieldError("", refusal.Sentence))]);
        var page = $"/staff/changes/{draft.Id}";
        return (draft.Proposal.Reason.Length == 0 ? page + "/why" : page, []);
    }

    private Task<Outcome<ChangeRequest>> StoreAsync(IPoliciesGrain policies, ClaimsPrincipal user, Instrument instrument)
    {
        var latest = _history.LatestOf(DocumentKind.Instrument, instrument.Id)?.Number ?? 0;
        var proposed = new ProposedDocument(PolicyDocument.For(instrument), Proposed(instrument.Id)?.Base ?? latest);
        var editor = user.AttributionAs(Role.Editor);
        return Draft is null
            ? policies.Draft(new Proposal("", null, [proposed]), editor)
            : policies.Act(
                Draft.Id,
                Draft.Version,
                ChangeAct.Revised,
                editor,
                null,
                Draft.Proposal with
                {
                    Documents = [.. OthersThan(instrument.Id), proposed],
                }
            );
    }

    private ProposedDocument? Proposed(string instrument) =>
        Draft?.Proposal.Documents.FirstOrDefault(proposed => IsInstrument(proposed, instrument));

    private IEnumerable<ProposedDocument> OthersThan(string instrument) =>
        Draft?.Proposal.Documents.Where(proposed => !IsInstrument(proposed, instrument)) ?? [];

    private static bool IsInstrument(ProposedDocument proposed, string id) =>
        proposed.Document.Kind == DocumentKind.Instrument && proposed.Document.Id == id;
}

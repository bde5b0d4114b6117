using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Merging;
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
/// The documents of an editor's draft. A document that the draft does not change is read from the registry, in the revision with which the
/// form was opened.
/// </summary>
internal sealed class DraftEditor
{
    private readonly GovernanceHistory _history;

    /// <summary>The revision and the version of the draft that the submitted form was opened with; null when it names none.</summary>
    private readonly (int? Revision, int? DraftVersion) _opened;

    private DraftEditor(GovernanceHistory history, ChangeRequest? draft, (int? Revision, int? DraftVersion) opened)
    {
        _history = history;
        Draft = draft;
        _opened = opened;
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
        var opened = request.HasFormContentType ? (Number(request.Form, "revision"), Number(request.Form, "draft-version")) : default;
        if (number.Length == 0)
            return new DraftEditor(history, null, opened);
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return null;
        var draft = await register.FindAsync(id, request.HttpContext.RequestAborted);
        return draft is { State: ChangeState.Draft } && draft.Author.Staff == user.StaffId()
            ? new DraftEditor(history, draft, opened)
            : null;
    }

    /// <summary>The same draft on the newest revision of every document that it does not change yet.</summary>
    public DraftEditor OnNewest() => new(_history, Draft, (null, _opened.DraftVersion));

    /// <summary>An instrument as the draft changes it, or as the registry has it; null when neither has it.</summary>
    public Instrument? Instrument(string id) => Shown(id)?.Value<Instrument>();

    /// <summary>The revision of the instrument that a form is drawn from; its hidden field carries it.</summary>
    public int RevisionOf(string instrument) => Proposed(instrument)?.Base ?? Recorded(instrument)?.Number ?? 0;

    /// <summary>Validates an instrument and stores it in the draft. An instrument that differs in nothing is not stored.</summary>
    /// <param name="fieldOf">Maps the place of a problem in the document to the id of the form's field.</param>
    /// <param name="source">The source of a new draft; null to have the next step ask for it.</param>
    /// <returns>The address of the next step; or errors, and nothing is stored.</returns>
    public async Task<(string? NextStep, ImmutableArray<FieldError> Errors)> SaveAsync(
        IPoliciesGrain policies,
        ClaimsPrincipal user,
        Instrument instrument,
        Func<string?, string> fieldOf,
        Source? source = null
    )
    {
        var document = PolicyDocument.For(instrument);
        if (document == Shown(instrument.Id))
            return (null, [new FieldError("", "You changed nothing, so nothing was recorded. Change a field, or cancel.")]);
        if (Draft is { } opened && _opened.DraftVersion is { } version && version != opened.Version)
            return (null, [new FieldError("", $"Draft {opened.Id} was changed since you opened this form: open the form again.")]);
        var proposed = Rebase(document);
        var problems = PolicyValidator.Problems(
            _history,
            [.. OthersThan(instrument.Id).Select(other => other.Document), proposed.Document]
        );
        if (!problems.IsEmpty)
            return (null, [.. problems.Select(problem => new FieldError(fieldOf(problem.Where), Located(problem)))]);
        var outcome = await StoreAsync(policies, user, proposed, source);
        if (outcome.Value is not { } draft)
            return (null, [.. outcome.Refusals.Select(refusal => new FieldError("", refusal.Sentence))]);
        var page = $"/staff/changes/{draft.Id}";
        return (draft.Proposal.Reason.Length == 0 ? page + "/why" : page, []);
    }

    /// <summary>A problem with its place in words. Which instrument it is, the page says.</summary>
    private string Located(Refusal problem)
    {
        var technologies = Governance.Table.Technologies.ToDictionary(technology => technology.Id, technology => technology.Name.Trim());
        var parts =
            problem.Where?.Split(" / ").Skip(1).Select(part => technologies.GetValueOrDefault(part) ?? NameOf(part)).ToArray() ?? [];
        return parts.Length == 0 ? problem.Sentence : $"{PlainLanguage.Sentence(string.Join(", ", parts))}: {problem.Sentence}";
    }

    /// <summary>A member of a document, as forms call it.</summary>
    private static string NameOf(string member) =>
        member switch
        {
            "effective" => "when it is in force",
            "supersededBy" => "superseded by",
            "by" => "made by",
            "retention" => "how long recordings are kept",
            "notice" => "public notice",
            "reviewBy" => "review by",
            "url" => "web address",
            _ => member,
        };

    /// <summary>
    /// The document on the newest revision. When the form was opened before that was recorded, both changes are kept; when they change one
    /// value, the request stays as it is, and its page asks the author.
    /// </summary>
    private ProposedDocument Rebase(PolicyDocument document)
    {
        var revision = RevisionOf(document.Id);
        if (
            Proposed(document.Id) is not null
            || _history.LatestOf(DocumentKind.Instrument, document.Id) is not { } latest
            || latest.Number == revision
            || Recorded(document.Id) is not { } recorded
        )
            return new ProposedDocument(document, revision);
        var merge = ThreeWayMerge.Create(recorded.Document, document, latest.Document, new HashSet<string>());
        return merge.Conflicts.IsEmpty ? new ProposedDocument(merge.Merged, latest.Number) : new ProposedDocument(document, revision);
    }

    private Task<Outcome<ChangeRequest>> StoreAsync(
        IPoliciesGrain policies,
        ClaimsPrincipal user,
        ProposedDocument proposed,
        Source? source
    )
    {
        var editor = user.AttributionAs(Role.Editor);
        return Draft is null
            ? policies.Draft(new Proposal("", source, [proposed]), editor)
            : policies.Act(
                Draft.Id,
                Draft.Version,
                ChangeAct.Revised,
                editor,
                null,
                Draft.Proposal with
                {
                    Documents = [.. OthersThan(proposed.Document.Id), proposed],
                }
            );
    }

    /// <summary>The document with which the form was opened.</summary>
    private PolicyDocument? Shown(string id) => Proposed(id)?.Document ?? Recorded(id)?.Document;

    /// <summary>The revision with which the form was opened; the newest one when the form names none.</summary>
    private PolicyRevision? Recorded(string id) =>
        _history.RevisionsOf(DocumentKind.Instrument, id).FirstOrDefault(revision => revision.Number == _opened.Revision)
        ?? _history.LatestOf(DocumentKind.Instrument, id);

    private static int? Number(IFormCollection form, string field) =>
        int.TryParse(form.Text(field), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private ProposedDocument? Proposed(string instrument) =>
        Draft?.Proposal.Documents.FirstOrDefault(proposed => IsInstrument(proposed, instrument));

    private IEnumerable<ProposedDocument> OthersThan(string instrument) =>
        Draft?.Proposal.Documents.Where(proposed => !IsInstrument(proposed, instrument)) ?? [];

    private static bool IsInstrument(ProposedDocument proposed, string id) =>
        proposed.Document.Kind == DocumentKind.Instrument && proposed.Document.Id == id;
}

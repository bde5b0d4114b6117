using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Conflicts;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Changes;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>
/// A change request: what it changes and why, its effect on notices, its history, and the actions that the user can take.
/// </summary>
public sealed class ChangeModel(
    IGrainFactory grains,
    IChangeRegister register,
    IPlaceRegister places,
    IStaffRegister staff,
    TimeProvider time
) : PageModel
{
    /// <summary>The page shows only the first documents of a large request. The API returns all.</summary>
    public const int MaxShown = 50;

    public new ChangeRequest Request { get; private set; } = null!;

    public string Status { get; private set; } = "";

    public ImmutableArray<ChangedDocument> Documents { get; private set; } = [];

    public ImmutableArray<StaleDocument> StaleDocuments { get; private set; } = [];

    /// <summary>Whether the registry has all that the request proposes.</summary>
    public bool IsRecorded =>
        StaleDocuments.Length == Request.Proposal.Documents.Length && StaleDocuments.All(document => document.IsRecorded);

    /// <summary>Whether the request is open and changes a law or policy, so that its periods may contradict those of others.</summary>
    public bool MayConflict =>
        Request.State is ChangeState.Draft or ChangeState.Submitted
        && Request.Proposal.Documents.Any(proposed => proposed.Document.Kind == DocumentKind.Instrument);

    /// <summary>The texts that would contradict each other if the request took effect, and do not without it.</summary>
    public ImmutableArray<ExpectedConflict> Conflicts { get; private set; } = [];

    /// <summary>The notices that would change; computed only for an open request without conflicts or problems.</summary>
    public ImmutableArray<EffectGroup> Effects { get; private set; } = [];

    /// <summary>The day for which the effects are computed.</summary>
    public DateOnly EffectDay { get; private set; }

    /// <summary>The number of places that were checked for effects; 0 when the effects were not computed.</summary>
    public int PlaceCount { get; private set; }

    /// <summary>The names of members of staff, by staff id.</summary>
    public ImmutableDictionary<string, string> Names { get; private set; } = ImmutableDictionary<string, string>.Empty;

    public City City { get; private set; } = null!;

    public ImmutableArray<FieldError> Errors { get; private set; } = [];

    public bool IsOwn => Request.Author.Staff == User.StaffId();

    public bool MayEdit => IsOwn && User.Is(Role.Editor);

    /// <summary>What the user can do at the end of the page, which may be long; null when nothing.</summary>
    public string? NextAct =>
        (Request.State, MayEdit, MayDecide) switch
        {
            (ChangeState.Submitted, _, true) when !IsOwn => StaleDocuments.IsEmpty ? "Approve or reject" : "Reject",
            (ChangeState.Draft, true, _) when StaleDocuments.IsEmpty => "Submit or withdraw",
            _ => null,
        };

    public bool MayDecide => User.Is(Role.Approver) && Request.State == ChangeState.Submitted;

    public async Task<IActionResult> OnGetAsync(long id) => await LoadAsync(id) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(long id, int version, string act, string? note)
    {
        (ChangeAct Act, Role Role)? requested = act switch
        {
            "submit" => (ChangeAct.Submitted, Role.Editor),
            "approve" => (ChangeAct.Approved, Role.Approver),
            "reject" => (ChangeAct.Rejected, Role.Approver),
            "withdraw" => (ChangeAct.Withdrawn, Role.Editor),
            "reopen" => (ChangeAct.Reopened, Role.Editor),
            _ => null,
        };
        if (requested is not { } action)
            return BadRequest();
        if (!User.Is(action.Role))
            return Forbid();
        var given = note?.Trim() is { Length: > 0 } text ? text : null;
        var outcome = await grains.Policies().Act(id, version, action.Act, User.AttributionAs(action.Role), given);
        return outcome.IsDone ? Redirect($"/staff/changes/{id}") : await RefusedAsync(id, outcome.Refusals);
    }

    /// <summary>
    /// Merges the documents of a request with the newest revisions. The form says which value wins in each conflict.
    /// </summary>
    public async Task<IActionResult> OnPostRebaseAsync(long id, int version)
    {
        if (await register.FindAsync(id, HttpContext.RequestAborted) is not { } request || !User.Is(Role.Editor))
            return NotFound();
        var history = await grains.History();
        var keepProposed = HttpContext.Request.Form.Where(field => field.Value == "mine").Select(field => field.Key).ToHashSet();
        request = VersionIdentity.Complete(request, history);
        ImmutableArray<ProposedDocument> merged =
        [
            .. request
                .Proposal.Documents.Select(proposed => ProposedDocumentText.Rebase(proposed, history, keepProposed))
                .OfType<ProposedDocument>(),
        ];
        if (merged.IsEmpty)
            return await RefusedAsync(
                id,
                [new Refusal(RefusalCodes.NothingChanged, "With these choices the registry has all of this request: withdraw it.")]
            );
        if (request.State == ChangeState.Submitted)
        {
            var reopened = await ReopenAsync(id, version);
            if (reopened.Value is not { } draft)
                return await RefusedAsync(id, reopened.Refusals);
            version = draft.Version;
        }

        var revised = request.Proposal with { Documents = merged };
        var outcome = await grains.Policies().Act(id, version, ChangeAct.Revised, User.AttributionAs(Role.Editor), null, revised);
        return outcome.IsDone ? Redirect($"/staff/changes/{id}") : await RefusedAsync(id, outcome.Refusals);
    }

    /// <summary>
    /// Turns a submitted request back into a draft. A submitted request never changes while an approver looks at it: it is withdrawn,
    /// changed and submitted again.
    /// </summary>
    private async Task<Outcome<ChangeRequest>> ReopenAsync(long id, int version)
    {
        var withdrawn = await grains.Policies().Act(id, version, ChangeAct.Withdrawn, User.AttributionAs(Role.Editor));
        return withdrawn.Value is { } request
            ? await grains.Policies().Act(id, request.Version, ChangeAct.Reopened, User.AttributionAs(Role.Editor))
            : withdrawn;
    }

    private async Task<IActionResult> RefusedAsync(long id, ImmutableArray<Refusal> refusals)
    {
        if (!await LoadAsync(id))
            return NotFound();
        Response.StatusCode = refusals[0].Code
            is RefusalCodes.OwnRequest
                or RefusalCodes.NotTheAuthor
                or RefusalCodes.NotEntitled
                or RefusalCodes.ProgramDecides
            ? StatusCodes.Status403Forbidden
            : StatusCodes.Status409Conflict;
        Errors =
        [
            .. refusals.Select(refusal => new FieldError(
                "",
                refusal.Where is { } where ? $"{where}: {refusal.Sentence}" : refusal.Sentence
            )),
        ];
        return Page();
    }

    private async Task<bool> LoadAsync(long id)
    {
        if (await register.FindAsync(id, HttpContext.RequestAborted) is not { } request)
            return false;
        var history = await grains.History();
        Request = VersionIdentity.Complete(request, history);
        City = history.Current.City;
        request = Request;
        var today = City.DayAt(time.GetUtcNow());
        Status = ChangeStatusText.For(request, history, today);
        var proposed = history.With(request.Proposal.Documents.Select(document => document.Document));
        var texts = new ProposedDocumentText(history, proposed);
        Documents = [.. request.Proposal.Documents.Take(MaxShown).Select(document => texts.Describe(document, request.Id, today))];
        StaleDocuments = [.. request.StaleDocuments(history).Select(texts.DescribeStale)];
        if (MayConflict)
            Conflicts = ExpectedConflict.Added(proposed.Table, history.Current.Table, today);
        if (CanTakeEffect(history))
            await LoadEffectsAsync(proposed, ChangeStatusText.FirstDay(request, history, today) ?? today);
        var members = await staff.AllAsync(HttpContext.RequestAborted);
        Names = members.ToImmutableDictionary(member => member.Id, member => member.Name);
        return true;
    }

    private bool CanTakeEffect(GovernanceHistory history) =>
        Request.State is ChangeState.Draft or ChangeState.Submitted
        && StaleDocuments.IsEmpty
        && PolicyValidator.Problems(history, [.. Request.Proposal.Documents.Select(proposed => proposed.Document)]).IsEmpty;

    private async Task LoadEffectsAsync(GovernanceSnapshot proposed, DateOnly day)
    {
        EffectDay = day;
        var all = await places.PlacesAsync(HttpContext.RequestAborted);
        PlaceCount = all.Length;
        var previews = await Task.WhenAll(all.Select(place => grains.Place(place.Id).Preview(proposed, day)));
        Effects = EffectGroup.From(
            previews
                .OfType<NoticePreview>()
                .Where(preview => NoticePayload.ContentHash(preview.Now) != NoticePayload.ContentHash(preview.Then))
                .Select(NoticeEffect.From)
        );
    }
}

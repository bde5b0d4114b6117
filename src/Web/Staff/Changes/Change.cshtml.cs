using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Changes;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>
/// A change request: what it changes, why, what the public would see, who did what; and what whoever looks may do with it.
/// </summary>
public sealed class ChangeModel(
    IGrainFactory grains,
    IChangeRegister register,
    IPlaceRegister places,
    IStaffRegister staff,
    TimeProvider time
) : PageModel
{
    public new ChangeRequest Request { get; private set; } = null!;

    /// <summary>A request of many documents shows the first; the API has them all.</summary>
    public const int MaxShown = 50;

    public string Stands { get; private set; } = "";

    /// <summary>Each document that changes: its name, its link, and what differs, in words.</summary>
    public ImmutableArray<ChangedDocument> Documents { get; private set; } = [];

    /// <summary>The documents that somebody else changed meanwhile.</summary>
    public ImmutableArray<(
        string Name,
        ImmutableArray<string> Mine,
        ImmutableArray<string> Theirs,
        ImmutableArray<ConflictText> Clashes
    )> Moved { get; private set; } = [];

    /// <summary>The notices that would say something else.</summary>
    public ImmutableArray<NoticeEffect> Effects { get; private set; } = [];

    /// <summary>The day for which the effect is shown.</summary>
    public DateOnly EffectDay { get; private set; }

    public int PlaceCount { get; private set; }

    public ImmutableDictionary<string, string> Names { get; private set; } = ImmutableDictionary<string, string>.Empty;

    public City City { get; private set; } = null!;

    public ImmutableArray<(string Field, string Sentence)> Faults { get; private set; } = [];

    public bool IsMine => Request.Author.Staff == User.StaffId();

    public bool MayEdit => IsMine && User.Is(Role.Editor);

    public bool MayDecide => User.Is(Role.Approver) && Request.State == ChangeState.Submitted;

    public async Task<IActionResult> OnGetAsync(long id) => await ShowAsync(id) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(long id, int version, string act, string? note)
    {
        (ChangeAct Act, Role Role)? asked = act switch
        {
            "submit" => (ChangeAct.Submitted, Role.Editor),
            "approve" => (ChangeAct.Approved, Role.Approver),
            "reject" => (ChangeAct.Rejected, Role.Approver),
            "withdraw" => (ChangeAct.Withdrawn, Role.Editor),
            "reopen" => (ChangeAct.Reopened, Role.Editor),
            _ => null,
        };
        if (asked is not { } what)
            return BadRequest();
        if (!User.Is(what.Role))
            return Forbid();
        var said = note?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, Proposal.MaxReason)] : null;
        var outcome = await grains.Policies().Act(id, version, what.Act, User.HasRole(what.Role), said);
        if (outcome.IsDone)
            return Redirect($"/staff/changes/{id}");
        return await RefusedAsync(id, outcome.Refusals);
    }

    /// <summary>Brings a draft up to date: what only one side changed is taken from it, and for each clash what was chosen.</summary>
    public async Task<IActionResult> OnPostRebaseAsync(long id, int version)
    {
        if (await register.FindAsync(id, HttpContext.RequestAborted) is not { } before || !User.Is(Role.Editor))
            return NotFound();
        var history = await grains.History();
        var keepMine = HttpContext.Request.Form.Where(field => field.Value == "mine").Select(field => field.Key).ToHashSet();
        ImmutableArray<ProposedDocument> merged =
        [
            .. before.Proposal.Documents.Select(one =>
                history.LatestOf(one.Document.Kind, one.Document.Id) is { } latest
                && latest.Number != one.Base
                && Base(history, one) is { } from
                    ? new ProposedDocument(
                        ThreeWayMerge
                            .Create(
                                from,
                                one.Document,
                                latest.Document,
                                keepMine
                                    .Where(key => key.StartsWith(one.Document + ":", StringComparison.Ordinal))
                                    .Select(key => key[(one.Document.ToString().Length + 1)..])
                                    .ToHashSet()
                            )
                            .Merged,
                        latest.Number
                    )
                    : one
            ),
        ];
        if (before.State == ChangeState.Submitted)
        {
            // What is handed in does not change under the eyes of whoever decides: it is taken back, and handed in anew.
            var withdrawn = await grains.Policies().Act(id, version, ChangeAct.Withdrawn, User.HasRole(Role.Editor));
            if (withdrawn.Value is not { } taken)
                return await RefusedAsync(id, withdrawn.Refusals);
            var reopened = await grains.Policies().Act(id, taken.Version, ChangeAct.Reopened, User.HasRole(Role.Editor));
            if (reopened.Value is not { } open)
                return await RefusedAsync(id, reopened.Refusals);
            version = open.Version;
        }

        var outcome = await grains
            .Policies()
            .Act(id, version, ChangeAct.Revised, User.HasRole(Role.Editor), null, before.Proposal with { Documents = merged });
        return outcome.IsDone ? Redirect($"/staff/changes/{id}") : await RefusedAsync(id, outcome.Refusals);
    }

    private async Task<IActionResult> RefusedAsync(long id, ImmutableArray<Refusal> refusals)
    {
        if (!await ShowAsync(id))
            return NotFound();
        Response.StatusCode = refusals[0].Code is "own-request" or "not-the-author"
            ? StatusCodes.Status403Forbidden
            : StatusCodes.Status409Conflict;
        Faults = [.. refusals.Select(refusal => ("", (refusal.Where is null ? "" : refusal.Where + ": ") + refusal.Sentence))];
        return Page();
    }

    private async Task<bool> ShowAsync(long id)
    {
        if (await register.FindAsync(id, HttpContext.RequestAborted) is not { } request)
            return false;
        var history = await grains.History();
        (Request, City) = (request, history.Current.City);
        var today = City.DayAt(time.GetUtcNow());
        Stands = ChangeStatusText.For(request, history, today);
        var names = history.With(request.Proposal.Documents.Select(one => one.Document));
        Documents =
        [
            .. request
                .Proposal.Documents.Take(MaxShown)
                .Select(one => new ChangedDocument(
                    Title(one.Document),
                    one.Document.Kind == DocumentKind.Instrument && history.LatestOf(DocumentKind.Instrument, one.Document.Id) is not null
                        ? $"/staff/instruments/{one.Document.Id}"
                        : null,
                    ChangeDescription.Describe(Base(history, one), one.Document, names)
                )),
        ];
        Moved = [.. request.StaleDocuments(history).Select(one => Threefold(one, history, names))];
        if (
            request.State is ChangeState.Draft or ChangeState.Submitted
            && Moved.IsEmpty
            && PolicyValidator.Problems(history, [.. request.Proposal.Documents.Select(one => one.Document)]).IsEmpty
        )
            await EffectAsync(names, ChangeStatusText.FirstDay(request, history) is { } first && first > today ? first : today);
        var members = await staff.AllAsync(HttpContext.RequestAborted);
        Names = members.ToImmutableDictionary(member => member.Id, member => member.Name);
        return true;
    }

    private async Task EffectAsync(GovernanceSnapshot governance, DateOnly day)
    {
        EffectDay = day;
        var all = await places.PlacesAsync(HttpContext.RequestAborted);
        PlaceCount = all.Length;
        var previews = await Task.WhenAll(all.Select(place => grains.Place(place.Id).Preview(governance, day)));
        Effects =
        [
            .. previews
                .OfType<Grains.Places.NoticePreview>()
                .Where(preview => NoticePayload.ContentHash(preview.Now) != NoticePayload.ContentHash(preview.Then))
                .Select(NoticeEffect.Of),
        ];
    }

    private static PolicyDocument? Base(GovernanceHistory history, ProposedDocument one) =>
        history.From(one.Document.Kind, one.Document.Id).FirstOrDefault(revision => revision.Number == one.Base)?.Document;

    private static (string, ImmutableArray<string>, ImmutableArray<string>, ImmutableArray<ConflictText>) Threefold(
        ProposedDocument one,
        GovernanceHistory history,
        GovernanceSnapshot names
    )
    {
        var latest = history.LatestOf(one.Document.Kind, one.Document.Id)?.Document;
        if (Base(history, one) is not { } from || latest is null)
            return (Title(one.Document), Words(null, one.Document), latest is null ? [] : Words(null, latest), []);
        var clashes = ThreeWayMerge.Create(from, one.Document, latest, new HashSet<string>()).Clashes;
        return (
            Title(one.Document),
            Words(from, one.Document),
            Words(from, latest),
            [
                .. clashes.Select(clash => new ConflictText(
                    $"{one.Document}:{clash.Key}",
                    clash.Key.Replace("/", " / ", StringComparison.Ordinal),
                    clash.Base,
                    clash.Mine,
                    clash.Theirs
                )),
            ]
        );

        ImmutableArray<string> Words(PolicyDocument? before, PolicyDocument after) =>
            [.. ChangeDescription.Describe(before, after, names).Select(sentence => PlainLanguage.Sentence(sentence.ToString()))];
    }

    private static string Title(PolicyDocument document) =>
        document.Kind switch
        {
            DocumentKind.Instrument => document.Value<Instrument>().Citation,
            DocumentKind.Technology => document.Value<Technology>().Name.Trim(),
            DocumentKind.Wording => "Words of notices, " + CultureInfo.GetCultureInfo(document.Id).EnglishName,
            DocumentKind.City => document.Value<City>().Name,
            _ => "Chapters that may be cited",
        };
}

/// <summary>A document of a request, and what differs in words.</summary>
public sealed record ChangedDocument(string Title, string? Link, ImmutableArray<ChangeDescription> Sentences);

/// <summary>A clash as the page shows it.</summary>
public sealed record ConflictText(string Key, string Path, string? Base, string? Mine, string? Theirs);

/// <summary>What would change on the notices of a place, sentence by sentence, in every language.</summary>
public sealed record NoticeEffect(
    Place Place,
    ImmutableArray<string> Kiosks,
    ImmutableArray<(string Language, string Direction, ImmutableArray<string> Gone, ImmutableArray<string> Come)> Languages
)
{
    internal static NoticeEffect Of(Grains.Places.NoticePreview preview) =>
        new(
            preview.Place,
            [.. preview.Kiosks.Where(kiosk => !kiosk.Kiosk.Removed).Select(kiosk => kiosk.Kiosk.Id)],
            [
                .. preview
                    .Then.Now.Languages.Keys.Union(preview.Now.Now.Languages.Keys)
                    .Order(StringComparer.Ordinal)
                    .Select(language =>
                    {
                        var (before, after) = (Sentences(preview.Now, language), Sentences(preview.Then, language));
                        var direction = preview.Then.Now.Languages.TryGetValue(language, out var text) ? text.Direction : "ltr";
                        return (language, direction, before.Except(after).ToImmutableArray(), after.Except(before).ToImmutableArray());
                    }),
            ]
        );

    private static ImmutableArray<string> Sentences(NoticeContent content, string language) =>
        [
            .. ((NoticeBody[])[content.Now, content.Worst])
                .Where(face => face.Languages.ContainsKey(language))
                .Select(face => face.Languages[language])
                .SelectMany(text =>
                    text.Facts.SelectMany(fact => (string[])[fact.Line, fact.RuleLine, fact.RetentionLine])
                        .Concat(text.FirstLayer.Concat(text.SecondLayer).Select(item => item.Text))
                )
                .Where(sentence => sentence.Length > 0)
                .Distinct(),
        ];
}

using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Staff.Forms;

/// <summary>
/// A page that changes what signs say. An editor proposes and another person approves. The pages of change requests show the effect on each
/// notice before anybody decides.
/// </summary>
public abstract class DraftPageModel(IGrainFactory grains) : FormPageModel
{
    private protected GovernanceHistory History { get; private set; } = null!;

    private protected GovernanceSnapshot Governance => History.Current;

    public City City => Governance.City;

    public bool MayAct => User.Is(Role.Editor);

    public string Time(DateTimeOffset at) => CityTime.Format(City, at);

    private protected async Task LoadHistoryAsync() => History = await grains.History();

    /// <summary>The revision with which the submitted form was opened; the newest when it names none, null for a new document.</summary>
    /// <param name="field">The hidden field with its number.</param>
    private protected PolicyRevision? Opened(DocumentKind kind, string id, string field)
    {
        var revisions = History.RevisionsOf(kind, id);
        return
            int.TryParse(Request.Form.Text(field), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && revisions.FirstOrDefault(revision => revision.Number == number) is { } opened
            ? opened
            : revisions.LastOrDefault();
    }

    /// <summary>
    /// A changed wording; none when the change changes nothing. A text that the wording lacks is shown in English, and so it is in it.
    /// </summary>
    private protected static IEnumerable<ProposedDocument> Reworded(PolicyRevision opened, Func<Wording, Wording> change)
    {
        ArgumentNullException.ThrowIfNull(opened);
        ArgumentNullException.ThrowIfNull(change);
        var changed = change(opened.Document.Value<Wording>());
        if (PolicyDocument.For(changed) != opened.Document)
            yield return new ProposedDocument(
                PolicyDocument.For(
                    changed with
                    {
                        Texts = changed.Texts.AddRange(PageTexts.English.Where(text => !changed.Texts.ContainsKey(text.Key))),
                    }
                ),
                opened.Number
            );
    }

    /// <summary>Makes a draft of documents, and leads to the question why; or shows what is wrong with it.</summary>
    /// <param name="documents">Those that differ from the revision with which the form was opened.</param>
    /// <param name="more">What the page itself finds against them.</param>
    /// <param name="fieldOf">Maps a document and a part of it to the id of the form's field.</param>
    private protected async Task<IActionResult> DraftAsync(
        ImmutableArray<ProposedDocument> documents,
        ImmutableArray<FieldError> more,
        Func<string, string, string> fieldOf
    )
    {
        if (documents.IsEmpty)
            return Invalid([new FieldError("", "You changed nothing, so nothing was recorded. Change a field, or go back.")]);
        // What the page has said already is not said again.
        ImmutableArray<FieldError> errors = more.IsEmpty
            ?
            [
                .. PolicyValidator
                    .Problems(History, [.. documents.Select(proposed => proposed.Document)])
                    .Select(problem => ErrorOf(problem, fieldOf)),
            ]
            : more;
        if (!errors.IsEmpty)
            return Invalid(errors);
        var outcome = await grains.Policies().Draft(new Proposal("", null, documents), User.AttributionAs(Role.Editor));
        return outcome.Value is { } draft
            ? Redirect($"/staff/changes/{draft.Id}/why")
            : Invalid(outcome.Refusals.Select(refusal => new FieldError("", refusal.Sentence)));
    }

    /// <summary>A problem in words. One of an instrument leads to its page.</summary>
    private FieldError ErrorOf(Refusal problem, Func<string, string, string> fieldOf)
    {
        var parts = problem.Where?.Split(" / ") ?? [""];
        var document = parts[0];
        if (!document.StartsWith("instrument ", StringComparison.Ordinal))
            return new FieldError(fieldOf(document, parts.Length > 1 ? parts[^1] : ""), problem.Sentence);
        var id = document["instrument ".Length..];
        var citation = Governance.Table.Instruments.FirstOrDefault(instrument => instrument.Id == id)?.Citation ?? id;
        return new FieldError("", problem.Sentence) { Links = [new FieldLink($"/staff/instruments/{id}", citation)] };
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.CitySettings;

/// <summary>
/// A page that changes the document of the city: its settings, or one of its departments. Every sign states them, so an editor proposes and
/// another person approves. The pages of change requests show the effect on each notice before anybody decides.
/// </summary>
public abstract class CityPageModel(IGrainFactory grains) : FormPageModel
{
    private GovernanceHistory _history = null!;

    private protected GovernanceSnapshot Governance => _history.Current;

    public City City => Governance.City;

    /// <summary>The revision of the city that the form is drawn from. A change names it.</summary>
    public int Revision => Revisions[^1].Number;

    public bool MayAct => User.Is(Role.Editor);

    /// <summary>Every revision of the city, oldest first.</summary>
    public ImmutableArray<PolicyRevision> Revisions { get; private set; } = [];

    public string Time(DateTimeOffset at) => CityTime.Format(City, at);

    private protected async Task LoadAsync()
    {
        _history = await grains.History();
        Revisions = _history.RevisionsOf(DocumentKind.City, PolicyDocument.CityId);
    }

    /// <summary>Makes a draft that changes the city, and leads to the question why; or shows what is wrong with it.</summary>
    /// <param name="change">The change of the city in the revision with which the form was opened.</param>
    /// <param name="more">What the page itself finds against it.</param>
    /// <param name="fieldOf">Maps a part of the document to the id of the form's field.</param>
    private protected async Task<IActionResult> DraftAsync(
        Func<City, City> change,
        ImmutableArray<FieldError> more,
        Func<string, string> fieldOf
    )
    {
        var opened = Opened();
        var document = PolicyDocument.For(change(opened.Document.Value<City>()));
        if (document == opened.Document)
            return Invalid([new FieldError("", "You changed nothing, so nothing was recorded. Change a field, or go back.")]);
        // What the page has said already is not said again.
        ImmutableArray<FieldError> errors = more.IsEmpty
            ? [.. PolicyValidator.Problems(_history, [document]).Select(problem => ErrorOf(problem, fieldOf))]
            : more;
        if (!errors.IsEmpty)
            return Invalid(errors);
        var outcome = await grains
            .Policies()
            .Draft(new Proposal("", null, [new ProposedDocument(document, opened.Number)]), User.AttributionAs(Role.Editor));
        return outcome.Value is { } draft
            ? Redirect($"/staff/changes/{draft.Id}/why")
            : Invalid(outcome.Refusals.Select(refusal => new FieldError("", refusal.Sentence)));
    }

    /// <summary>The revision with which the submitted form was opened; the newest when it names none.</summary>
    private PolicyRevision Opened() =>
        int.TryParse(Request.Form.Text("revision"), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && Revisions.FirstOrDefault(revision => revision.Number == number) is { } opened
            ? opened
            : Revisions[^1];

    /// <summary>A problem in words. One of another document leads to its page.</summary>
    private FieldError ErrorOf(Refusal problem, Func<string, string> fieldOf)
    {
        var parts = problem.Where?.Split(" / ") ?? [];
        if (parts is not [var document, ..] || !document.StartsWith("instrument ", StringComparison.Ordinal))
            return new FieldError(fieldOf(parts.Length > 1 ? parts[^1] : ""), problem.Sentence);
        var id = document["instrument ".Length..];
        var citation = Governance.Table.Instruments.FirstOrDefault(instrument => instrument.Id == id)?.Citation ?? id;
        return new FieldError("", problem.Sentence) { Links = [new FieldLink($"/staff/instruments/{id}", citation)] };
    }
}

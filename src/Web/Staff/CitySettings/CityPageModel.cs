using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.CitySettings;

/// <summary>A page that changes the document of the city: its settings, or one of its departments. Every sign states them.</summary>
public abstract class CityPageModel(IGrainFactory grains) : DraftPageModel(grains)
{
    /// <summary>The revision of the city that the form is drawn from. A change names it.</summary>
    public int Revision => Revisions[^1].Number;

    /// <summary>Every revision of the city, oldest first.</summary>
    public ImmutableArray<PolicyRevision> Revisions { get; private set; } = [];

    private protected async Task LoadAsync()
    {
        await LoadHistoryAsync();
        Revisions = History.RevisionsOf(DocumentKind.City, PolicyDocument.CityId);
    }

    /// <summary>Makes a draft that changes the city, and leads to the question why; or shows what is wrong with it.</summary>
    /// <param name="change">The change of the city in the revision with which the form was opened.</param>
    /// <param name="more">What the page itself finds against it.</param>
    /// <param name="fieldOf">Maps a part of the document to the id of the form's field.</param>
    private protected Task<IActionResult> DraftAsync(Func<City, City> change, ImmutableArray<FieldError> more, Func<string, string> fieldOf)
    {
        var opened = Opened(DocumentKind.City, PolicyDocument.CityId, "revision")!;
        var document = PolicyDocument.For(change(opened.Document.Value<City>()));
        return DraftAsync(
            document == opened.Document ? [] : [new ProposedDocument(document, opened.Number)],
            more,
            (_, part) => fieldOf(part)
        );
    }
}

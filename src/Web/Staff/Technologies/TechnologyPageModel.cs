using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Technologies;

/// <summary>A page that proposes a technology, with what signs call it in each language.</summary>
public abstract class TechnologyPageModel(IGrainFactory grains) : DraftPageModel(grains)
{
    /// <summary>The revision of the technology that the form is drawn from; 0 for a new one.</summary>
    public int Revision { get; private protected set; }

    /// <summary>The texts of notices in each language.</summary>
    public ImmutableArray<Wording> Wordings => Governance.Wordings;

    /// <summary>The revision of the wording that the form is drawn from.</summary>
    public int RevisionOf(Wording wording)
    {
        ArgumentNullException.ThrowIfNull(wording);
        return History.LatestOf(DocumentKind.Wording, wording.Language)!.Number;
    }

    /// <summary>Makes a draft of a technology and of what signs say of it.</summary>
    /// <param name="opened">The technology with which the form was opened; null for a new one.</param>
    /// <param name="before">What is not on the form.</param>
    /// <param name="errors">What the page found already.</param>
    private protected Task<IActionResult> DraftFieldsAsync(PolicyRevision? opened, Technology before, List<FieldError> errors)
    {
        var technology = TechnologyFields.Read(Request.Form, before, errors);
        var document = PolicyDocument.For(technology);
        var documents = ImmutableArray.CreateBuilder<ProposedDocument>();
        if (document != opened?.Document)
            documents.Add(new ProposedDocument(document, opened?.Number ?? 0));
        foreach (var wording in Wordings)
        {
            var revision = Opened(DocumentKind.Wording, wording.Language, $"revision-{wording.Language}")!;
            documents.AddRange(Reworded(revision, texts => TechnologyFields.Read(Request.Form, texts, technology.Id)));
        }

        return DraftAsync(documents.ToImmutable(), [.. errors], TechnologyFields.FieldOf);
    }
}

using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Descriptions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains.Policies;

namespace SurveillanceRegistry.Web.Policies.Text;

/// <summary>A recorded revision as text.</summary>
/// <param name="Before">The revision before it; null for the first.</param>
/// <param name="Change">The change request that made it; null for the content that the registry was opened with.</param>
internal sealed record RevisionText(
    PolicyRevision Revision,
    PolicyDocument? Before,
    PublicChange? Change,
    ImmutableArray<ChangeDescription> Sentences,
    City City
)
{
    /// <summary>The persons and programs that made it, by role and department.</summary>
    public string By => Who(Change, City);

    /// <summary>Whether it says that something was recorded wrongly.</summary>
    public bool IsCorrection => CorrectionDescription.IsCorrection(Before, Revision.Document, City.DayAt(Revision.RecordedAt));

    /// <summary>The versions that it corrects for all of their time, and what it records late of the past, in sentences.</summary>
    public ImmutableArray<string> Corrections =>
        CorrectionDescription.Sentences(Before, Revision.Document, City.DayAt(Revision.RecordedAt));

    /// <summary>The sentences by part of the document: first those about the whole document.</summary>
    public IEnumerable<IGrouping<string?, ChangeDescription>> Parts =>
        Sentences.GroupBy(sentence => sentence.Where).OrderBy(part => part.Key is not null);

    /// <summary>Creates the texts of revisions; each is compared with the previous revision in the history.</summary>
    public static async Task<ImmutableArray<RevisionText>> OfAsync(
        ImmutableArray<PolicyRevision> revisions,
        GovernanceHistory history,
        IGrainFactory grains
    )
    {
        var changes = (
            await grains
                .GetGrain<IPoliciesGrain>(IPoliciesGrain.City)
                .Changes([.. revisions.Select(revision => revision.Change).OfType<long>().Distinct()])
        ).ToDictionary(change => change.Number);
        return
        [
            .. revisions.Select(revision =>
                For(revision, revision.Change is { } number ? changes.GetValueOrDefault(number) : null, history)
            ),
        ];
    }

    public static RevisionText For(PolicyRevision revision, PublicChange? change, GovernanceHistory history)
    {
        var before =
            revision.Number > 1 ? history.RevisionsOf(revision.Document.Kind, revision.Document.Id)[revision.Number - 2].Document : null;
        var (known, document) = (history.Current, revision.Document);
        return new RevisionText(revision, before, change, ChangeDescription.Describe(before, document, known), known.City);
    }

    /// <summary>The persons and programs that made a change, by role and department; never by name.</summary>
    public static string Who(PublicChange? change, City city) =>
        change is null
            ? "from the files that the registry was opened with"
            : $"proposed by {Actor(change.Author, city)}, approved by {Actor(change.Approver, city)}";

    private static string Actor(PublicActor actor, City city) =>
        $"a {(actor.IsProgram ? "program" : "person")} with the role {actor.Role.Replace('-', ' ')}"
        + (actor.Department is { } department ? $" of {city.Department(department)?.Name ?? department}" : "");
}

using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>A document of a change request and what it changes, in words.</summary>
/// <param name="Link">The staff page of the document; null when it has none.</param>
public sealed record ChangedDocument(string Title, string? Link, ImmutableArray<ChangeDescription> Changes);

/// <summary>A document of a change request of which a newer revision was recorded since the request was drafted.</summary>
/// <param name="Proposed">What the request changes.</param>
/// <param name="Recorded">What the newer revision changes.</param>
/// <param name="Conflicts">The values that both change differently.</param>
public sealed record StaleDocument(
    string Title,
    ImmutableArray<string> Proposed,
    ImmutableArray<string> Recorded,
    ImmutableArray<ConflictText> Conflicts
);

/// <summary>A value that the request and the recorded revision change differently.</summary>
/// <param name="Field">The name of the form field that resolves it.</param>
/// <param name="Path">The place of the value in the document.</param>
public sealed record ConflictText(string Field, string Path, string? Base, string? Proposed, string? Recorded);

/// <summary>Describes the documents of a change request for people, and merges them with newer revisions.</summary>
/// <param name="snapshot">The governance as the request proposes it; it supplies the names in descriptions.</param>
internal sealed class ProposedDocumentText(GovernanceHistory history, GovernanceSnapshot snapshot)
{
    public ChangedDocument Describe(ProposedDocument proposed)
    {
        var document = proposed.Document;
        var isRecordedInstrument =
            document.Kind == DocumentKind.Instrument && history.LatestOf(DocumentKind.Instrument, document.Id) is not null;
        return new ChangedDocument(
            TitleOf(document),
            isRecordedInstrument ? $"/staff/instruments/{document.Id}" : null,
            [.. ChangeDescription.Describe(BaseOf(proposed, history), document, snapshot)]
        );
    }

    public StaleDocument DescribeStale(ProposedDocument proposed)
    {
        var document = proposed.Document;
        var recorded = history.LatestOf(document.Kind, document.Id)?.Document;
        if (BaseOf(proposed, history) is not { } before || recorded is null)
            return new StaleDocument(TitleOf(document), Sentences(null, document), recorded is null ? [] : Sentences(null, recorded), []);
        var conflicts = ThreeWayMerge.Create(before, document, recorded, new HashSet<string>()).Conflicts;
        return new StaleDocument(
            TitleOf(document),
            Sentences(before, document),
            Sentences(before, recorded),
            [
                .. conflicts.Select(conflict => new ConflictText(
                    FieldPrefix(document) + conflict.Key,
                    conflict.Key.Replace("/", " / ", StringComparison.Ordinal),
                    conflict.Base,
                    conflict.Mine,
                    conflict.Theirs
                )),
            ]
        );
    }

    /// <summary>
    /// Merges a document with the newest revision. A document that is not stale, or whose base is not known, is returned as it is.
    /// </summary>
    /// <param name="keepProposed">The form fields of the conflicts in which the proposed value wins.</param>
    public static ProposedDocument Rebase(ProposedDocument proposed, GovernanceHistory history, IReadOnlySet<string> keepProposed)
    {
        var document = proposed.Document;
        if (
            history.LatestOf(document.Kind, document.Id) is not { } latest
            || latest.Number == proposed.Base
            || BaseOf(proposed, history) is not { } before
        )
            return proposed;
        var prefix = FieldPrefix(document);
        var keys = keepProposed
            .Where(field => field.StartsWith(prefix, StringComparison.Ordinal))
            .Select(field => field[prefix.Length..])
            .ToHashSet();
        return new ProposedDocument(ThreeWayMerge.Create(before, document, latest.Document, keys).Merged, latest.Number);
    }

    private static PolicyDocument? BaseOf(ProposedDocument proposed, GovernanceHistory history) =>
        history
            .RevisionsOf(proposed.Document.Kind, proposed.Document.Id)
            .FirstOrDefault(revision => revision.Number == proposed.Base)
            ?.Document;

    private static string FieldPrefix(PolicyDocument document) => $"{document}:";

    private ImmutableArray<string> Sentences(PolicyDocument? before, PolicyDocument after) =>
        [.. ChangeDescription.Describe(before, after, snapshot).Select(change => PlainLanguage.Sentence(change.ToString()))];

    private static string TitleOf(PolicyDocument document) =>
        document.Kind switch
        {
            DocumentKind.Instrument => document.Value<Instrument>().Citation,
            DocumentKind.Technology => document.Value<Technology>().Name.Trim(),
            DocumentKind.Wording => "Text of notices, " + CultureInfo.GetCultureInfo(document.Id).EnglishName,
            DocumentKind.City => document.Value<City>().Name,
            DocumentKind.Chapters => "Chapters that can be cited",
            _ => throw new ArgumentOutOfRangeException(nameof(document), document.Kind, null),
        };
}

using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Descriptions;
using SurveillanceRegistry.Domain.Changes.Merging;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>A document of a change request and what it changes, in words.</summary>
/// <param name="Link">The staff page of the document; null when it has none.</param>
/// <param name="Remarks">The versions that it corrects, what it records late of the past, and dates to check, in sentences.</param>
/// <param name="Terms">The pages on which the author changes the terms of versions that the request adds.</param>
public sealed record ChangedDocument(
    string Title,
    string? Link,
    ImmutableArray<ChangeDescription> Changes,
    ImmutableArray<string> Remarks,
    ImmutableArray<(string Label, string Link)> Terms
);

/// <summary>A document of a change request of which a newer revision was recorded since the request was drafted.</summary>
/// <param name="Proposed">What the request changes.</param>
/// <param name="Recorded">What the newer revision changes.</param>
/// <param name="Updated">What the request would change after an update that keeps the recorded value in each conflict; empty when the
/// registry has all of it already.</param>
/// <param name="Conflicts">The values that both change differently.</param>
public sealed record StaleDocument(
    string Title,
    ImmutableArray<string> Proposed,
    ImmutableArray<string> Recorded,
    ImmutableArray<string> Updated,
    ImmutableArray<ConflictText> Conflicts
)
{
    /// <summary>Whether the registry has all that the request proposes for the document.</summary>
    public bool IsRecorded => Updated.IsEmpty && Conflicts.IsEmpty;
}

/// <summary>A value that the request and the recorded revision change differently, in words.</summary>
/// <param name="Field">The name of the form field that resolves it.</param>
/// <param name="Where">The part of the document.</param>
/// <param name="Proposed">What the request does.</param>
/// <param name="Recorded">What was recorded since.</param>
public sealed record ConflictText(string Field, string Where, string Proposed, string Recorded);

/// <summary>Describes the documents of a change request for people, and merges them with newer revisions.</summary>
/// <param name="snapshot">The governance as the request proposes it; it supplies the names in descriptions.</param>
internal sealed class ProposedDocumentText(GovernanceHistory history, GovernanceSnapshot snapshot)
{
    /// <param name="change">The number of the change request.</param>
    /// <param name="today">The day in the city.</param>
    public ChangedDocument Describe(ProposedDocument proposed, long change, DateOnly today)
    {
        var document = proposed.Document;
        var before = history.Revision(proposed)?.Document;
        var isRecordedInstrument =
            document.Kind == DocumentKind.Instrument && history.LatestOf(DocumentKind.Instrument, document.Id) is not null;
        return new ChangedDocument(
            TitleOf(document),
            isRecordedInstrument ? $"/staff/instruments/{document.Id}"
                : before is not null && document.Kind == DocumentKind.Technology ? $"/staff/technologies/{document.Id}"
                : before is not null && document.Kind == DocumentKind.Wording ? $"/staff/wording/{document.Id}"
                : null,
            [.. ChangeDescription.Describe(before, document, snapshot)],
            [.. CorrectionDescription.Sentences(before, document, today), .. BeforePassed(document)],
            [.. document.Kind == DocumentKind.Instrument ? TermsOf(document.Value<Instrument>(), before?.Value<Instrument>(), change) : []]
        );
    }

    private static IEnumerable<string> BeforePassed(PolicyDocument document) =>
        from version in document.Kind == DocumentKind.Instrument ? document.Value<Instrument>().Versions : []
        let dates = PlainLanguage.BeforePassed(version)
        where dates is not null
        select $"Version {version.Number} is {dates}. Check both days, unless the text itself says that it reaches back.";

    /// <summary>The pages of the versions that an instrument has and an earlier revision has not.</summary>
    private IEnumerable<(string Label, string Link)> TermsOf(Instrument instrument, Instrument? before, long change)
    {
        var known = before?.Versions.Select(version => version.Id).ToHashSet() ?? [];
        foreach (var version in instrument.Versions.Where(version => !known.Contains(version.Id)))
        {
            var page = $"/staff/edit/{instrument.Id}/{version.Number}";
            foreach (var rule in version.Rules)
                yield return (
                    $"Change the terms of version {version.Number} for {NameOf(rule.Technology)}",
                    $"{page}/{rule.Technology}?change={change}"
                );
            yield return ($"Change the first day, title or source of version {version.Number}", $"{page}?change={change}");
        }
    }

    private string NameOf(string technology) =>
        snapshot.Table.Technologies.FirstOrDefault(known => known.Id == technology)?.Name.Trim() ?? technology;

    public StaleDocument DescribeStale(ProposedDocument proposed)
    {
        var document = proposed.Document;
        var before = history.Revision(proposed)?.Document;
        if (history.LatestOf(document.Kind, document.Id)?.Document is not { } recorded)
            return new StaleDocument(TitleOf(document), Sentences(before, document), [], Sentences(null, document), []);
        var merge = ThreeWayMerge.Create(before, document, recorded, new HashSet<string>());
        return new StaleDocument(
            TitleOf(document),
            Sentences(before, document),
            Sentences(before, recorded),
            Sentences(recorded, merge.Merged),
            [.. merge.Conflicts.Select(conflict => Describe(conflict, before, document, recorded))]
        );
    }

    /// <summary>
    /// Merges a document with the newest revision; null when the registry has all of it already. A document that is not stale is
    /// returned as it is.
    /// </summary>
    /// <param name="keepProposed">The form fields of the conflicts in which the proposed value wins.</param>
    public static ProposedDocument? Rebase(ProposedDocument proposed, GovernanceHistory history, IReadOnlySet<string> keepProposed)
    {
        var document = proposed.Document;
        if (history.LatestOf(document.Kind, document.Id) is not { } latest || latest.Number == proposed.Base)
            return proposed;
        var prefix = FieldPrefix(document);
        var keys = keepProposed
            .Where(field => field.StartsWith(prefix, StringComparison.Ordinal))
            .Select(field => field[prefix.Length..])
            .ToHashSet();
        var merged = ThreeWayMerge.Create(history.Revision(proposed)?.Document, document, latest.Document, keys).Merged;
        return merged == latest.Document ? null : new ProposedDocument(merged, latest.Number);
    }

    private ConflictText Describe(MergeConflict conflict, PolicyDocument? before, PolicyDocument document, PolicyDocument recorded)
    {
        var proposed = new Difference(conflict.Path, conflict.Base, conflict.Mine);
        var other = new Difference(conflict.Path, conflict.Base, conflict.Theirs);
        ChangeDescription[] mine = [.. ChangeDescription.Describe(proposed, before, document, snapshot)];
        return new ConflictText(
            FieldPrefix(document) + conflict.Key,
            mine[0].Where ?? TitleOf(document),
            Joined(mine),
            Joined(ChangeDescription.Describe(other, before, recorded, snapshot))
        );
    }

    private static string Joined(IEnumerable<ChangeDescription> changes) =>
        PlainLanguage.Sentence(string.Join("; ", changes.Select(change => change.What)));

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

using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>
/// Everything that was ever recorded of the city's governance. The table has two axes of time: valid time, the day that a query is about,
/// and recorded time, the instant of the registry's knowledge. This type answers for recorded time,
/// <see cref="GovernanceTable.On(DateOnly)"/> for valid time.
/// </summary>
public sealed class GovernanceHistory
{
    private readonly ImmutableArray<PolicyRevision> _revisions;
    private readonly FrozenDictionary<(DocumentKind, string), ImmutableArray<PolicyRevision>> _revisionsByDocument;

    /// <param name="revisions">All revisions, in the order of recording.</param>
    /// <exception cref="InvalidOperationException">No revision is of a city.</exception>
    public GovernanceHistory(ImmutableArray<PolicyRevision> revisions)
    {
        if (!revisions.Any(revision => revision.Document.Kind == DocumentKind.City))
            throw new InvalidOperationException("The register is empty: no city has been registered.");
        _revisionsByDocument = revisions
            .GroupBy(revision => (revision.Document.Kind, revision.Document.Id))
            .ToFrozenDictionary(group => group.Key, group => VersionIdentity.Complete([.. group]));
        _revisions = [.. revisions.Select(Completed)];
        Current = Snapshot(_revisionsByDocument.Values.Select(revisions => revisions[^1]));
    }

    /// <summary>What the registry knows now.</summary>
    [JsonIgnore]
    public GovernanceSnapshot Current { get; }

    /// <summary>Every revision, in the order of recording.</summary>
    public ImmutableArray<PolicyRevision> Revisions => _revisions;

    /// <summary>Number of the ledger entry of the last revision.</summary>
    [JsonIgnore]
    public long LastEntry => _revisions[^1].Entry;

    /// <summary>When the first revision was recorded.</summary>
    [JsonIgnore]
    public DateTimeOffset Beginning => _revisions[0].RecordedAt;

    /// <summary>The revisions of a document, oldest first; empty when there never was such a document.</summary>
    public ImmutableArray<PolicyRevision> RevisionsOf(DocumentKind kind, string id) =>
        _revisionsByDocument.TryGetValue((kind, id), out var revisions) ? revisions : [];

    /// <summary>The revision that a proposed document was made from; null for a new document.</summary>
    public PolicyRevision? Revision(ProposedDocument proposed)
    {
        ArgumentNullException.ThrowIfNull(proposed);
        return RevisionsOf(proposed.Document.Kind, proposed.Document.Id).FirstOrDefault(revision => revision.Number == proposed.Base);
    }

    private PolicyRevision Completed(PolicyRevision revision) =>
        RevisionsOf(revision.Document.Kind, revision.Document.Id).First(completed => completed.Number == revision.Number);

    /// <summary>The latest revision of a document; null when there never was one.</summary>
    public PolicyRevision? LatestOf(DocumentKind kind, string id) =>
        _revisionsByDocument.TryGetValue((kind, id), out var revisions) ? revisions[^1] : null;

    /// <summary>The number of revisions at an instant. Two instants with the same number have the same knowledge.</summary>
    public int CountAt(DateTimeOffset knownAt)
    {
        var low = 0;
        var high = _revisions.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_revisions[middle].RecordedAt <= knownAt)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>
    /// Groups of revisions that were recorded together, newest first: the documents of one change, or those that the registry was opened
    /// with.
    /// </summary>
    /// <param name="entry">Only groups whose first ledger entry has a smaller number.</param>
    public IEnumerable<ImmutableArray<PolicyRevision>> RecordedBefore(long entry)
    {
        var end = _revisions.Length;
        while (end > 0)
        {
            var start = end - 1;
            while (start > 0 && AreRecordedTogether(_revisions[start - 1], _revisions[end - 1]))
                start--;
            if (_revisions[start].Entry < entry)
                yield return _revisions[start..end];
            end = start;
        }
    }

    private static bool AreRecordedTogether(PolicyRevision earlier, PolicyRevision later) =>
        earlier.Change == later.Change && (later.Change is not null || earlier.RecordedAt == later.RecordedAt);

    /// <summary>What the registry knew at an instant; null before it was opened.</summary>
    public GovernanceSnapshot? KnownAt(DateTimeOffset knownAt)
    {
        if (CountAt(knownAt) == _revisions.Length)
            return Current;
        var latest = _revisionsByDocument.Values.Select(revisions => LatestAt(revisions, knownAt)).OfType<PolicyRevision>().ToArray();
        return latest.Any(revision => revision.Document.Kind == DocumentKind.City) ? Snapshot(latest) : null;
    }

    // Most documents have only one revision, or none after the instant. Those need no search.
    private static PolicyRevision? LatestAt(ImmutableArray<PolicyRevision> revisions, DateTimeOffset knownAt) =>
        revisions[^1].RecordedAt <= knownAt ? revisions[^1] : revisions.LastOrDefault(revision => revision.RecordedAt <= knownAt);

    /// <summary>What the registry would know if these documents replaced the ones that it has.</summary>
    public GovernanceSnapshot With(IEnumerable<PolicyDocument> proposed)
    {
        var latest = _revisionsByDocument.ToDictionary(entry => entry.Key, entry => entry.Value[^1]);
        foreach (var document in proposed)
        {
            var key = (document.Kind, document.Id);
            latest[key] = latest.TryGetValue(key, out var current)
                ? current with
                {
                    Document = document,
                }
                : new PolicyRevision(document, 1, int.MaxValue, Beginning, LastEntry, null);
        }

        return Snapshot(latest.Values);
    }

    private static GovernanceSnapshot Snapshot(IEnumerable<PolicyRevision> revisions)
    {
        var documents = revisions
            .OrderBy(revision => revision.Position)
            .ThenBy(revision => revision.Document.Id, StringComparer.Ordinal)
            .ToLookup(revision => revision.Document.Kind, revision => revision.Document);
        var city = documents[DocumentKind.City].Single().Value<City>();
        var wordings = documents[DocumentKind.Wording]
            .Select(document => document.Value<Wording>())
            .ToDictionary(wording => wording.Language);
        return new GovernanceSnapshot(
            city,
            new GovernanceTable(
                [.. documents[DocumentKind.Technology].Select(document => document.Value<Technology>())],
                [
                    .. documents[DocumentKind.Instrument]
                        .OrderBy(document => document.Id, StringComparer.Ordinal)
                        .Select(document => document.Value<Instrument>()),
                ]
            ),
            [.. city.Languages.Where(wordings.ContainsKey).Select(language => wordings[language])],
            documents[DocumentKind.Chapters].SingleOrDefault()?.Value<KnownChapters>() ?? KnownChapters.None
        );
    }
}

using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>A document as it was recorded: from then on, until the next revision of it, this is what the registry knew.</summary>
/// <param name="Number">1, 2, … for each document.</param>
/// <param name="Position">Where it stands among the documents of its kind, from 0.</param>
/// <param name="RecordedAt">When the registry came to know it. Later revisions of any document were recorded later, or in the same
/// act.</param>
/// <param name="Entry">Number of the ledger's entry that holds it.</param>
/// <param name="Change">Number of the change request that made it; null for what the registry was opened with.</param>
public sealed record PolicyRevision(PolicyDocument Document, int Number, int Position, DateTimeOffset RecordedAt, long Entry, long? Change);

/// <summary>
/// Everything that was ever recorded of the city's governance. The table has two axes of time: the day that is asked about (valid time),
/// and
/// the instant at which the registry is asked (recorded time). This answers the second; <see cref="GovernanceTable.On(DateOnly)"/> the
/// first.
/// </summary>
public sealed class GovernanceHistory
{
    private readonly ImmutableArray<PolicyRevision> _revisions;
    private readonly FrozenDictionary<(DocumentKind, string), ImmutableArray<PolicyRevision>> _of;

    /// <param name="revisions">All of them, in the order of recording. Throws <see cref="InvalidOperationException"/> when no city is among
    /// them.</param>
    public GovernanceHistory(ImmutableArray<PolicyRevision> revisions)
    {
        if (!revisions.Any(revision => revision.Document.Kind == DocumentKind.City))
            throw new InvalidOperationException("The register is empty: no city has been registered.");
        _revisions = revisions;
        _of = revisions
            .GroupBy(revision => (revision.Document.Kind, revision.Document.Id))
            .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray());
        Current = Latest(_of.Values.Select(revisions => revisions[^1]));
    }

    /// <summary>What the registry knows now.</summary>
    [JsonIgnore]
    public GovernanceSnapshot Current { get; }

    /// <summary>Every revision, in the order of recording.</summary>
    public ImmutableArray<PolicyRevision> Revisions => _revisions;

    /// <summary>Number of the ledger's entry that was recorded last.</summary>
    [JsonIgnore]
    public long LastEntry => _revisions[^1].Entry;

    /// <summary>When the registry came to know anything at all.</summary>
    [JsonIgnore]
    public DateTimeOffset Beginning => _revisions[0].RecordedAt;

    /// <summary>The revisions of a document, the first first; empty when there never was such a document.</summary>
    public ImmutableArray<PolicyRevision> From(DocumentKind kind, string id) =>
        _of.TryGetValue((kind, id), out var revisions) ? revisions : [];

    /// <summary>The latest revision of a document; null when there never was one.</summary>
    public PolicyRevision? LatestOf(DocumentKind kind, string id) => _of.TryGetValue((kind, id), out var revisions) ? revisions[^1] : null;

    /// <summary>The number of the revision that the registry held at an instant; 0 for none.</summary>
    public int RevisionAt(DocumentKind kind, string id, DateTimeOffset knownAt) =>
        From(kind, id).LastOrDefault(revision => revision.RecordedAt <= knownAt)?.Number ?? 0;

    /// <summary>How much was recorded at an instant: two instants with the same answer knew the same.</summary>
    public int CountAt(DateTimeOffset knownAt)
    {
        var (low, high) = (0, _revisions.Length);
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
    /// What was recorded together, the newest first: the documents of one change, or those that the registry was opened with.
    /// </summary>
    /// <param name="entry">Only what began in the ledger before the entry with this number.</param>
    public IEnumerable<ImmutableArray<PolicyRevision>> RecordedBefore(long entry)
    {
        for (var end = _revisions.Length; end > 0; )
        {
            var (start, last) = (end - 1, _revisions[end - 1]);
            while (
                start > 0
                && _revisions[start - 1] is var earlier
                && earlier.Change == last.Change
                && (last.Change is not null || earlier.RecordedAt == last.RecordedAt)
            )
                start--;
            if (_revisions[start].Entry < entry)
                yield return _revisions[start..end];
            end = start;
        }
    }

    /// <summary>What the registry knew at an instant; null before it was opened.</summary>
    public GovernanceSnapshot? KnownAt(DateTimeOffset knownAt)
    {
        if (CountAt(knownAt) == _revisions.Length)
            return Current;
        // A table is asked about far more often than one document is changed: what has one revision only needs no search.
        var latest = _of
            .Values.Select(revisions =>
                revisions[^1].RecordedAt <= knownAt ? revisions[^1] : revisions.LastOrDefault(revision => revision.RecordedAt <= knownAt)
            )
            .OfType<PolicyRevision>()
            .ToArray();
        return latest.Any(revision => revision.Document.Kind == DocumentKind.City) ? Latest(latest) : null;
    }

    /// <summary>What the registry would know with these documents in place of those that it has.</summary>
    public GovernanceSnapshot With(IEnumerable<PolicyDocument> proposed)
    {
        var latest = _of.ToDictionary(one => one.Key, one => one.Value[^1]);
        foreach (var document in proposed)
        {
            var key = (document.Kind, document.Id);
            latest[key] = latest.TryGetValue(key, out var held)
                ? held with
                {
                    Document = document,
                }
                : new PolicyRevision(document, 1, int.MaxValue, Beginning, LastEntry, null);
        }

        return Latest(latest.Values);
    }

    private static GovernanceSnapshot Latest(IEnumerable<PolicyRevision> revisions)
    {
        var kinds = revisions
            .OrderBy(revision => revision.Position)
            .ThenBy(revision => revision.Document.Id, StringComparer.Ordinal)
            .ToLookup(revision => revision.Document.Kind, revision => revision.Document);
        var city = kinds[DocumentKind.City].Single().Value<City>();
        var wordings = kinds[DocumentKind.Wording].Select(document => document.Value<Wording>()).ToDictionary(wording => wording.Language);
        return new GovernanceSnapshot(
            city,
            new GovernanceTable(
                [.. kinds[DocumentKind.Technology].Select(document => document.Value<Technology>())],
                [
                    .. kinds[DocumentKind.Instrument]
                        .OrderBy(document => document.Id, StringComparer.Ordinal)
                        .Select(document => document.Value<Instrument>()),
                ]
            ),
            [.. city.Languages.Where(wordings.ContainsKey).Select(language => wordings[language])],
            kinds[DocumentKind.Chapters].SingleOrDefault()?.Value<KnownChapters>() ?? KnownChapters.None
        );
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes.Versions;

/// <summary>
/// Gives identities to versions that have none: those that older versions of the registry recorded, and those that a file or a program
/// proposes. A version that was recorded before keeps its identity; a new one gets an identity from what it is, so that the same text gets
/// the same one in two requests.
/// </summary>
public static class VersionIdentity
{
    private const int HexDigits = 10;

    /// <summary>Where a document has a version without an identity.</summary>
    private const string Missing = "\"id\":\"\"";

    /// <summary>Completes the documents of a request from the revisions that it was made from.</summary>
    public static ChangeRequest Complete(ChangeRequest request, GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request with { Proposal = Complete(request.Proposal, history) };
    }

    /// <inheritdoc cref="Complete(ChangeRequest, GovernanceHistory)"/>
    public static Proposal Complete(Proposal proposal, GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(history);
        return proposal.Documents.All(proposed => IsComplete(proposed.Document))
            ? proposal
            : proposal with
            {
                Documents =
                [
                    .. proposal.Documents.Select(proposed =>
                        proposed with
                        {
                            Document = Complete(proposed.Document, history.Revision(proposed)?.Document),
                        }
                    ),
                ],
            };
    }

    /// <summary>Completes every revision of one document, oldest first.</summary>
    public static ImmutableArray<PolicyRevision> Complete(ImmutableArray<PolicyRevision> revisions)
    {
        if (revisions.All(IsRecordedComplete))
            return revisions;
        var completed = ImmutableArray.CreateBuilder<PolicyRevision>(revisions.Length);
        PolicyDocument? before = null;
        foreach (var revision in revisions)
        {
            before = Complete(revision.Document, before);
            completed.Add(revision with { Document = before });
        }

        return completed.MoveToImmutable();
    }

    /// <summary>Looks only for a missing identity, without reading the document: a registry has many revisions.</summary>
    private static bool IsRecordedComplete(PolicyRevision revision) =>
        revision.Document.Kind != DocumentKind.Instrument || !revision.Document.Body.Contains(Missing, StringComparison.Ordinal);

    /// <summary>Completes a document.</summary>
    /// <param name="before">The revision that it was made from; null for none.</param>
    public static PolicyDocument Complete(PolicyDocument document, PolicyDocument? before)
    {
        ArgumentNullException.ThrowIfNull(document);
        return IsComplete(document)
            ? document
            : PolicyDocument.For(Complete(document.Value<Instrument>(), before?.Value<Instrument>().Versions ?? []));
    }

    /// <summary>Completes an instrument.</summary>
    /// <param name="before">The versions of the revision that it was made from.</param>
    public static Instrument Complete(Instrument instrument, ImmutableArray<InstrumentVersion> before)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        var ids = DistinctIds(instrument.Versions, before);
        foreach (var isSame in Matches)
            Match(instrument.Versions, ids, before, isSame);
        // What is left on both sides in equal number was rewritten in place.
        var rest = before.Where(version => !ids.Contains(version.Id)).ToArray();
        if (rest.Length == ids.Count(id => id.Length == 0))
            Match(instrument.Versions, ids, before, (_, _) => true);
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i].Length == 0)
                ids[i] = NewId(instrument.Versions[i], [.. ids, .. before.Select(version => version.Id)]);
        }

        return instrument with
        {
            Versions = [.. instrument.Versions.Select((version, i) => version with { Id = ids[i] })],
        };
    }

    /// <summary>What makes two versions one, in this order. The number does not: it changes when an earlier text is recorded.</summary>
    private static readonly ImmutableArray<Func<InstrumentVersion, InstrumentVersion, bool>> Matches =
    [
        (one, other) => Start(one) == Start(other) && one.Title == other.Title,
        (one, other) => Start(one) == Start(other),
        (one, other) => one.Title == other.Title && one.By == other.By && one.Passed == other.Passed && one.Source == other.Source,
    ];

    private static void Match(
        ImmutableArray<InstrumentVersion> versions,
        string[] ids,
        ImmutableArray<InstrumentVersion> before,
        Func<InstrumentVersion, InstrumentVersion, bool> isSame
    )
    {
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i].Length == 0)
                ids[i] = before.FirstOrDefault(old => !ids.Contains(old.Id) && isSame(old, versions[i]))?.Id ?? "";
        }
    }

    /// <summary>
    /// The identities as stated. Of versions with one identity, such as a version and an edited copy of it, the one that is most like the
    /// recorded version keeps it.
    /// </summary>
    private static string[] DistinctIds(ImmutableArray<InstrumentVersion> versions, ImmutableArray<InstrumentVersion> before)
    {
        var ids = versions.Select(version => version.Id).ToArray();
        foreach (var id in ids.Where(id => id.Length > 0).Distinct().ToArray())
        {
            int[] holders = [.. Enumerable.Range(0, ids.Length).Where(i => ids[i] == id)];
            var recorded = before.FirstOrDefault(version => version.Id == id);
            var keeper = holders.FirstOrDefault(i => recorded is not null && Start(versions[i]) == Start(recorded), holders[0]);
            foreach (var copy in holders.Where(i => i != keeper))
                ids[copy] = "";
        }

        return ids;
    }

    private static bool IsComplete(PolicyDocument document)
    {
        if (document.Kind != DocumentKind.Instrument)
            return true;
        var ids = document.Value<Instrument>().Versions.Select(version => version.Id).ToArray();
        return !ids.Contains("") && ids.Distinct().Count() == ids.Length;
    }

    private static string Start(InstrumentVersion version) =>
        $"{version.Effective.From}|{version.Effective.FromNotBefore}|{version.Effective.FromKnownBy}"
        + (version.Effective.Condition is { } condition ? $"|{condition}" : "");

    /// <summary>Of values whose form never changes: identities of older revisions are worked out each time that they are read.</summary>
    private static string NewId(InstrumentVersion version, HashSet<string> taken)
    {
        var text = $"{version.Title}|{Start(version)}|{version.Passed}|{version.By}";
        var id = "v" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HexDigits];
        var unique = id;
        for (var copy = 2; taken.Contains(unique); copy++)
            unique = string.Create(CultureInfo.InvariantCulture, $"{id}-{copy}");
        return unique;
    }
}

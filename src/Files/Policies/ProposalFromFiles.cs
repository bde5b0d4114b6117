using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Merging;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>The differences between files and the registered documents. What files do not name stays registered.</summary>
/// <param name="Documents">Every document that differs, based on its registered revision; empty if nothing would change.</param>
/// <param name="Notes">Sentences for the person who proposes the change.</param>
public sealed record ProposalFromFiles(ImmutableArray<ProposedDocument> Documents, ImmutableArray<string> Notes)
{
    /// <summary>A note names at most this many documents.</summary>
    private const int MaxNamedDocuments = 20;

    /// <summary>
    /// Compares documents with the revisions that their files were drawn from. What was recorded since stays: a document proposes only what
    /// its file changed.
    /// </summary>
    /// <param name="revisionOf">The revision that the file of a document was drawn from; null when the file names none.</param>
    internal static ProposalFromFiles Create(
        IEnumerable<PolicyDocument> documents,
        GovernanceHistory history,
        Func<PolicyDocument, int?> revisionOf
    )
    {
        var proposed = ImmutableArray.CreateBuilder<ProposedDocument>();
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var document in documents)
        {
            var latest = history.LatestOf(document.Kind, document.Id);
            var drawn = latest is null ? null : history.Revision(new ProposedDocument(document, revisionOf(document) ?? latest.Number));
            var completed = VersionIdentity.Complete(document, drawn?.Document);
            if (completed == drawn?.Document || completed == latest?.Document)
                continue;
            if (drawn is null || latest is null || drawn.Number == latest.Number)
                proposed.Add(new ProposedDocument(completed, drawn?.Number ?? 0));
            else
                AddMerged(completed, drawn, latest, proposed, notes);
        }

        return new(proposed.ToImmutable(), notes.ToImmutable());
    }

    private static void AddMerged(
        PolicyDocument document,
        PolicyRevision drawn,
        PolicyRevision latest,
        ImmutableArray<ProposedDocument>.Builder proposed,
        ImmutableArray<string>.Builder notes
    )
    {
        var merge = ThreeWayMerge.Create(drawn.Document, document, latest.Document, new HashSet<string>());
        var history = $"The file of the {document} was drawn from revision {drawn.Number}; revision {latest.Number} was recorded since. ";
        if (!merge.Conflicts.IsEmpty)
        {
            proposed.Add(new ProposedDocument(document, drawn.Number));
            notes.Add(history + "Both changed the same values: its author must choose between them.");
        }
        else if (merge.Merged != latest.Document)
        {
            proposed.Add(new ProposedDocument(merge.Merged, latest.Number));
            notes.Add(history + "Both changes are kept.");
        }
    }

    /// <summary>Adds a note on registered documents that a complete folder does not hold.</summary>
    internal ProposalFromFiles NoteMissing(IEnumerable<PolicyDocument> folder, GovernanceHistory history)
    {
        string[] missing = [.. history.Current.Documents().Select(Name).Except(folder.Select(Name))];
        if (missing.Length == 0)
            return this;
        var names = string.Join(", ", missing.Take(MaxNamedDocuments));
        var more = missing.Length > MaxNamedDocuments ? $" and {missing.Length - MaxNamedDocuments} more" : "";
        return this with { Notes = Notes.Add($"The files do not hold {names}{more}: what files leave out stays registered.") };
    }

    private static string Name(PolicyDocument document) => document.ToString();

    /// <summary>Returns this proposal, or every reason for which the registry would refuse it.</summary>
    /// <param name="toProblem">Finds the position in the files that a refusal is about.</param>
    internal FileReading<ProposalFromFiles> Validate(GovernanceHistory history, Func<Refusal, FileProblem> toProblem) =>
        FileReading<ProposalFromFiles>.From(
            PolicyValidator.Problems(history, [.. Documents.Select(proposed => proposed.Document)]).Select(toProblem),
            () => this
        );

    /// <summary>Converts a refusal of a document to a problem of a file: its sentence has the form "Found X; expected Y.".</summary>
    /// <param name="suffix">Appended to what was found, with a blank before it.</param>
    internal static FileProblem ToProblem(Refusal refusal, string file, int line, int column, string suffix = "")
    {
        const string Found = "Found ",
            Expected = "; expected ";
        var split = refusal.Sentence.IndexOf(Expected, StringComparison.Ordinal);
        if (!refusal.Sentence.StartsWith(Found, StringComparison.Ordinal) || split < 0)
            return new FileProblem(file, line, column, refusal.Sentence + suffix, "a document that the rules of the registry accept");
        return new FileProblem(
            file,
            line,
            column,
            refusal.Sentence[Found.Length..split] + suffix,
            refusal.Sentence[(split + Expected.Length)..].TrimEnd('.')
        );
    }
}

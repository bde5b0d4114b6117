using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>What files say otherwise than the registry does. What they do not name stays as it is.</summary>
/// <param name="Documents">Every document that differs, made from the revision that the registry holds; empty when nothing would
/// change.</param>
/// <param name="Notes">What whoever proposes it should know, in sentences.</param>
public sealed record ProposalFromFiles(ImmutableArray<ProposedDocument> Documents, ImmutableArray<string> Notes)
{
    /// <summary>The most documents that one note names.</summary>
    private const int MaxNamed = 20;

    /// <summary>What differs of documents that were read.</summary>
    internal static ProposalFromFiles Create(IEnumerable<PolicyDocument> read, GovernanceHistory history) =>
        new(
            [
                .. from document in read
                let held = history.LatestOf(document.Kind, document.Id)
                where held?.Document != document
                select new ProposedDocument(document, held?.Number ?? 0),
            ],
            []
        );

    /// <summary>With a note of what the registry holds and a whole folder does not.</summary>
    internal ProposalFromFiles Beside(IEnumerable<PolicyDocument> whole, GovernanceHistory history)
    {
        string[] missing = [.. history.Current.Documents().Select(Named).Except(whole.Select(Named))];
        return missing.Length == 0
            ? this
            : this with
            {
                Notes = Notes.Add(
                    $"The files do not hold {string.Join(", ", missing.Take(MaxNamed))}{(missing.Length > MaxNamed ? $" and {missing.Length - MaxNamed} more" : "")}: what files leave out stays registered."
                ),
            };
    }

    /// <summary>This proposal, or every reason why the registry would not take it.</summary>
    /// <param name="place">Where in the files a reason belongs.</param>
    internal FileReading<ProposalFromFiles> Checked(GovernanceHistory history, Func<Refusal, FileProblem> place) =>
        FileReading<ProposalFromFiles>.From(
            PolicyValidator.Problems(history, [.. Documents.Select(proposed => proposed.Document)]).Select(place),
            () => this
        );

    /// <summary>What the registry says of a document, as a problem of a file.</summary>
    /// <param name="there">What is said of the place besides, with a blank before it.</param>
    internal static FileProblem Problem(Refusal refusal, string file, int line, int column, string there = "")
    {
        const string Found = "Found ",
            Expected = "; expected ";
        var split = refusal.Sentence.IndexOf(Expected, StringComparison.Ordinal);
        if (!refusal.Sentence.StartsWith(Found, StringComparison.Ordinal) || split < 0)
            return new FileProblem(file, line, column, refusal.Sentence + there, "what the rules of the registry let pass");
        return new FileProblem(
            file,
            line,
            column,
            refusal.Sentence[Found.Length..split] + there,
            refusal.Sentence[(split + Expected.Length)..].TrimEnd('.')
        );
    }

    private static string Named(PolicyDocument document) => document.ToString();
}

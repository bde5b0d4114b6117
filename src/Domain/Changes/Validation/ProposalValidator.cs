using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>Checks what every act on a change request records in words: the reason, the source, a note. Drafts are checked too.</summary>
internal static class ProposalValidator
{
    public static IEnumerable<Refusal> Problems(Proposal proposal)
    {
        var problems = new List<Refusal>();
        if (FreeText.CheckLines(proposal.Reason, Proposal.MaxReasonLength, "reason") is { } refusal)
            problems.Add(refusal);
        if (proposal.Source is { } source)
        {
            var at = new ProblemLocation("source", problems);
            SourceValidator.Check(source, at);
            if (FreeText.FindProblem(source.Title, PolicyValidator.MaxTextLength) is var (found, expected))
                at["title"].Add(found, expected);
            if (source.Url is { } url && FreeText.FindProblem(url, PolicyValidator.MaxTextLength) is var (foundUrl, expectedUrl))
                at["url"].Add(foundUrl, expectedUrl);
        }

        foreach (var document in proposal.Documents.Select(proposed => proposed.Document))
        {
            var at = new ProblemLocation(document.ToString(), problems);
            CheckSize(document, at);
            TextValidator.CheckCharacters(JsonNode.Parse(document.Body), at);
        }

        return problems;
    }

    public static Refusal? CheckNote(string? note) => FreeText.CheckLines(note, Proposal.MaxReasonLength, "note");

    /// <summary>Checks that the registry can hold a document.</summary>
    public static void CheckSize(PolicyDocument document, ProblemLocation at)
    {
        if (Encoding.UTF8.GetByteCount(document.Body) is var bytes and > PolicyDocument.MaxBytes)
            at.Add($"a document of {bytes} bytes", $"at most {PolicyDocument.MaxBytes} bytes");
    }
}

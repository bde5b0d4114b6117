using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Changes.Validation;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>Checks documents before they are recorded. Each problem says where it is, what was found and what was expected.</summary>
public static class PolicyValidator
{
    /// <summary>The most days that a retention or a notice duty may state: a hundred years.</summary>
    public const int MaxDays = 36_500;

    /// <summary>The most characters of a text that may appear on a notice.</summary>
    public const int MaxTextLength = 600;

    /// <summary>For how long a screen may show a notice that it cannot confirm.</summary>
    public const int MinValidSeconds = 10,
        MaxValidSeconds = 3600;

    /// <summary>Every problem that the registry would have with these documents in place of those that it holds.</summary>
    public static ImmutableArray<Refusal> Problems(GovernanceHistory history, ImmutableArray<PolicyDocument> proposed)
    {
        var problems = new List<Refusal>();
        foreach (var duplicate in proposed.GroupBy(document => (document.Kind, document.Id)).Where(group => group.Count() > 1))
            new ProblemLocation(duplicate.First().ToString(), problems).Add("the same document twice in one request", "each document once");
        foreach (var document in proposed)
            TextValidator.Check(
                JsonNode.Parse(document.Body),
                new ProblemLocation(document.ToString(), problems),
                mayBeBlank: document.Kind == DocumentKind.Wording
            );
        // The other checks quote texts, so they run only on texts that may be shown.
        if (problems.Count > 0)
            return [.. problems];

        var governance = history.With(proposed);
        var known = new KnownReferences(governance);
        foreach (var document in proposed)
            Check(document, governance, known, new ProblemLocation(document.ToString(), problems));
        return [.. problems];
    }

    /// <summary>Whether a page could take a part of the text for markup.</summary>
    public static bool HasMarkup(string text) => TextValidator.HasMarkup(text);

    private static void Check(PolicyDocument document, GovernanceSnapshot governance, KnownReferences known, ProblemLocation at)
    {
        switch (document.Kind)
        {
            case DocumentKind.Instrument:
                InstrumentValidator.Check(document.Value<Instrument>(), known, at);
                break;
            case DocumentKind.Technology:
                TechnologyValidator.Check(document.Value<Technology>(), known, at);
                break;
            case DocumentKind.Wording:
                WordingValidator.Check(document.Value<Wording>(), governance, at);
                break;
            case DocumentKind.City:
                CityValidator.Check(document.Value<City>(), governance, at);
                break;
        }
    }
}

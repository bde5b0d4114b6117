using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Changes.Validation;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>Checks documents before they are recorded. Each problem says where it is, what was found and what was expected.</summary>
public static class PolicyValidator
{
    /// <summary>The most days that a retention or a notice duty may state: a hundred years.</summary>
    public const int MaxDays = 36_500;

    /// <summary>The longest period that is stated in months, and in years: that of <see cref="MaxDays"/>.</summary>
    public const int MaxMonths = 1200,
        MaxYears = 100;

    /// <summary>The most characters of a text that may appear on a notice.</summary>
    public const int MaxTextLength = 600;

    /// <summary>How many problems are named in documents that are not in the request.</summary>
    private const int MaxProblemsOfOthers = 20;

    /// <summary>For how long a screen may show a notice that it cannot confirm.</summary>
    public const int MinValidSeconds = 10,
        MaxValidSeconds = 3600;

    /// <summary>Every problem that the registry would have with these documents in place of those that it holds.</summary>
    public static ImmutableArray<Refusal> Problems(GovernanceHistory history, ImmutableArray<PolicyDocument> proposed)
    {
        proposed =
        [
            .. proposed.Select(document => VersionIdentity.Complete(document, history.LatestOf(document.Kind, document.Id)?.Document)),
        ];
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
        problems.AddRange(ProblemsOf(proposed, governance, history.Current));
        foreach (var city in proposed.Where(document => document.Kind == DocumentKind.City).Select(document => document.Value<City>()))
            CityValidator.CheckSampleFlag(city, history.Current.City, new ProblemLocation("city city", problems));
        // Departments and chapters are the parts that a request can remove while other documents refer to them.
        if (problems.Count == 0 && proposed.Any(document => document.Kind is DocumentKind.City or DocumentKind.Chapters))
            problems.AddRange(ProblemsOfOthers(history.Current, governance, proposed));
        return [.. problems];
    }

    /// <summary>Every problem that the registry would have with these documents as its opening.</summary>
    public static ImmutableArray<Refusal> OpeningProblems(GovernanceSnapshot governance)
    {
        ArgumentNullException.ThrowIfNull(governance);
        ImmutableArray<PolicyDocument> documents = [.. governance.Documents()];
        var history = new GovernanceHistory([
            .. documents.Select((document, i) => new PolicyRevision(document, 1, i, DateTimeOffset.UnixEpoch, 0, null)),
        ]);
        return Problems(history, documents);
    }

    /// <summary>
    /// The problems that devices, fleets and gateways would have with a city among the documents; empty when it is not among them.
    /// </summary>
    /// <param name="uses">What belongs to each department now.</param>
    public static ImmutableArray<Refusal> RegisterProblems(ImmutableArray<PolicyDocument> proposed, ImmutableArray<DepartmentUse> uses)
    {
        var problems = new List<Refusal>();
        foreach (var city in proposed.Where(document => document.Kind == DocumentKind.City))
            CityValidator.CheckUses(city.Value<City>(), uses, new ProblemLocation(city.ToString(), problems));
        return [.. problems];
    }

    /// <summary>The problems of what the documents would retire while it is in use, and of rules about what is retired.</summary>
    /// <param name="uses">What is of each device kind now.</param>
    /// <param name="today">The day in the city.</param>
    public static ImmutableArray<Refusal> RetirementProblems(
        GovernanceHistory history,
        ImmutableArray<PolicyDocument> proposed,
        ImmutableArray<KindUse> uses,
        DateOnly today
    )
    {
        ArgumentNullException.ThrowIfNull(history);
        var problems = new List<Refusal>();
        var table = history.With(proposed).Table;
        // A technology of the same request has the problem itself.
        string[] retired = [.. table.RetiredTechnologies.Except(IdsOf(DocumentKind.Technology)).Order(StringComparer.Ordinal)];
        foreach (var document in proposed)
        {
            var at = new ProblemLocation(document.ToString(), problems);
            if (document.Kind == DocumentKind.Technology)
                TechnologyValidator.CheckRetirement(document.Value<Technology>(), uses, table, today, at);
            else if (document.Kind == DocumentKind.Instrument)
                TechnologyValidator.CheckRules(document.Id, retired, table, today, at);
        }

        return [.. problems];

        IEnumerable<string> IdsOf(DocumentKind kind) => proposed.Where(document => document.Kind == kind).Select(document => document.Id);
    }

    /// <summary>The instruments with a rule about a technology that holds on a day, or is to come.</summary>
    public static IEnumerable<Instrument> InstrumentsOn(string technology, GovernanceTable table, DateOnly today) =>
        TechnologyValidator.InstrumentsOn(technology, table, today);

    /// <summary>Whether a page could take a part of the text for markup.</summary>
    public static bool HasMarkup(string text) => TextValidator.HasMarkup(text);

    private static List<Refusal> ProblemsOf(
        IEnumerable<PolicyDocument> documents,
        GovernanceSnapshot governance,
        GovernanceSnapshot recorded
    )
    {
        var problems = new List<Refusal>();
        var known = new KnownReferences(governance, recorded);
        foreach (var document in documents)
            Check(document, governance, known, new ProblemLocation(document.ToString(), problems));
        return problems;
    }

    /// <summary>The problems that documents which are not in the request would have because of it.</summary>
    private static IEnumerable<Refusal> ProblemsOfOthers(
        GovernanceSnapshot before,
        GovernanceSnapshot after,
        ImmutableArray<PolicyDocument> proposed
    )
    {
        var inRequest = proposed.Select(document => (document.Kind, document.Id)).ToHashSet();
        PolicyDocument[] others = [.. after.Documents().Where(document => !inRequest.Contains((document.Kind, document.Id)))];
        return ProblemsOf(others, after, before)
            .Except(ProblemsOf(others, before, before))
            .Take(MaxProblemsOfOthers)
            .Select(problem => problem with { Sentence = "This document uses what the request removes. " + problem.Sentence });
    }

    private static void Check(PolicyDocument document, GovernanceSnapshot governance, KnownReferences known, ProblemLocation at)
    {
        ProposalValidator.CheckSize(document, at);
        switch (document.Kind)
        {
            case DocumentKind.Instrument:
                InstrumentValidator.Check(document.Value<Instrument>(), known, at);
                break;
            case DocumentKind.Technology:
                TechnologyValidator.Check(document.Value<Technology>(), known, at);
                break;
            case DocumentKind.Wording:
                WordingValidator.Check(document.Value<Wording>(), governance, known, at);
                break;
            case DocumentKind.City:
                CityValidator.Check(document.Value<City>(), governance, at);
                break;
        }
    }
}

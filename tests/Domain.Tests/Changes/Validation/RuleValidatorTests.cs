using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Changes.Versions;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes.Validation;

/// <summary>What a rule may not say of one technology.</summary>
public sealed class RuleValidatorTests
{
    private static readonly Retention Minimum = new(RetentionBound.Minimum, 30);

    private static readonly Retention Limit = new(RetentionBound.Limit, 20);

    public static TheoryData<Retention, Retention, string?> Pairs() =>
        new()
        {
            { Minimum, Limit, "Found 'at least 30 days' beside 'at most 20 days': the minimum is longer than the limit;" },
            { Limit, Minimum, "Found 'at most 20 days' beside 'at least 30 days': the minimum is longer than the limit;" },
            { Limit with { Days = 30 }, Limit, "Found 'at most 30 days' beside 'at most 20 days': one rule has two limits;" },
            {
                new(RetentionBound.Minimum, null) { Months = 1 },
                Limit with
                {
                    Days = 30,
                },
                "Found 'at least 1 month' beside 'at most 30 days': the minimum is longer than the limit;"
            },
            {
                new(RetentionBound.Minimum, null) { Months = 1 },
                Limit with
                {
                    Days = 31,
                },
                null
            },
            { Limit with { Days = 30 }, Limit with { Note = "of other agencies" }, null },
            { Limit with { Days = 30 }, Limit with { DataClass = "patrol reads" }, null },
            { Minimum, Minimum with { Days = 60 }, null },
            {
                Limit with
                {
                    Days = 365,
                },
                new(RetentionBound.Limit, null) { Months = 12 },
                "Found 'at most 365 days' beside"
            },
            { Limit, new(RetentionBound.Practice, 40), null },
        };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_rule_that_contradicts_itself_is_refused_with_both_of_its_lines(Retention one, Retention other, string? expected)
    {
        var version = AmendedInstrument.Ordinance.Versions[0];
        var rule = version.Rules[0] with { Technology = "facility-camera", Retention = [one, other] };
        var proposed = AmendedInstrument.With(version with { Rules = [rule] });
        var governance = Generators.Snapshot([]);
        var history = new GovernanceHistory([
            .. governance.Documents().Select((document, i) => new PolicyRevision(document, 1, i, Generators.Noon, 0, null)),
        ]);
        var problems = PolicyValidator.Problems(history, [PolicyDocument.For(proposed)]);
        Assert.Equal(expected is null ? 0 : 1, problems.Length);
        Assert.All(problems, problem => Assert.StartsWith(expected!, problem.Sentence, StringComparison.Ordinal));
        Assert.All(
            problems,
            problem => Assert.EndsWith(" / version 1 / facility-camera / retention", problem.Where, StringComparison.Ordinal)
        );
    }
}

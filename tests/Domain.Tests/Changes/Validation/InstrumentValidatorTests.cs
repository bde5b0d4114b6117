using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Changes.Versions;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Changes.Validation;

/// <summary>Refusals of a text and its versions are read by people who see a form, and not a document.</summary>
public sealed class InstrumentValidatorTests
{
    private static readonly LawDate May = LawDate.Parse("2021-05-01");

    private static readonly LawDate June = LawDate.Parse("2021-06");

    private static readonly InstrumentVersion Version = AmendedInstrument.Ordinance.Versions[0] with
    {
        Rules = [AmendedInstrument.Ordinance.Versions[0].Rules[0] with { Technology = "facility-camera", Retention = [] }],
    };

    public static TheoryData<EffectivePeriod, string> Periods() =>
        new()
        {
            { new(May, FromKnownBy: June), "a first day beside a date that says when the first day may have been; expected the first day" },
            {
                new(May, To: June, Ended: true, EndKnownBy: June),
                "an end that is both known and not known; expected the first day on which"
            },
            { new(May, Ended: true), "an end that is not known, alone; expected the date by which a source shows it replaced" },
            { new(June, To: May), "an end (May 1, 2021) that is not after the start (June 2021); expected" },
            {
                new(null, FromNotBefore: June, FromKnownBy: May),
                "a source that shows it in force by May 1, 2021, before June 2021, when it cannot have been in force; expected"
            },
        };

    [Theory]
    [MemberData(nameof(Periods))]
    public void A_wrong_period_is_refused_in_words_and_dates_that_people_read(EffectivePeriod period, string expected)
    {
        var problem = Assert.Single(Problems(Version with { Effective = period }));
        Assert.Contains(expected, problem.Sentence);
        Assert.DoesNotContain("known" + "By", problem.Sentence, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("2021-0", problem.Sentence);
    }

    [Fact]
    public void Versions_that_overlap_are_refused_with_the_name_of_the_technology()
    {
        var problem = Assert.Single(Problems(Version, Version with { Number = 2, Id = "", Effective = new(May) }));
        Assert.Contains("overlaps that of version 1 for Facility Cameras; expected", problem.Sentence);
        problem = Assert.Single(Problems(Version with { Rules = [Version.Rules[0], Version.Rules[0]] }));
        Assert.Contains("Found Facility Cameras twice", problem.Sentence);
    }

    private static Refusal[] Problems(params InstrumentVersion[] versions)
    {
        var governance = Generators.Snapshot([]);
        var named = governance.Table.Technologies.Select(technology =>
            technology.Id == "facility-camera" ? technology with { Name = "Facility Cameras" } : technology
        );
        governance = governance with { Table = new GovernanceTable([.. named], []) };
        var history = new GovernanceHistory([
            .. governance.Documents().Select((document, i) => new PolicyRevision(document, 1, i, Generators.Noon, 0, null)),
        ]);
        return [.. PolicyValidator.Problems(history, [PolicyDocument.For(AmendedInstrument.With([.. versions]))])];
    }
}

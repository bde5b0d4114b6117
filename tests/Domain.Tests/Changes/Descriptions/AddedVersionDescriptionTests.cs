using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Changes.Versions;

namespace SurveillanceRegistry.Domain.Tests.Changes.Descriptions;

/// <summary>A new version in words: the approver and the public read what differs from the version before.</summary>
public sealed class AddedVersionDescriptionTests
{
    public static TheoryData<Func<Rule, Rule>, string> Amendments() =>
        new()
        {
            {
                rule => rule with { Retention = [rule.Retention[0] with { Days = 21 }, rule.Retention[1]] },
                "from November 29, 2026: at most 21 days instead of 90 (patrol reads)"
            },
            {
                rule => rule with { Retention = [rule.Retention[0] with { Bound = RetentionBound.Minimum }, rule.Retention[1]] },
                "from November 29, 2026: at least 90 days instead of at most 90 days (patrol reads)"
            },
            {
                rule => rule with { Retention = [rule.Retention[0] with { Note = "with exceptions" }, rule.Retention[1]] },
                "from November 29, 2026: at most 90 days (patrol reads), with the note “with exceptions” instead of none"
            },
            {
                rule => rule with { Retention = [rule.Retention[0], rule.Retention[1] with { Days = 1, Event = null }] },
                "from November 29, 2026: at most 1 day instead of until the end of the shift (parking reads)"
            },
            {
                rule => rule with { Retention = [rule.Retention[0] with { Days = null, Months = 6 }, rule.Retention[1]] },
                "from November 29, 2026: at most 6 months instead of at most 90 days (patrol reads)"
            },
            { rule => rule with { Retention = [rule.Retention[1]] }, "from November 29, 2026: no longer at most 90 days (patrol reads)" },
            {
                rule => rule with { Retention = [.. rule.Retention, new Retention(RetentionBound.Practice, 5)] },
                "from November 29, 2026: in practice 5 days, where nothing was stated"
            },
            {
                rule => rule with { Capture = [.. rule.Capture, Capture.Audio] },
                "from November 29, 2026: added to what it permits to be captured: audio"
            },
            { rule => rule, "from November 29, 2026: the same terms as before" },
        };

    [Theory]
    [MemberData(nameof(Amendments))]
    public void A_new_version_is_told_by_what_differs_from_the_one_before(Func<Rule, Rule> change, string expected)
    {
        var added = ChangeDescriptionTests.Manual.Versions[0] with
        {
            Id = "new",
            Title = "Readers, amended",
            Effective = new EffectivePeriod(LawDate.Parse("2026-11-29")),
            Rules = [change(ChangeDescriptionTests.Rule)],
        };
        var sentences = ChangeDescriptionTests.Describe(PolicyDocument.For(WithId), PolicyDocument.For(VersionChain.Add(WithId, added)));
        Assert.Equal(expected, sentences[0].What);
        Assert.Equal("Version 2, for Plate readers", sentences[0].Where);
        Assert.Equal(
            [
                "added version 2, “Readers, amended” (in force from November 29, 2026; no end is set)",
                "recorded the first day on which it is no longer in force: November 29, 2026",
            ],
            sentences.Skip(1).Select(sentence => sentence.What)
        );
        Assert.Equal([false, true, true], sentences.Select(sentence => sentence.IsOfOrder));
    }

    [Fact]
    public void A_condition_is_told_in_its_words()
    {
        var added = WithId.Versions[0] with
        {
            Id = "new",
            Effective = new EffectivePeriod(null) { Condition = "the mayor ends the pause" },
            Rules = [ChangeDescriptionTests.Rule with { Retention = [new Retention(RetentionBound.Limit, 21, null, "patrol reads")] }],
        };
        var amended = VersionChain.Add(WithId, added);
        Assert.Equal(
            [
                "from the day on which this happens: “the mayor ends the pause”: at most 21 days instead of 90 (patrol reads)",
                "from the day on which this happens: “the mayor ends the pause”: no longer until the end of the shift (parking reads)",
                "added version 2, “Plate readers” (not in force until this happens: “the mayor ends the pause”)",
            ],
            ChangeDescriptionTests.Describe(PolicyDocument.For(WithId), PolicyDocument.For(amended)).Select(sentence => sentence.What)
        );
        var met = VersionChain.Order([
            amended.Versions[0],
            amended.Versions[1] with
            {
                Effective = new EffectivePeriod(LawDate.Parse("2027-03-01")),
            },
        ]);
        Assert.Equal(
            [
                "recorded the first day on which it is no longer in force: March 1, 2027",
                "recorded the date it takes effect: March 1, 2027",
                "removed what must happen before it is in force: “the mayor ends the pause”",
            ],
            ChangeDescriptionTests
                .Describe(PolicyDocument.For(amended), PolicyDocument.For(amended with { Versions = met }))
                .Select(sentence => sentence.What)
        );
    }

    [Fact]
    public void A_technology_that_a_new_version_takes_up_or_drops_is_told()
    {
        var added = ChangeDescriptionTests.Manual.Versions[0] with
        {
            Id = "new",
            Effective = new EffectivePeriod(LawDate.Parse("2026-11")),
            By = "Ordinance 7",
            Passed = LawDate.Parse("2026-10-01"),
            Rules = [ChangeDescriptionTests.Rule with { Technology = "facility-camera", Retention = [] }],
        };
        var ended = WithId with
        {
            Versions = [WithId.Versions[0] with { Effective = WithId.Versions[0].Effective with { To = LawDate.Parse("2026-11") } }],
        };
        Assert.Equal(
            [
                "from November 2026: for the first time the rule for Cameras (permits stills and plates)",
                "from November 2026: no rule for Plate readers any more",
                "added version 2, “Plate readers” (in force from November 2026; no end is set), "
                    + "adopted or filed as “Ordinance 7” and passed October 1, 2026",
            ],
            ChangeDescriptionTests
                .Describe(PolicyDocument.For(ended), PolicyDocument.For(VersionChain.Add(ended, added)))
                .Select(sentence => sentence.What)
        );
    }

    [Fact]
    public void What_ends_where_a_recorded_version_says_otherwise_is_told()
    {
        var later = AmendedInstrument.Version(0, "B", "2027-06-01", 60);
        var recorded = VersionChain.Add(AmendedInstrument.Ordinance, later);
        var amended = VersionChain.Add(recorded, AmendedInstrument.Version(0, "A", "2027-01-01", 45));
        Assert.Equal(
            [
                "from January 1, 2027: at most 45 days instead of 90 (patrol reads)",
                "until June 1, 2027; from then on version 3 has at most 60 days instead of 45 (patrol reads)",
            ],
            ChangeDescriptionTests
                .Describe(PolicyDocument.For(recorded), PolicyDocument.For(amended))
                .Take(2)
                .Select(sentence => sentence.What)
        );
    }

    [Fact]
    public void What_goes_on_in_a_later_version_is_told_with_the_version_that_it_comes_from()
    {
        var recorded = VersionChain.Add(AmendedInstrument.Ordinance, AmendedInstrument.Version(0, "B", "2027-06-01", 90).Access());
        var added = AmendedInstrument.Version(0, "A", "2027-01-01", 45);
        var amended = VersionChain.Add(recorded, added, new DateOnly(2026, 11, 30));
        var sentences = ChangeDescriptionTests.Describe(PolicyDocument.For(recorded), PolicyDocument.For(amended));
        Assert.DoesNotContain(sentences, sentence => sentence.What.StartsWith("until", StringComparison.Ordinal));
        var carried = Assert.Single(
            sentences,
            sentence => sentence.Where?.StartsWith("Version 3, from June 1, 2027, for", StringComparison.Ordinal) == true
        );
        Assert.Equal("changed the retention limit from 90 days to 45 days (patrol reads), which goes on from version 2", carried.What);
        Assert.True(carried.IsOfOrder);
    }

    private static Instrument WithId =>
        ChangeDescriptionTests.Manual with
        {
            Versions = [ChangeDescriptionTests.Manual.Versions[0] with { Id = "first" }],
        };
}

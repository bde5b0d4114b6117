using SurveillanceRegistry.Domain.Changes.Merging;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Changes.Versions;

namespace SurveillanceRegistry.Domain.Tests.Changes.Merging;

/// <summary>Two people amend one instrument at once.</summary>
public sealed class VersionMergeTests
{
    private static readonly Instrument Original = AmendedInstrument.Ordinance;

    [Fact]
    public void A_waiting_edit_lands_on_its_own_text_after_an_earlier_text_was_recorded()
    {
        var mine = AmendedInstrument.With(Original.Versions[0].Days(21));
        var theirs = VersionIdentity.Complete(
            AmendedInstrument.With(
                AmendedInstrument.Version(1, "Text of 2016", "2016-01-01", 90, "2018-02-01"),
                Original.Versions[0] with
                {
                    Number = 2,
                    Id = "",
                }
            ),
            Original.Versions
        );
        var merge = Merge(Original, mine, theirs);
        Assert.Empty(merge.Conflicts);
        Assert.Equal(
            ["1 Text of 2016 2016-01-01..2018-02-01 90", "2 Text of 2018 2018-02-01.. 21"],
            AmendedInstrument.Lines(merge.Merged.Value<Instrument>())
        );
    }

    [Theory]
    [InlineData("2027-01-01", "2027-06-01")]
    [InlineData("2027-06-01", "2027-01-01")]
    public void Two_amendments_are_both_kept_in_the_order_of_time(string mineFrom, string theirsFrom)
    {
        var merge = Merge(Original, Amended("Mine", mineFrom, 30), Amended("Theirs", theirsFrom, 60));
        Assert.Empty(merge.Conflicts);
        var merged = merge.Merged.Value<Instrument>();
        var early = mineFrom == "2027-01-01" ? ("Mine", 30) : ("Theirs", 60);
        var late = mineFrom == "2027-01-01" ? ("Theirs", 60) : ("Mine", 30);
        Assert.Equal(
            [
                "1 Text of 2018 2018-02-01..2027-01-01 90",
                $"2 {early.Item1} 2027-01-01..2027-06-01 {early.Item2}",
                $"3 {late.Item1} 2027-06-01.. {late.Item2}",
            ],
            AmendedInstrument.Lines(merged)
        );
    }

    [Fact]
    public void Two_amendments_from_the_same_day_are_a_choice_between_them()
    {
        var (mine, theirs) = (Amended("Mine", "2027-01-01", 30), Amended("Theirs", "2027-01-01", 60));
        var conflict = Assert.Single(Merge(Original, mine, theirs).Conflicts);
        Assert.Equal(
            ["1 Text of 2018 2018-02-01..2027-01-01 90", "2 Theirs 2027-01-01.. 60"],
            AmendedInstrument.Lines(Merge(Original, mine, theirs).Merged.Value<Instrument>())
        );
        var decided = Merge(Original, mine, theirs, conflict.Key).Merged.Value<Instrument>();
        Assert.Equal(["1 Text of 2018 2018-02-01..2027-01-01 90", "2 Mine 2027-01-01.. 30"], AmendedInstrument.Lines(decided));
        Assert.Equal(theirs.Versions[1].Id, decided.Versions[1].Id);
    }

    [Theory]
    [InlineData("Text of 2018", "Text of 2018")]
    [InlineData("Mine", "Text of 2018")]
    public void Amendments_of_two_technologies_from_the_same_day_become_one_version(string mine, string theirs)
    {
        var merge = Merge(TwoRules, Amended(TwoRules, mine, "2027-01-01", 45, 90), Amended(TwoRules, theirs, "2027-01-01", 90, 80));
        Assert.Empty(merge.Conflicts);
        Assert.Equal(["Text of 2018 2018-02-01..2027-01-01 90 90", $"{mine} 2027-01-01.. 45 80"], Both(merge.Merged.Value<Instrument>()));
    }

    [Fact]
    public void Amendments_of_two_terms_of_one_technology_from_the_same_day_become_one_version()
    {
        var theirs = VersionIdentity.Complete(
            VersionChain.Add(Original, AmendedInstrument.Version(0, "Text of 2018", "2027-01-01", 90).Access()),
            Original.Versions
        );
        var merge = Merge(Original, Amended("Text of 2018", "2027-01-01", 45), theirs);
        Assert.Empty(merge.Conflicts);
        var rule = merge.Merged.Value<Instrument>().Versions[1].Rules[0];
        Assert.Equal((45, RecordsAccessKind.Exempt), (rule.Retention[0].Days, rule.RecordsAccess.Access));
    }

    [Fact]
    public void A_term_that_both_amend_from_one_day_is_a_choice_and_every_other_is_kept()
    {
        var (mine, theirs) = (Amended(TwoRules, "A", "2027-01-01", 45, 80), Amended(TwoRules, "A", "2027-01-01", 30, 90));
        var merge = Merge(TwoRules, mine, theirs);
        var id = mine.Versions[1].Id;
        Assert.Equal($"versions/{id}/rules/alpr/retention", Assert.Single(merge.Conflicts).Key);
        Assert.Equal("A 2027-01-01.. 30 80", Both(merge.Merged.Value<Instrument>())[1]);
        var decided = Merge(TwoRules, mine, theirs, merge.Conflicts[0].Key);
        Assert.Equal("A 2027-01-01.. 45 80", Both(decided.Merged.Value<Instrument>())[1]);
    }

    [Fact]
    public void Two_sources_of_one_version_are_a_choice_of_their_own()
    {
        var mine = Amended(TwoRules, "A", "2027-01-01", 45, 90);
        mine = mine with
        {
            Versions = [mine.Versions[0], mine.Versions[1] with { Source = AmendedInstrument.Read with { Title = "Ordinance 7" } }],
        };
        var theirs = Amended(TwoRules, "A", "2027-01-01", 90, 80);
        theirs = theirs with
        {
            Versions = [theirs.Versions[0], theirs.Versions[1] with { Source = AmendedInstrument.Read with { Title = "Ordinance 8" } }],
        };
        var conflict = Assert.Single(Merge(TwoRules, mine, theirs).Conflicts);
        Assert.Equal($"versions/{mine.Versions[1].Id}/source/title", conflict.Key);
        var decided = Merge(TwoRules, mine, theirs, conflict.Key).Merged.Value<Instrument>();
        Assert.Equal(("Ordinance 7", "A 2027-01-01.. 45 80"), (decided.Versions[1].Source.Title, Both(decided)[1]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_an_earlier_amendment_changes_goes_on_in_the_later_one(bool isApprovedFirst)
    {
        var early = Amended(TwoRules, "A", "2027-01-01", 45, 90);
        var late = Amended(TwoRules, "B", "2027-06-01", 90, 80);
        var merge = isApprovedFirst ? Merge(TwoRules, late, early) : Merge(TwoRules, early, late);
        Assert.Empty(merge.Conflicts);
        Assert.Equal(
            ["Text of 2018 2018-02-01..2027-01-01 90 90", "A 2027-01-01..2027-06-01 45 90", "B 2027-06-01.. 45 80"],
            Both(merge.Merged.Value<Instrument>())
        );
    }

    [Fact]
    public void A_later_amendment_that_changes_the_same_figure_keeps_its_own()
    {
        var merge = Merge(TwoRules, Amended(TwoRules, "A", "2027-01-01", 45, 90), Amended(TwoRules, "B", "2027-06-01", 30, 80));
        Assert.Equal("B 2027-06-01.. 30 80", Both(merge.Merged.Value<Instrument>())[2]);
    }

    [Fact]
    public void The_same_new_instrument_in_two_requests_is_recorded_once()
    {
        var merge = Merge(null, Original, Original);
        Assert.Empty(merge.Conflicts);
        Assert.Equal(PolicyDocument.For(Original), merge.Merged);
        var other = AmendedInstrument.With(Original.Versions[0].Days(21));
        Assert.Equal("versions/text-of-2018/rules/alpr/retention", Assert.Single(Merge(null, other, Original).Conflicts).Key);
    }

    private static Instrument TwoRules => Original with { Versions = [Original.Versions[0].Camera(90)] };

    private static Instrument Amended(Instrument original, string title, string from, int days, int camera) =>
        VersionIdentity.Complete(
            VersionChain.Add(original, AmendedInstrument.Version(0, title, from, days).Camera(camera)),
            original.Versions
        );

    /// <summary>The title, the first and last day, and the limits for both technologies.</summary>
    private static string[] Both(Instrument instrument) =>
        [
            .. instrument.Versions.Select(version =>
                $"{version.Title} {version.Effective.From}..{version.Effective.To} "
                + string.Join(' ', version.Rules.Select(rule => rule.Retention[0].Days))
            ),
        ];

    private static Instrument Amended(string title, string from, int days) =>
        VersionIdentity.Complete(VersionChain.Add(Original, AmendedInstrument.Version(0, title, from, days)), Original.Versions);

    private static ThreeWayMerge Merge(Instrument? original, Instrument mine, Instrument theirs, params string[] keepMine) =>
        ThreeWayMerge.Create(
            original is null ? null : PolicyDocument.For(original),
            PolicyDocument.For(mine),
            PolicyDocument.For(theirs),
            keepMine.ToHashSet()
        );
}

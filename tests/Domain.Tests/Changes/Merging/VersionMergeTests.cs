using SurveillanceRegistry.Domain.Changes.Merging;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
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

    [Fact]
    public void The_same_new_instrument_in_two_requests_is_recorded_once()
    {
        var merge = Merge(null, Original, Original);
        Assert.Empty(merge.Conflicts);
        Assert.Equal(PolicyDocument.For(Original), merge.Merged);
        var other = AmendedInstrument.With(Original.Versions[0].Days(21));
        Assert.Equal("versions/text-of-2018/rules/alpr/retention", Assert.Single(Merge(null, other, Original).Conflicts).Key);
    }

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

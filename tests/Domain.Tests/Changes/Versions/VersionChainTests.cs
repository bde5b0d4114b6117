using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Tests.Changes.Versions;

/// <summary>A new version takes its place in time, and the past stays as it was recorded.</summary>
public sealed class VersionChainTests
{
    [Fact]
    public void A_new_version_ends_the_one_before_and_changes_none_of_its_terms() =>
        Assert.Equal(
            ["1 Text of 2018 2018-02-01..2026-11-29 90", "2 Text of 2026 2026-11-29.. 21"],
            AmendedInstrument.Lines(
                VersionChain.Add(AmendedInstrument.Ordinance, AmendedInstrument.Version(0, "Text of 2026", "2026-11-29", 21))
            )
        );

    [Fact]
    public void A_version_between_two_others_ends_where_the_later_one_begins()
    {
        var two = VersionChain.Add(AmendedInstrument.Ordinance, AmendedInstrument.Version(0, "B", "2027-06-01", 60));
        Assert.Equal(
            ["1 Text of 2018 2018-02-01..2027-01 90", "2 A 2027-01..2027-06-01 30", "3 B 2027-06-01.. 60"],
            AmendedInstrument.Lines(VersionChain.Add(two, AmendedInstrument.Version(0, "A", "2027-01", 30)))
        );
    }

    [Fact]
    public void A_version_that_ended_on_an_unknown_day_keeps_its_end()
    {
        var ended = new EffectivePeriod(LawDate.Parse("2018-02-01"), Ended: true, EndKnownBy: LawDate.Parse("2020"));
        var instrument = AmendedInstrument.With(AmendedInstrument.Ordinance.Versions[0] with { Effective = ended });
        var added = VersionChain.Add(instrument, AmendedInstrument.Version(0, "Text of 2026", "2026-11-29", 21));
        Assert.Equal(ended, added.Versions[0].Effective);
    }
}

using CsCheck;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Policies.Law;

public sealed class EffectivePeriodTests
{
    private static LawDate Law(string text) => LawDate.Parse(text);

    private static DateOnly Day(string text) => DateOnly.Parse(text);

    private static readonly Gen<EffectivePeriod> AnyPeriod =
        from start in Generators.LawDate
        from end in Generators.LawDate
        from knowsStart in Gen.Bool
        from ended in Gen.Bool
        from knowsEnd in Gen.Bool
        select new EffectivePeriod(
            knowsStart ? start : null,
            null,
            knowsStart ? null : start,
            knowsEnd ? end : null,
            ended,
            knowsEnd ? null : end
        );

    [Fact]
    public void A_period_begins_on_its_first_day_and_ends_before_its_end_date()
    {
        var period = new EffectivePeriod(Law("2017-09-01"), To: Law("2018-11-04"));
        Assert.Equal(Phase.Before, period.PhaseOn(Day("2017-08-31")));
        Assert.Equal((Phase.During, Certainty.Certain), (period.PhaseOn(Day("2017-09-01")), period.CertaintyOn(Day("2017-09-01"))));
        Assert.Equal((Phase.During, Certainty.Certain), (period.PhaseOn(Day("2018-11-03")), period.CertaintyOn(Day("2018-11-03"))));
        Assert.Equal(Phase.After, period.PhaseOn(Day("2018-11-04")));
    }

    [Fact]
    public void A_day_inside_an_imprecise_date_is_possible()
    {
        var period = new EffectivePeriod(Law("1979"));
        Assert.Equal(Certainty.Possible, period.CertaintyOn(Day("1979-06-01")));
        Assert.Equal(Certainty.Certain, period.CertaintyOn(Day("1980-01-01")));
    }

    [Fact]
    public void A_text_with_an_unknown_start_is_possible_until_a_source_shows_it()
    {
        var period = new EffectivePeriod(null, FromKnownBy: Law("2020-09-29"));
        Assert.Equal((Certainty.Possible, false), (period.CertaintyOn(Day("2015-01-01")), period.IsStartKnownOn(Day("2015-01-01"))));
        Assert.Equal((Certainty.Certain, true), (period.CertaintyOn(Day("2020-09-29")), period.IsStartKnownOn(Day("2020-09-29"))));
    }

    [Fact]
    public void A_text_with_an_unknown_end_is_over_when_a_source_shows_it_replaced()
    {
        var pilot = new EffectivePeriod(Law("2016-12-29"), Ended: true, EndKnownBy: Law("2020-10-01"));
        Assert.Equal(Certainty.Certain, pilot.CertaintyOn(Day("2016-12-29")));
        Assert.Equal((Phase.During, Certainty.Possible), (pilot.PhaseOn(Day("2020-09-30")), pilot.CertaintyOn(Day("2020-09-30"))));
        Assert.Equal(Phase.After, pilot.PhaseOn(Day("2020-10-01")));
        Assert.Equal(DatePrecision.Unknown, pilot.ToPrecision);
    }

    [Fact]
    public void Two_periods_overlap_when_a_day_may_lie_in_both() =>
        Gen.Select(AnyPeriod, AnyPeriod, Gen.Int[0, 110_000])
            .Sample(
                (one, other, days) =>
                {
                    var day = new DateOnly(1890, 1, 1).AddDays(days);
                    Assert.Equal(one.Overlaps(other), other.Overlaps(one));
                    if (one.PhaseOn(day) == Phase.During && other.PhaseOn(day) == Phase.During)
                        Assert.True(one.Overlaps(other));
                },
                iter: Rounds.Of(5_000)
            );

    [Fact]
    public void The_phase_of_a_period_never_goes_back() =>
        Gen.Select(AnyPeriod, Gen.Int[0, 110_000], Gen.Int[0, 5_000])
            .Sample(
                (period, days, later) =>
                {
                    var day = new DateOnly(1890, 1, 1).AddDays(days);
                    if (!(period.EarliestPossibleStart >= period.LatestPossibleEnd))
                        Assert.True(period.PhaseOn(day.AddDays(later)) >= period.PhaseOn(day));
                },
                iter: Rounds.Of(5_000)
            );

    [Theory]
    [InlineData("9999-12-31")]
    [InlineData("2199-12-31")]
    public void An_open_text_is_certainly_in_force_on_the_last_day_of_the_calendar(string day)
    {
        var open = new EffectivePeriod(LawDate.Parse("2019-02-01"));
        var asOf = DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal((Phase.During, Certainty.Certain), (open.PhaseOn(asOf), open.CertaintyOn(asOf)));
    }

    [Fact]
    public void A_text_without_any_date_is_never_certain_not_even_on_the_last_day()
    {
        var undated = new EffectivePeriod(null);
        Assert.Equal(Certainty.Possible, undated.CertaintyOn(DateOnly.MaxValue));
        Assert.False(undated.IsStartKnownOn(DateOnly.MaxValue));
    }
}

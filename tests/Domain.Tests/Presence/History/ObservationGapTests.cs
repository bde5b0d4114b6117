using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Presence.History;

/// <summary>The times in which the registry could not observe.</summary>
public sealed class ObservationGapTests
{
    private static readonly DateTimeOffset Noon = Generators.Noon;

    private static ObservationGap? At(int second, int? until, int? again, int now = 1_000) =>
        ObservationGap.At(Noon.AddSeconds(second), Second(until), Second(again), Noon.AddSeconds(now));

    private static DateTimeOffset? Second(int? second) => second is { } known ? Noon.AddSeconds(known) : null;

    [Fact]
    public void An_instant_of_an_observed_period_has_no_gap()
    {
        Assert.Null(At(50, until: 50, again: 300));
        Assert.Null(At(50, until: 900, again: null));
    }

    [Fact]
    public void A_gap_lasts_from_the_end_of_one_period_to_the_begin_of_the_next() =>
        Assert.Equal(new ObservationGap(Second(50), Second(300)), At(100, until: 50, again: 300));

    [Fact]
    public void A_gap_without_a_later_period_has_no_end() =>
        Assert.Equal(new ObservationGap(Second(50), null), At(100, until: 50, again: null));

    [Fact]
    public void A_gap_before_the_first_period_has_no_begin() =>
        Assert.Equal(new ObservationGap(null, Second(300)), At(100, until: null, again: 300));

    [Fact]
    public void Two_periods_with_seconds_between_them_have_no_gap()
    {
        Assert.Null(At(52, until: 50, again: 56));
        Assert.Null(At(52, until: 50, again: null, now: 56));
        Assert.NotNull(At(52, until: 50, again: 57));
    }
}

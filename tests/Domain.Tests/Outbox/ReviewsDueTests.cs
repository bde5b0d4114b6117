using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Changes.Versions;

namespace SurveillanceRegistry.Domain.Tests.Outbox;

public sealed class ReviewsDueTests
{
    private static readonly DateOnly Day = new(2026, 11, 30);

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(6, true)]
    [InlineData(7, false)]
    public void A_review_is_newly_due_from_its_day_on_for_a_week(int daysAfter, bool isDue)
    {
        var due = ReviewsDue.On(TableOf(Day, "alpr"), Day.AddDays(daysAfter));
        Assert.Equal(isDue ? [new ReviewsDue("ord-990300", Day)] : [], due);
    }

    [Fact]
    public void Rules_of_one_instrument_with_the_same_day_are_one_review()
    {
        var due = Assert.Single(ReviewsDue.On(TableOf(Day, "alpr", "cctv"), Day));
        Assert.Equal("review:ord-990300:2026-11-30", due.Once);
    }

    private static GovernanceTable TableOf(DateOnly reviewBy, params string[] technologies)
    {
        var version = AmendedInstrument.Ordinance.Versions[0];
        var rules = technologies.Select(id => version.Rules[0] with { Technology = id, ReviewBy = reviewBy });
        return new GovernanceTable(
            [.. technologies.Select(id => new Technology(id, id, null, null, null))],
            [AmendedInstrument.With(version with { Rules = [.. rules] })]
        );
    }
}

namespace SurveillanceRegistry.Domain.Tests;

/// <summary>Arithmetic with times stops at the edges of the calendar.</summary>
public sealed class CalendarEdgesTests
{
    [Fact]
    public void The_last_day_of_the_calendar_is_its_own_next_day()
    {
        Assert.Equal(DateOnly.MaxValue, DateOnly.MaxValue.NextDay());
        Assert.Equal(new DateOnly(2028, 3, 1), new DateOnly(2028, 2, 29).NextDay());
    }

    [Fact]
    public void An_instant_never_leaves_the_calendar()
    {
        Assert.Equal(DateTimeOffset.MinValue, DateTimeOffset.MinValue.AddHours(1).Shift(TimeSpan.FromDays(-1)));
        Assert.Equal(DateTimeOffset.MaxValue, DateTimeOffset.MaxValue.Shift(TimeSpan.FromDays(1)));
        Assert.Equal(DateTimeOffset.MinValue, CalendarEdges.Instant(DateTime.MinValue, TimeSpan.FromHours(9)));
        Assert.Equal(DateTimeOffset.MaxValue, CalendarEdges.Instant(DateTime.MaxValue, TimeSpan.FromHours(-8)));
        Assert.Equal(
            new DateTimeOffset(2026, 11, 23, 23, 0, 0, TimeSpan.Zero),
            CalendarEdges.Instant(new DateTime(2026, 11, 23, 15, 0, 0), TimeSpan.FromHours(-8))
        );
    }
}

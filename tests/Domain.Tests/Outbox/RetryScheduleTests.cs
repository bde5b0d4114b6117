using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Domain.Tests.Outbox;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Pauses_grow_and_end_after_three_days()
    {
        var at = Noon;
        var (attempts, last) = (0, TimeSpan.Zero);
        while (RetrySchedule.NextAttempt(++attempts, at) is { } next)
        {
            Assert.True(next - at > last);
            (last, at) = (next - at, next);
        }

        Assert.Equal(RetrySchedule.MaxAttempts, attempts);
        Assert.InRange((at - Noon).TotalDays, 3, 3.5);
        Assert.True(at - Noon < IOutbox.MaxAge);
    }
}

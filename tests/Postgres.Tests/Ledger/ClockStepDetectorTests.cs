using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Ledger;

/// <summary>The ledger records when the registry's clock was set.</summary>
public sealed class ClockStepDetectorTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(86_400, "2026-11-23T19:00:00.000000Z", "2026-11-24T19:00:00.000000Z")]
    [InlineData(-86_400, "2026-11-23T19:00:00.000000Z", "2026-11-22T19:00:00.000000Z")]
    public async Task A_clock_step_is_recorded_once_with_the_times_before_and_after(int seconds, string from, string to)
    {
        await using var database = await cluster.NewRegisterAsync();
        var clock = new WallClock(new DateTimeOffset(2026, 11, 23, 19, 0, 0, TimeSpan.Zero));
        var watch = new ClockStepDetector(database.Source, clock, NullLogger<ClockStepDetector>.Instance);
        await watch.LookAsync(Cancellation);
        clock.Step(TimeSpan.FromSeconds(seconds));
        clock.Advance(TimeSpan.FromSeconds(1));
        await watch.LookAsync(Cancellation);
        clock.Advance(TimeSpan.FromHours(1));
        await watch.LookAsync(Cancellation);
        Assert.Contains(
            $$$""""body":{"from":"{{{from}}}","to":"{{{to}}}"}"""",
            await database.AskAsync<string>(
                "select string_agg(convert_from(bytes, 'UTF8'), ' ') from registry.ledger_entry where kind = 'clock-stepped'"
            ),
            StringComparison.Ordinal
        );
        Assert.Equal(1, await database.AskAsync<int>("select count(*)::int from registry.ledger_entry where kind = 'clock-stepped'"));
    }

    [Fact]
    public async Task A_small_correction_of_the_clock_is_not_recorded()
    {
        await using var database = await cluster.NewRegisterAsync();
        var clock = new WallClock(new DateTimeOffset(2026, 11, 23, 19, 0, 0, TimeSpan.Zero));
        var watch = new ClockStepDetector(database.Source, clock, NullLogger<ClockStepDetector>.Instance);
        for (var look = 0; look < 10; look++)
        {
            clock.Step(TimeSpan.FromSeconds(-2));
            clock.Advance(TimeSpan.FromMinutes(1));
            await watch.LookAsync(Cancellation);
        }

        Assert.Equal(0, await database.AskAsync<int>("select count(*)::int from registry.ledger_entry where kind = 'clock-stepped'"));
    }

    /// <summary>A clock whose wall time can be set while its monotonic time runs on.</summary>
    private sealed class WallClock(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private TimeSpan _set;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _set;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;

        public void Step(TimeSpan by) => _set += by;
    }
}

using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Tests.Presence;

public sealed class IngestStatisticsTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero));
    private readonly IngestStatistics _statistics;

    public IngestStatisticsTests()
    {
        _statistics = new IngestStatistics(_clock);
        _statistics.RegisterReasons(["shape", "rate"]);
    }

    public void Dispose() => _statistics.Dispose();

    /// <summary>Counts a heartbeat that waits for its answer.</summary>
    private void CountHeartbeat(TimeSpan wait, bool isAcknowledged = true)
    {
        var receivedAt = _statistics.Received();
        _clock.Advance(wait);
        _statistics.Completed(receivedAt, isAcknowledged);
    }

    private void Advance(double seconds)
    {
        for (; seconds >= 1; seconds--)
            _clock.Advance(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(4_600)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(999_999)]
    [InlineData(30_000_000)]
    public void A_percentile_is_never_less_than_the_latency_and_little_more(long microseconds)
    {
        CountHeartbeat(TimeSpan.FromMicroseconds(microseconds));
        Advance(1);
        var percentile = _statistics.Read().LastMinute.AckP50Ms!.Value * 1000;
        Assert.InRange(percentile, microseconds, Math.Max(microseconds * 1.125, microseconds + 8));
    }

    [Fact]
    public void The_median_and_the_99th_percentile_are_told_apart()
    {
        for (var i = 0; i < 98; i++)
            CountHeartbeat(TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 2; i++)
            CountHeartbeat(TimeSpan.FromMilliseconds(200));
        Advance(1);
        var minute = _statistics.Read().LastMinute;
        Assert.Equal(100, minute.Acknowledged);
        Assert.InRange(minute.AckP50Ms!.Value, 1, 1.125);
        Assert.InRange(minute.AckP99Ms!.Value, 200, 225);
    }

    [Fact]
    public void The_windows_hold_the_last_second_and_the_last_minute_only()
    {
        for (var i = 0; i < 3; i++)
            CountHeartbeat(TimeSpan.Zero);
        _statistics.Refused("shape");
        Advance(1);
        Assert.Equal((3, 3), Acknowledged());
        Assert.Equal(3, _statistics.Read().LastSecond.PerSecond);
        Advance(1);
        CountHeartbeat(TimeSpan.Zero);
        Advance(1);
        Assert.Equal((1, 4), Acknowledged());
        Advance(58);
        Assert.Equal((0, 1), Acknowledged());
        Assert.Equal([("rate", 0), ("shape", 0)], _statistics.Read().LastMinute.Refused);
        Assert.Equal([("rate", 0), ("shape", 1)], _statistics.Read().Refused);
        Advance(5);
        Assert.Equal((0, 0), Acknowledged());
        Assert.Null(_statistics.Read().LastMinute.AckP99Ms);
        Assert.Equal(4, _statistics.Acknowledged);
        Assert.Equal(60, _statistics.Read().LastMinute.Seconds);

        (long, long) Acknowledged() => (_statistics.Read().LastSecond.Acknowledged, _statistics.Read().LastMinute.Acknowledged);
    }

    [Fact]
    public void Ingest_is_stalled_if_heartbeats_wait_unanswered_and_not_if_none_come()
    {
        Advance(3600);
        Assert.False(_statistics.IsStalled); // No heartbeat waits.
        var first = _statistics.Received();
        Advance(4);
        var second = _statistics.Received();
        Advance(0.5);
        Assert.False(_statistics.IsStalled);
        Advance(1);
        Assert.True(_statistics.IsStalled); // A later heartbeat does not hide one that waits.
        _statistics.Completed(first, isAcknowledged: true);
        Assert.False(_statistics.IsStalled);
        Advance(6);
        Assert.True(_statistics.IsStalled);
        _statistics.Completed(second, isAcknowledged: false);
        Advance(6);
        Assert.False(_statistics.IsStalled);
        Assert.Equal(0, _statistics.InFlight);
        Advance(1);
        Assert.Equal(1, _statistics.Read().LastMinute.Acknowledged); // The second one was answered, but not acknowledged.
    }

    [Fact]
    public void Counting_a_heartbeat_allocates_no_memory()
    {
        _statistics.Completed(_statistics.Received(), isAcknowledged: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _statistics.Completed(_statistics.Received(), isAcknowledged: true);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

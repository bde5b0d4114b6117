using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Tests.Presence;

/// <summary>What the page of those who run the registry shows: the last second and the last minute, and whether anything moves.</summary>
public sealed class IngestStatisticsTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero));
    private readonly IngestStatistics _figures;

    public IngestStatisticsTests()
    {
        _figures = new IngestStatistics(_clock);
        _figures.RegisterReasons(["shape", "rate"]);
    }

    public void Dispose() => _figures.Dispose();

    /// <summary>A heartbeat that waits for so long.</summary>
    private void Beat(TimeSpan waits, bool isAcknowledged = true)
    {
        var receivedAt = _figures.Received();
        _clock.Advance(waits);
        _figures.Completed(receivedAt, isAcknowledged);
    }

    private void Passes(double seconds)
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
    public void Never_say_less_than_it_took_and_little_more(long microseconds)
    {
        Beat(TimeSpan.FromMicroseconds(microseconds));
        Passes(1);
        var said = _figures.Read().LastMinute.AckP50Ms!.Value * 1000;
        Assert.InRange(said, microseconds, Math.Max(microseconds * 1.125, microseconds + 8));
    }

    [Fact]
    public void Tell_the_half_from_the_ninety_nine_of_a_hundred()
    {
        for (var i = 0; i < 98; i++)
            Beat(TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 2; i++)
            Beat(TimeSpan.FromMilliseconds(200));
        Passes(1);
        var minute = _figures.Read().LastMinute;
        Assert.Equal(100, minute.Acknowledged);
        Assert.InRange(minute.AckP50Ms!.Value, 1, 1.125);
        Assert.InRange(minute.AckP99Ms!.Value, 200, 225);
    }

    [Fact]
    public void Are_of_the_last_second_and_of_the_last_minute_and_forget_what_was_before()
    {
        for (var i = 0; i < 3; i++)
            Beat(TimeSpan.Zero);
        _figures.Refused("shape");
        Passes(1);
        Assert.Equal((3, 3), Acknowledged());
        Assert.Equal(3, _figures.Read().LastSecond.PerSecond);
        Passes(1);
        Beat(TimeSpan.Zero);
        Passes(1);
        Assert.Equal((1, 4), Acknowledged());
        Passes(58);
        Assert.Equal((0, 1), Acknowledged());
        Assert.Equal([("rate", 0), ("shape", 0)], _figures.Read().LastMinute.Refused);
        Assert.Equal([("rate", 0), ("shape", 1)], _figures.Read().Refused);
        Passes(5);
        Assert.Equal((0, 0), Acknowledged());
        Assert.Null(_figures.Read().LastMinute.AckP99Ms);
        Assert.Equal(4, _figures.Acknowledged);
        Assert.Equal(60, _figures.Read().LastMinute.Seconds);

        (long, long) Acknowledged() => (_figures.Read().LastSecond.Acknowledged, _figures.Read().LastMinute.Acknowledged);
    }

    [Fact]
    public void Stand_still_when_heartbeats_wait_and_none_is_answered_and_not_when_nobody_speaks()
    {
        Passes(3600);
        Assert.False(_figures.IsStalled); // Nobody speaks.
        var first = _figures.Received();
        Passes(4);
        var second = _figures.Received();
        Passes(0.5);
        Assert.False(_figures.IsStalled);
        Passes(1);
        Assert.True(_figures.IsStalled); // What came later does not hide what waits.
        _figures.Completed(first, isAcknowledged: true);
        Assert.False(_figures.IsStalled);
        Passes(6);
        Assert.True(_figures.IsStalled);
        _figures.Completed(second, isAcknowledged: false);
        Passes(6);
        Assert.False(_figures.IsStalled);
        Assert.Equal(0, _figures.InFlight);
        Passes(1);
        Assert.Equal(1, _figures.Read().LastMinute.Acknowledged); // What failed was answered, and not acknowledged.
    }

    [Fact]
    public void Cost_a_heartbeat_no_memory()
    {
        _figures.Completed(_figures.Received(), isAcknowledged: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _figures.Completed(_figures.Received(), isAcknowledged: true);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

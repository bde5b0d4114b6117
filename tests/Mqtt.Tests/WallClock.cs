using Microsoft.Extensions.Time.Testing;

namespace SurveillanceRegistry.Mqtt.Tests;

/// <summary>A clock whose wall can be set, as by an administrator or a time server, while time itself goes on: timers and timestamps see nothing of it.</summary>
internal sealed class WallClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _set;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _set;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public void Step(TimeSpan by) => _set += by;
}

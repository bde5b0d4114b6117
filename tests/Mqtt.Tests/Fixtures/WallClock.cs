using Microsoft.Extensions.Time.Testing;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>
/// A clock whose wall can be set, as by an administrator or a time server, while time itself goes on: timers and timestamps see nothing of
/// it.
/// </summary>
internal sealed class WallClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _set;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _set;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>Lets time pass second by second, as the registry's own clockwork sees it pass.</summary>
    public new void Advance(TimeSpan by)
    {
        for (; by > TimeSpan.FromSeconds(1); by -= TimeSpan.FromSeconds(1))
            base.Advance(TimeSpan.FromSeconds(1));
        base.Advance(by);
    }

    /// <summary>Time passes while the whole registry stands still, as when its machine is paused.</summary>
    public void StandStill(TimeSpan lasting) => base.Advance(lasting);

    public void Step(TimeSpan by) => _set += by;
}

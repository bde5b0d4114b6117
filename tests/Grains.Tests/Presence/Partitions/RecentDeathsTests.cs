using SurveillanceRegistry.Grains.Presence.Partitions;

namespace SurveillanceRegistry.Grains.Tests.Presence.Partitions;

public sealed class RecentDeathsTests
{
    private const long WindowMs = 10_000;
    private const long Never = long.MinValue / 2;

    private readonly RecentDeaths _deaths = new(WindowMs);

    private int[] Take(long nowMs, long massDisconnectAtMs) =>
        [.. _deaths.TakeRetracted(nowMs, massDisconnectAtMs).Select(death => death.Number)];

    [Fact]
    public void A_death_is_retracted_if_a_mass_disconnect_is_near_it_before_or_after()
    {
        _deaths.Add(new RecentDeath(1, 1, 1, AtMs: 1_000));
        _deaths.Add(new RecentDeath(2, 1, 1, AtMs: 21_000));
        Assert.Equal([1, 2], Take(nowMs: 21_000, massDisconnectAtMs: 11_000));
        Assert.Empty(Take(nowMs: 21_000, massDisconnectAtMs: 11_000));
    }

    [Fact]
    public void A_death_without_a_mass_disconnect_is_kept_for_the_window_and_then_dropped()
    {
        _deaths.Add(new RecentDeath(1, 1, 1, AtMs: 1_000));
        Assert.Empty(Take(nowMs: 11_000, Never));
        Assert.Empty(Take(nowMs: 11_001, Never));
        Assert.Empty(Take(nowMs: 11_001, massDisconnectAtMs: 11_000));
    }
}

using Orleans.Core.Internal;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Presence;

/// <summary>
/// When a unit is looked after, and from when on; docs/pitfalls.md says where others went wrong. Each test registers units of its own.
/// </summary>
public sealed class PresencePartitionGrainTests(SmallCity city) : IClassFixture<SmallCity>
{
    private async Task<PresenceState> PresenceOf(string unit) =>
        (await city.Partition(unit).FindObservation(city.Number(unit), unit))!.Presence;

    /// <summary>Without asking: it has to be noticed.</summary>
    private Task IsToldAsync(string unit, PresenceState presence) =>
        city.Memory.Until(memory => memory.Remembered.LastOrDefault(seen => seen.DeviceId == unit)?.Presence == presence);

    /// <summary>A unit that was registered a moment ago.</summary>
    private async Task<string> UnitAsync(int? deadlineSeconds = null)
    {
        var unit = city.Memory.Devices.First(device => device.Id == Camera) with
        {
            Id = $"unit-{city.Memory.Devices.Length}",
            OwnDeadlineSeconds = deadlineSeconds,
        };
        await city.Memory.RegisterAsync(unit, Attribution.Registry, "", city.Time.GetUtcNow(), CancellationToken.None);
        await city.Partition(unit.Id).ReloadDevice(city.Number(unit.Id));
        return unit.Id;
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(3600)]
    public async Task Silence_begins_with_the_instant_after_the_deadline(int seconds)
    {
        var unit = await UnitAsync(seconds);
        await city.Beat(unit, Sees());
        city.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(PresenceState.Late, await PresenceOf(unit));
        city.Time.Advance(TimeSpan.FromMilliseconds(2)); // One could be lost in rounding: this clock counts from the year 1.
        Assert.Equal(PresenceState.Silent, await PresenceOf(unit));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(3600)]
    public async Task Silence_is_noticed_within_a_second_though_nobody_asks_of_a_unit_registered_a_moment_ago_too(int seconds)
    {
        var unit = await UnitAsync(seconds);
        await city.Beat(unit, Sees());
        city.Time.Advance(TimeSpan.FromSeconds(seconds + 1));
        await IsToldAsync(unit, PresenceState.Silent);
    }

    [Theory]
    [InlineData(30, 10)]
    [InlineData(600, 10)]
    [InlineData(10, 30)]
    public async Task A_deadline_that_is_changed_counts_at_once_and_the_one_before_does_not_fire_any_more(int before, int after)
    {
        var unit = await UnitAsync(before);
        await city.Beat(unit, Sees());
        city.Time.Advance(TimeSpan.FromSeconds(1));
        await city.Memory.ChangeAsync(
            city.Memory.Devices.First(device => device.Id == unit) with
            {
                OwnDeadlineSeconds = after,
            },
            1,
            Attribution.Registry,
            "",
            city.Time.GetUtcNow(),
            CancellationToken.None
        );
        await city.Partition(unit).ReloadDevice(city.Number(unit));
        city.Time.Advance(TimeSpan.FromSeconds(after - 1));
        Assert.Equal(PresenceState.Late, await PresenceOf(unit));
        city.Time.Advance(TimeSpan.FromMilliseconds(2)); // One could be lost in rounding: this clock counts from the year 1.
        Assert.Equal(PresenceState.Silent, await PresenceOf(unit));
    }

    [Fact]
    public async Task A_partition_that_begins_anew_revives_nobody_and_kills_nobody()
    {
        var (gone, there) = (await UnitAsync(), await UnitAsync());
        await city.Beat(gone, Sees());
        city.Time.Advance(TimeSpan.FromSeconds(31));
        await IsToldAsync(gone, PresenceState.Silent);
        await city.Beat(there, Sees());
        foreach (var unit in new[] { gone, there })
            await city.Partition(unit).AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        Assert.Equal(PresenceState.Silent, await PresenceOf(gone)); // Its last word stands in the log, and is no new one.
        Assert.Equal(PresenceState.Online, await PresenceOf(there));
        city.Time.Advance(TimeSpan.FromSeconds(31));
        await IsToldAsync(there, PresenceState.Silent);
    }
}

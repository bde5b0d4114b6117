using Orleans.Core.Internal;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Presence.Partitions;

/// <summary>When a partition calls a device late or silent. Each test registers devices of its own.</summary>
public sealed class PresencePartitionGrainTests(SmallCity city) : IClassFixture<SmallCity>
{
    private async Task<PresenceState> PresenceOf(string deviceId) =>
        (await city.Partition(deviceId).FindObservation(city.NumberOf(deviceId), deviceId))!.Presence;

    /// <summary>Waits until the partition records a presence by itself. Asking the partition would make it check.</summary>
    private Task UntilRecordedAsync(string deviceId, PresenceState presence) =>
        city.Memory.Until(memory => memory.Recorded.LastOrDefault(observation => observation.DeviceId == deviceId)?.Presence == presence);

    private async Task<string> RegisterDeviceAsync(int? deadlineSeconds = null)
    {
        var device = city.Memory.Devices.First(other => other.Id == Camera) with
        {
            Id = $"unit-{city.Memory.Devices.Length}",
            OwnDeadlineSeconds = deadlineSeconds,
        };
        await city.Memory.RegisterAsync(device, Attribution.Registry, "", city.Time.GetUtcNow(), CancellationToken.None);
        await city.Partition(device.Id).ReloadDevice(city.NumberOf(device.Id));
        return device.Id;
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(3600)]
    public async Task Silence_begins_with_the_instant_after_the_deadline(int seconds)
    {
        var deviceId = await RegisterDeviceAsync(seconds);
        await city.ApplyHeartbeat(deviceId, RecordingVideo());
        city.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(PresenceState.Late, await PresenceOf(deviceId));
        city.Time.Advance(TimeSpan.FromMilliseconds(2)); // One millisecond could be lost in rounding.
        Assert.Equal(PresenceState.Silent, await PresenceOf(deviceId));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(3600)]
    public async Task A_partition_detects_silence_within_a_second_without_being_asked(int seconds)
    {
        var deviceId = await RegisterDeviceAsync(seconds);
        await city.ApplyHeartbeat(deviceId, RecordingVideo());
        city.Time.Advance(TimeSpan.FromSeconds(seconds + 1));
        await UntilRecordedAsync(deviceId, PresenceState.Silent);
    }

    [Theory]
    [InlineData(30, 10)]
    [InlineData(600, 10)]
    [InlineData(10, 30)]
    public async Task A_changed_deadline_counts_at_once_and_replaces_the_one_before(int before, int after)
    {
        var deviceId = await RegisterDeviceAsync(before);
        await city.ApplyHeartbeat(deviceId, RecordingVideo());
        city.Time.Advance(TimeSpan.FromSeconds(1));
        await city.Memory.ChangeAsync(
            city.Memory.Devices.First(device => device.Id == deviceId) with
            {
                OwnDeadlineSeconds = after,
            },
            1,
            Attribution.Registry,
            "",
            city.Time.GetUtcNow(),
            CancellationToken.None
        );
        await city.Partition(deviceId).ReloadDevice(city.NumberOf(deviceId));
        city.Time.Advance(TimeSpan.FromSeconds(after - 1));
        Assert.Equal(PresenceState.Late, await PresenceOf(deviceId));
        city.Time.Advance(TimeSpan.FromMilliseconds(2)); // One millisecond could be lost in rounding.
        Assert.Equal(PresenceState.Silent, await PresenceOf(deviceId));
    }

    [Fact]
    public async Task A_partition_that_is_activated_again_changes_no_device_s_state()
    {
        var (silent, online) = (await RegisterDeviceAsync(), await RegisterDeviceAsync());
        await city.ApplyHeartbeat(silent, RecordingVideo());
        city.Time.Advance(TimeSpan.FromSeconds(31));
        await UntilRecordedAsync(silent, PresenceState.Silent);
        await city.ApplyHeartbeat(online, RecordingVideo());
        foreach (var deviceId in new[] { silent, online })
            await city.Partition(deviceId).AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        Assert.Equal(PresenceState.Silent, await PresenceOf(silent)); // Its last heartbeat is in the log, but is not a new one.
        Assert.Equal(PresenceState.Online, await PresenceOf(online));
        city.Time.Advance(TimeSpan.FromSeconds(31));
        await UntilRecordedAsync(online, PresenceState.Silent);
    }
}

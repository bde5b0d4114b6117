using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Mqtt.Tests.Simulator;

/// <summary>What happens to devices of the simulated fleet, on real sockets and fake time.</summary>
[Slow]
public sealed class FleetEpisodeTests : FleetTestBase
{
    [Fact]
    public async Task The_fleet_signs_in_and_publishes_through_its_first_episode()
    {
        var begun = Time.GetUtcNow();
        var devices = Devices(5);
        var episodes = Episode.ForSampleCity(devices);
        var episode = Assert.Single(episodes);
        Assert.Equal("sim-1", episode.DeviceId);
        Begin(devices, episodes);

        await UntilAllPublished(devices);
        await Until(() => Of("sim-1").Any(heartbeat => heartbeat.Capture[Capture.Audio] == Mode.Recorded));
        await Until(() => Of("sim-1").Last().Capture[Capture.Audio] == Mode.Off);
        var listens = Of("sim-1").First(heartbeat => heartbeat.Capture[Capture.Audio] == Mode.Recorded).DeviceAt;
        Assert.InRange(listens!.Value, begun + episode.When.First, begun + episode.When.First + episode.When.Lasts);
        Assert.DoesNotContain(
            Broker.Log.Heartbeats,
            heartbeat => heartbeat.DeviceId != "sim-1" && heartbeat.Capture[Capture.Audio] != Mode.Off
        );
    }

    [Fact]
    public async Task The_fleet_has_a_device_that_falls_silent_and_publishes_again()
    {
        var (falls, publishesAgain) = (Time.GetUtcNow().AddSeconds(20), Time.GetUtcNow().AddHours(1));
        Begin(Devices(2), new Episode("sim-1", Happening.FallsSilent, Times.Once(TimeSpan.FromSeconds(20), publishesAgain - falls)));
        await Until(() => Of("sim-2").Any(heartbeat => heartbeat.DeviceAt >= falls.AddMinutes(1)));
        Assert.DoesNotContain(Of("sim-1"), heartbeat => heartbeat.DeviceAt >= falls);
        Time.Advance(publishesAgain - Time.GetUtcNow());
        await Until(() => Of("sim-1").Any(heartbeat => heartbeat.DeviceAt >= publishesAgain));
        Assert.DoesNotContain(Of("sim-1"), heartbeat => heartbeat.DeviceAt >= falls && heartbeat.DeviceAt < publishesAgain);
    }

    [Fact]
    public async Task The_fleet_has_a_device_that_restarts_with_a_greater_epoch()
    {
        var begun = Time.GetUtcNow();
        Begin(Devices(2), new Episode("sim-1", Happening.Restarts, Times.Once(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15))));
        await Until(() => Of("sim-1").Count(heartbeat => heartbeat.Epoch != begun.ToUnixTimeMilliseconds()) >= 2);
        var (before, after) = (Boot("sim-1", first: true), Boot("sim-1", first: false));
        Assert.All(
            [before, after],
            boot => Assert.Equal(Enumerable.Range(0, boot.Length).Select(i => (long)i), boot.Select(heartbeat => heartbeat.Seq))
        );
        Assert.True(before.Length >= 3 && after[0].Epoch >= (begun + TimeSpan.FromSeconds(45)).ToUnixTimeMilliseconds());
        Assert.DoesNotContain(
            Of("sim-1"),
            heartbeat => heartbeat.DeviceAt > begun.AddSeconds(31) && heartbeat.DeviceAt < begun.AddSeconds(45)
        );
        Assert.Empty(Broker.Partitions.Deaths);
    }

    [Fact]
    public async Task The_fleet_has_a_device_whose_connection_is_cut_and_returns_in_the_same_epoch()
    {
        var begun = Time.GetUtcNow();
        Begin(Devices(2), new Episode("sim-1", Happening.IsCutOff, Times.Once(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(75))));
        await Until(() => !Broker.Partitions.Deaths.IsEmpty && Of("sim-1").Any(heartbeat => heartbeat.DeviceAt >= begun.AddSeconds(105)));
        Assert.Equal(begun.ToUnixTimeMilliseconds(), Assert.Single(Broker.Partitions.Deaths));
        Assert.Equal(Of("sim-1").Count(), Of("sim-1").Select(heartbeat => heartbeat.Seq).Distinct().Count());
        Assert.Single(Of("sim-1").Select(heartbeat => heartbeat.Epoch).Distinct());
    }

    [Fact]
    public async Task The_fleet_has_a_device_whose_clock_fell_back_so_that_it_stays_late()
    {
        var begun = Time.GetUtcNow();
        Begin(Devices(2), new Episode("sim-1", Happening.LosesItsClock, Times.Once(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(20))));
        await Until(() => Of("sim-1").Count(heartbeat => heartbeat.Epoch < begun.ToUnixTimeMilliseconds()) >= 2);
        var (before, after) = (Boot("sim-1", first: true), Boot("sim-1", first: false));
        Assert.All(after, heartbeat => Assert.False(heartbeat.IsAfter(before[^1].Epoch, before[^1].Seq)));
        Assert.All(after, heartbeat => Assert.True(heartbeat.DeviceAt < begun.AddYears(-9)));
        Assert.Equal([begun.ToUnixTimeMilliseconds()], Broker.Partitions.Deaths);
    }

    [Fact]
    public async Task The_fleet_has_paused_devices_and_one_of_them_records_all_the_same()
    {
        var devices = Devices(3).Select(device => device with { Lifecycle = Lifecycle.Paused }).ToArray();
        Begin(devices, new Episode("sim-2", Happening.Records, Times.Always) { Captures = devices[1].Sensors });
        await UntilAllPublished(devices);
        Assert.All(
            Broker.Log.Heartbeats,
            heartbeat =>
                Assert.Equal(
                    CaptureReport.ForAll(devices[1].Sensors, heartbeat.DeviceId == "sim-2" ? Mode.Recorded : Mode.Off),
                    heartbeat.Capture
                )
        );
    }

    [Fact]
    public void The_fleet_has_episodes_that_begin_end_and_repeat()
    {
        var times = new Times(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(5));
        foreach (
            var (second, isOn, next) in new[]
            {
                (0, false, 120),
                (119, false, 120),
                (120, true, 210),
                (209, true, 210),
                (210, false, 420),
                (420, true, 510),
            }
        )
            Assert.Equal(
                (isOn, TimeSpan.FromSeconds(next)),
                (times.IsOn(TimeSpan.FromSeconds(second)), times.NextTurn(TimeSpan.FromSeconds(second)))
            );
        Assert.True(Times.Always.IsOn(TimeSpan.Zero) && Times.Always.NextTurn(TimeSpan.Zero) > TimeSpan.FromDays(3650));
    }

    private Heartbeat[] Boot(string device, bool first) =>
        [.. Of(device).Where(heartbeat => (heartbeat.Epoch == Of(device).First().Epoch) == first)];
}

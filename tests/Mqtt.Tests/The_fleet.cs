using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Mqtt.Tests;

/// <summary>The simulated fleet, on real sockets and fake time.</summary>
public sealed class The_fleet(Antenna antenna) : IClassFixture<Antenna>
{
    [Fact]
    public async Task Signs_in_speaks_and_lives_through_its_episodes()
    {
        var units = Enumerable.Range(1, 5).Select(i => (Antenna.Camera with { Id = $"sim-{i}" }, Antenna.Secret)).ToArray();
        var episodes = Episode.OfSampleCity(units.Select(unit => unit.Item1));
        Assert.Equal("sim-1", Assert.Single(episodes).DeviceId);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var stop = new CancellationTokenSource();
        var running = Fleet.RunAsync(antenna.Address, units, episodes, time, NullLogger.Instance, stop.Token);

        await Until(time, () => units.All(unit => antenna.Told.Heartbeats.Any(heartbeat => heartbeat.DeviceId == unit.Item1.Id)));
        Assert.All(antenna.Told.Heartbeats, heartbeat => Assert.Equal(Mode.Off, heartbeat.Capture[Capture.Audio]));
        await Until(time, () => antenna.Told.Heartbeats.Any(heartbeat => heartbeat.DeviceId == "sim-1" && heartbeat.Capture[Capture.Audio] == Mode.Recorded));
        await Until(time, () => antenna.Told.Heartbeats.Last(heartbeat => heartbeat.DeviceId == "sim-1").Capture[Capture.Audio] == Mode.Off);
        Assert.DoesNotContain(antenna.Told.Heartbeats, heartbeat => heartbeat.DeviceId != "sim-1" && heartbeat.Capture[Capture.Audio] != Mode.Off);

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public void Has_episodes_that_begin_end_and_come_again()
    {
        var silence = new Episode("cam", null, TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(5));
        Assert.False(silence.IsOn(TimeSpan.FromSeconds(119)));
        Assert.True(silence.IsOn(TimeSpan.FromSeconds(120)));
        Assert.False(silence.IsOn(TimeSpan.FromSeconds(210)));
        Assert.True(silence.IsOn(TimeSpan.FromSeconds(420)));
    }

    /// <summary>Lets fake seconds pass, giving the sockets their turns, until it is so; at most so many.</summary>
    private static async Task Until(FakeTimeProvider time, Func<bool> isSo)
    {
        for (var turns = 0; !isSo(); turns++)
        {
            Assert.True(turns < 20_000, "It did not come in 20,000 turns.");
            if (turns % 20 == 0)
                time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            await Task.Run(() => Thread.SpinWait(2_000));
        }
    }
}

using Microsoft.Extensions.Time.Testing;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Mqtt.Tests;

/// <summary>The simulated fleet, on real sockets and fake time.</summary>
public sealed class The_fleet : IAsyncLifetime
{
    private readonly Antenna _antenna = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        await _antenna.DisposeAsync();
    }

    private static Device[] Units(int count, string kind = "facility-camera") => [.. Enumerable.Range(1, count).Select(i => Antenna.Camera with { Id = $"sim-{i}", Kind = kind, Number = i })];

    private void Begin(IEnumerable<(Device, string)> units, params IReadOnlyList<Episode> episodes) =>
        _running = Fleet.RunAsync(_antenna.Address, [.. units], episodes, _time, _antenna.Log, _stop.Token);

    private void Begin(IEnumerable<Device> units, params IReadOnlyList<Episode> episodes) => Begin(units.Select(unit => (unit, Antenna.Secret)), episodes);

    private IEnumerable<Heartbeat> Of(string unit) => _antenna.Told.Heartbeats.Where(heartbeat => heartbeat.DeviceId == unit);

    private Task UntilAllSpoke(Device[] units) => Until(() => units.All(unit => Of(unit.Id).Any()));

    [Fact]
    public async Task Signs_in_speaks_and_lives_through_its_first_episode()
    {
        var begun = _time.GetUtcNow();
        var units = Units(5);
        var episodes = Episode.OfSampleCity(units);
        Assert.Equal("sim-1", Assert.Single(episodes).DeviceId);
        Begin(units, episodes);

        await UntilAllSpoke(units);
        await Until(() => Of("sim-1").Any(heartbeat => heartbeat.Capture[Capture.Audio] == Mode.Recorded));
        await Until(() => Of("sim-1").Last().Capture[Capture.Audio] == Mode.Off);
        var listens = Of("sim-1").First(heartbeat => heartbeat.Capture[Capture.Audio] == Mode.Recorded).DeviceAt;
        Assert.InRange(listens!.Value, begun + episodes[0].First, begun + episodes[0].First + episodes[0].Lasts);
        Assert.DoesNotContain(_antenna.Told.Heartbeats, heartbeat => heartbeat.DeviceId != "sim-1" && heartbeat.Capture[Capture.Audio] != Mode.Off);
    }

    [Fact]
    public async Task Has_a_unit_that_falls_silent_and_speaks_again()
    {
        var (falls, speaksAgain) = (_time.GetUtcNow().AddSeconds(20), _time.GetUtcNow().AddHours(1));
        Begin(Units(2), new Episode("sim-1", null, TimeSpan.FromSeconds(20), speaksAgain - falls, TimeSpan.FromHours(2)));
        await Until(() => Of("sim-2").Any(heartbeat => heartbeat.DeviceAt >= falls.AddMinutes(1)));
        Assert.DoesNotContain(Of("sim-1"), heartbeat => heartbeat.DeviceAt >= falls);
        _time.Advance(speaksAgain - _time.GetUtcNow());
        await Until(() => Of("sim-1").Any(heartbeat => heartbeat.DeviceAt >= speaksAgain));
        Assert.DoesNotContain(Of("sim-1"), heartbeat => heartbeat.DeviceAt >= falls && heartbeat.DeviceAt < speaksAgain);
    }

    [Fact]
    public async Task Has_worn_units_of_which_most_stand_by_few_record_and_some_are_docked()
    {
        var units = Units(20, "body-worn");
        Begin(units);
        await UntilAllSpoke(units);
        var first = units.Select(unit => Of(unit.Id).First()).ToArray();
        Assert.InRange(first.Count(heartbeat => heartbeat.Health == Health.Docked), 1, 8);
        Assert.InRange(first.Count(heartbeat => heartbeat.Capture[Capture.Video] == Mode.Recorded), 1, 8);
        Assert.DoesNotContain(first, heartbeat => heartbeat.Health == Health.Docked && heartbeat.Capture[Capture.Video] != Mode.Off);
        Assert.InRange(first.Count(heartbeat => heartbeat.Capture[Capture.Video] == Mode.Off), 11, 19);
    }

    [Fact]
    public async Task Signs_in_again_when_its_sessions_end_and_goes_on_counting()
    {
        var units = Units(2);
        Begin(units);
        await UntilAllSpoke(units);
        _antenna.Kept.IsBroken = true;
        await Until(() => units.All(unit => _antenna.Logged.Any(line => line.Contains(unit.Id + " has no session", StringComparison.Ordinal))));
        _antenna.Kept.IsBroken = false;
        var before = _antenna.Told.Heartbeats.Count;
        await Until(() => units.All(unit => _antenna.Told.Heartbeats.Skip(before).Any(heartbeat => heartbeat.DeviceId == unit.Id)));
        Assert.All(units, unit => Assert.True(Of(unit.Id).Last().IsAfter(Of(unit.Id).First().Epoch, Of(unit.Id).First().Seq)));
        Assert.All(units, unit => Assert.Single(Of(unit.Id).Select(heartbeat => heartbeat.Epoch).Distinct()));
    }

    [Fact]
    public async Task Says_why_a_unit_may_not_sign_in_and_goes_on_with_the_others()
    {
        var units = Units(2);
        Begin([(units[0], "guess"), (units[1], Antenna.Secret)]);
        await Until(() => Of("sim-2").Any());
        await Until(() => _antenna.Logged.Count(line => line.Contains("sim-1 has no session (the registry refused the sign-in: BadUserNameOrPassword)", StringComparison.Ordinal)) > 1);
        Assert.Empty(Of("sim-1"));
    }

    [Fact]
    public async Task Leaves_with_a_farewell_so_that_nobody_takes_it_for_dead()
    {
        var units = Units(3);
        Begin(units);
        await UntilAllSpoke(units);
        await _stop.CancelAsync();
        await _running;
        (await _antenna.ConnectAsync(Antenna.As(Antenna.Camera).WithWillTopic(Topic.Death(Antenna.Camera.Id)).WithWillPayload("""{"epoch":77}""")
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce))).Dispose();
        Assert.Equal(77, await _antenna.Told.DeathAsync());
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
    private async Task Until(Func<bool> isSo)
    {
        for (var turns = 0; !isSo(); turns++)
        {
            Assert.True(turns < 20_000, "It did not come in 20,000 turns.");
            if (turns % 20 == 0)
                _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            await Task.Run(() => Thread.SpinWait(2_000));
        }
    }
}

using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Mqtt.Tests.Simulator;

/// <summary>The simulated fleet, on real sockets and fake time.</summary>
public sealed class FleetTests : IAsyncLifetime
{
    private readonly BrokerFixture _antenna = new();
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

    private static Device[] Units(int count, string kind = "facility-camera") =>
        [.. Enumerable.Range(1, count).Select(i => BrokerFixture.Camera with { Id = $"sim-{i}", Kind = kind, Number = i })];

    private void Begin(IEnumerable<(Device, string)> units, params IReadOnlyList<Episode> episodes) =>
        _running = Fleet.RunAsync(_antenna.Address, [.. units], episodes, _time, _antenna.Log, _stop.Token);

    private void Begin(IEnumerable<Device> units, params IReadOnlyList<Episode> episodes) =>
        Begin(units.Select(unit => (unit, BrokerFixture.Secret)), episodes);

    private IEnumerable<Heartbeat> Of(string unit) => _antenna.Kept.Heartbeats.Where(heartbeat => heartbeat.DeviceId == unit);

    private Task UntilAllSpoke(Device[] units) => Until(() => units.All(unit => Of(unit.Id).Any()));

    [Fact]
    public async Task Signs_in_speaks_and_lives_through_its_first_episode()
    {
        var begun = _time.GetUtcNow();
        var units = Units(5);
        var episodes = Episode.OfSampleCity(units);
        var episode = Assert.Single(episodes);
        Assert.Equal("sim-1", episode.DeviceId);
        Begin(units, episodes);

        await UntilAllSpoke(units);
        await Until(() => Of("sim-1").Any(heartbeat => heartbeat.Capture[Capture.Audio] == Mode.Recorded));
        await Until(() => Of("sim-1").Last().Capture[Capture.Audio] == Mode.Off);
        var listens = Of("sim-1").First(heartbeat => heartbeat.Capture[Capture.Audio] == Mode.Recorded).DeviceAt;
        Assert.InRange(listens!.Value, begun + episode.When.First, begun + episode.When.First + episode.When.Lasts);
        Assert.DoesNotContain(
            _antenna.Kept.Heartbeats,
            heartbeat => heartbeat.DeviceId != "sim-1" && heartbeat.Capture[Capture.Audio] != Mode.Off
        );
    }

    [Fact]
    public async Task Has_a_unit_that_falls_silent_and_speaks_again()
    {
        var (falls, speaksAgain) = (_time.GetUtcNow().AddSeconds(20), _time.GetUtcNow().AddHours(1));
        Begin(Units(2), new Episode("sim-1", Happening.FallsSilent, Times.Once(TimeSpan.FromSeconds(20), speaksAgain - falls)));
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
        await Until(() =>
            units.All(unit => _antenna.Logged.Any(line => line.Contains(unit.Id + " has no session", StringComparison.Ordinal)))
        );
        _antenna.Kept.IsBroken = false;
        var before = _antenna.Kept.Heartbeats.Count;
        await Until(() => units.All(unit => _antenna.Kept.Heartbeats.Skip(before).Any(heartbeat => heartbeat.DeviceId == unit.Id)));
        Assert.All(units, unit => Assert.True(Of(unit.Id).Last().IsAfter(Of(unit.Id).First().Epoch, Of(unit.Id).First().Seq)));
        Assert.All(units, unit => Assert.Single(Of(unit.Id).Select(heartbeat => heartbeat.Epoch).Distinct()));
    }

    [Fact]
    public async Task Says_why_a_unit_may_not_sign_in_and_goes_on_with_the_others()
    {
        var units = Units(2);
        Begin([(units[0], "guess"), (units[1], BrokerFixture.Secret)]);
        await Until(() => Of("sim-2").Any());
        await Until(() =>
            _antenna.Logged.Count(line =>
                line.Contains("sim-1 has no session (the registry refused the sign-in: BadUserNameOrPassword)", StringComparison.Ordinal)
            ) > 1
        );
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
        (
            await _antenna.ConnectAsync(
                BrokerFixture
                    .As(BrokerFixture.Camera)
                    .WithWillTopic(DeviceTopics.Death(BrokerFixture.Camera.Id))
                    .WithWillPayload("""{"epoch":77}""")
                    .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            )
        ).Dispose();
        Assert.Equal(77, await _antenna.Told.DeathAsync());
    }

    [Fact]
    public async Task Has_a_unit_that_restarts_and_counts_anew_in_a_greater_epoch()
    {
        var begun = _time.GetUtcNow();
        Begin(Units(2), new Episode("sim-1", Happening.Restarts, Times.Once(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15))));
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
        Assert.Empty(_antenna.Told.Deaths);
    }

    [Fact]
    public async Task Has_a_unit_whose_connection_is_cut_and_that_comes_back_in_the_same_boot()
    {
        var begun = _time.GetUtcNow();
        Begin(Units(2), new Episode("sim-1", Happening.IsCutOff, Times.Once(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(75))));
        await Until(() => !_antenna.Told.Deaths.IsEmpty && Of("sim-1").Any(heartbeat => heartbeat.DeviceAt >= begun.AddSeconds(105)));
        Assert.Equal(begun.ToUnixTimeMilliseconds(), Assert.Single(_antenna.Told.Deaths));
        Assert.Equal(Of("sim-1").Count(), Of("sim-1").Select(heartbeat => heartbeat.Seq).Distinct().Count());
        Assert.Single(Of("sim-1").Select(heartbeat => heartbeat.Epoch).Distinct());
    }

    [Fact]
    public async Task Has_a_unit_whose_clock_fell_back_so_that_it_stays_late()
    {
        var begun = _time.GetUtcNow();
        Begin(Units(2), new Episode("sim-1", Happening.LosesItsClock, Times.Once(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(20))));
        await Until(() => Of("sim-1").Count(heartbeat => heartbeat.Epoch < begun.ToUnixTimeMilliseconds()) >= 2);
        var (before, after) = (Boot("sim-1", first: true), Boot("sim-1", first: false));
        Assert.All(after, heartbeat => Assert.False(heartbeat.IsAfter(before[^1].Epoch, before[^1].Seq)));
        Assert.All(after, heartbeat => Assert.True(heartbeat.DeviceAt < begun.AddYears(-9)));
        Assert.Equal([begun.ToUnixTimeMilliseconds()], _antenna.Told.Deaths);
    }

    [Fact]
    public async Task Has_paused_units_that_take_nothing_in_but_for_one_that_goes_on_recording()
    {
        var units = Units(3).Select(unit => unit with { Lifecycle = Lifecycle.Paused }).ToArray();
        Begin(units, new Episode("sim-2", Happening.Records, Times.Always) { Captures = units[1].Sensors });
        await UntilAllSpoke(units);
        Assert.All(
            _antenna.Kept.Heartbeats,
            heartbeat =>
                Assert.Equal(
                    CaptureReport.Every(units[1].Sensors, heartbeat.DeviceId == "sim-2" ? Mode.Recorded : Mode.Off),
                    heartbeat.Capture
                )
        );
    }

    [Fact]
    public async Task Has_worn_units_that_dock_shift_after_shift()
    {
        var units = Units(30, "body-worn");
        var begun = _time.GetUtcNow();
        Begin(units);
        await Until(() => units.All(unit => Docks(unit.Id) is not null), step: 5);
        var shifts = units
            .Select(unit => Docks(unit.Id)!.Value - begun)
            .GroupBy(at => (int)(at / TimeSpan.FromMinutes(8)) % 3)
            .OrderBy(shift => shift.Key)
            .ToArray();
        Assert.Equal([10, 10, 10], shifts.Select(shift => shift.Count()));
        Assert.All(shifts, shift => Assert.True(shift.Distinct().Count() > 5, "A shift docks in one moment."));

        DateTimeOffset? Docks(string unit) =>
            Of(unit)
                .Zip(Of(unit).Skip(1))
                .FirstOrDefault(pair => pair is { First.Health: Health.Ok, Second.Health: Health.Docked })
                .Second?.DeviceAt;
    }

    [Fact]
    public async Task Signs_in_within_ten_seconds_one_after_the_other_and_does_not_speak_in_step()
    {
        const int Count = 240,
            Seconds = 10;
        var units = Units(Count);
        Begin(units);
        for (var second = 1; second <= Seconds; second++)
        {
            Assert.InRange(
                _antenna.Kept.Heartbeats.Select(heartbeat => heartbeat.DeviceId).Distinct().Count(),
                0,
                Count / Seconds * second
            );
            _time.Advance(TimeSpan.FromSeconds(1));
            await Until(() => units.Take(Count / Seconds * second).All(unit => Of(unit.Id).Any()), step: 0);
        }

        await Until(() => units.All(unit => Of(unit.Id).Count() > 1));
        var pauses = units.Select(unit => (int)(Of(unit.Id).ElementAt(1).DeviceAt - Of(unit.Id).First().DeviceAt)!.Value.TotalSeconds);
        Assert.All(
            pauses.CountBy(pause => pause),
            pause => Assert.True(pause.Value < Count / 3, $"{pause.Value} units spoke again after {pause.Key} s.")
        );
    }

    [Fact]
    public async Task Echoes_the_version_of_what_is_expected_of_it_once_it_was_told()
    {
        using var registry = new MqttServerFactory().CreateMqttServer(
            new MqttServerOptionsBuilder()
                .WithDefaultEndpoint()
                .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
                .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
                .WithDefaultEndpointPort(FreePort(out var port))
                .Build()
        );
        var heard = new ConcurrentQueue<JsonElement>();
        registry.InterceptingPublishAsync += publish =>
        {
            if (publish.ApplicationMessage.Topic == "registry/v1/devices/sim-1/heartbeat")
                heard.Enqueue(JsonSerializer.Deserialize<JsonElement>(publish.ApplicationMessage.Payload.ToArray()));
            return Task.CompletedTask;
        };
        await registry.StartAsync();
        _running = Fleet.RunAsync(new IPEndPoint(IPAddress.Loopback, port), [(Units(1)[0], "")], [], _time, _antenna.Log, _stop.Token);
        await Until(() => heard.Count >= 2);
        Assert.All(heard, heartbeat => Assert.False(heartbeat.TryGetProperty("ruleVersion", out _)));

        foreach (
            var (expected, version) in new[]
            {
                ("""{"version":7,"capture":{"video":"recorded"},"rules":[]}""", 7),
                ("not JSON", 7),
                ("""{"version":"8"}""", 7),
                ("""{"version":9}""", 9),
            }
        )
        {
            await registry.InjectApplicationMessage(
                new InjectedMqttApplicationMessage(
                    new MqttApplicationMessageBuilder()
                        .WithTopic("registry/v1/devices/sim-1/expected")
                        .WithPayload(expected)
                        .WithRetainFlag()
                        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                        .Build()
                )
                {
                    SenderClientId = "registry",
                }
            );
            var before = heard.Count;
            await Until(() => heard.Count >= before + 3);
            Assert.Equal(version, heard.Last().GetProperty("ruleVersion").GetInt64());
        }

        await _stop.CancelAsync();
        await _running;
        await registry.StopAsync();
    }

    [Fact]
    public void Has_episodes_that_begin_end_and_come_again()
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

    private Heartbeat[] Boot(string unit, bool first) =>
        [.. Of(unit).Where(heartbeat => (heartbeat.Epoch == Of(unit).First().Epoch) == first)];

    private static int FreePort(out int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return port = ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>
    /// Lets fake seconds pass, giving the sockets their turns, until it is so; for no longer than a busy machine may need.
    /// </summary>
    private async Task Until(Func<bool> isSo, int step = 1)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var turns = 0; !isSo(); turns++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < BrokerFixture.Patience * 6, "It did not come.");
            if (turns % 20 == 0)
                _time.Advance(TimeSpan.FromSeconds(step));
            await Task.Yield();
            await Task.Run(() => Thread.SpinWait(2_000));
        }
    }
}

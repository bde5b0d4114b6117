using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Simulator;

/// <summary>The simulated fleet signs in, publishes, and signs in again, on real sockets and fake time.</summary>
[Slow]
public sealed class FleetTests : FleetTestBase
{
    [Fact]
    public async Task The_fleet_has_body_worn_cameras_that_stand_by_record_and_dock()
    {
        var devices = Devices(20, "body-worn");
        Begin(devices);
        await UntilAllPublished(devices);
        var first = devices.Select(device => Of(device.Id).First()).ToArray();
        Assert.InRange(first.Count(heartbeat => heartbeat.Health == Health.Docked), 1, 8);
        Assert.InRange(first.Count(heartbeat => heartbeat.Capture[Capture.Video] == Mode.Recorded), 1, 8);
        Assert.DoesNotContain(first, heartbeat => heartbeat.Health == Health.Docked && heartbeat.Capture[Capture.Video] != Mode.Off);
        Assert.InRange(first.Count(heartbeat => heartbeat.Capture[Capture.Video] == Mode.Off), 11, 19);
    }

    [Fact]
    public async Task The_fleet_signs_in_again_after_its_sessions_end_and_continues_its_sequences()
    {
        var devices = Devices(2);
        Begin(devices);
        await UntilAllPublished(devices);
        Broker.Log.IsBroken = true;
        await Until(() =>
            devices.All(device => Broker.Logged.Any(line => line.Contains(device.Id + " has no session", StringComparison.Ordinal)))
        );
        Broker.Log.IsBroken = false;
        var before = Broker.Log.Heartbeats.Count;
        await Until(() => devices.All(device => Broker.Log.Heartbeats.Skip(before).Any(heartbeat => heartbeat.DeviceId == device.Id)));
        Assert.All(devices, device => Assert.True(Of(device.Id).Last().IsAfter(Of(device.Id).First().Epoch, Of(device.Id).First().Seq)));
        Assert.All(devices, device => Assert.Single(Of(device.Id).Select(heartbeat => heartbeat.Epoch).Distinct()));
    }

    [Fact]
    public async Task The_fleet_logs_a_refused_sign_in_and_continues_with_the_other_devices()
    {
        var devices = Devices(2);
        Begin([(devices[0], "guess"), (devices[1], BrokerFixture.Secret)]);
        await Until(() => Of("sim-2").Any());
        await Until(() =>
            Broker.Logged.Count(line =>
                line.Contains("sim-1 has no session (the registry refused the sign-in: BadUserNameOrPassword)", StringComparison.Ordinal)
            ) > 1
        );
        Assert.Empty(Of("sim-1"));
    }

    [Fact]
    public async Task The_fleet_disconnects_normally_so_that_no_device_is_dead()
    {
        var devices = Devices(3);
        Begin(devices);
        await UntilAllPublished(devices);
        await Stop.CancelAsync();
        await Running;
        (
            await Broker.ConnectAsync(
                BrokerFixture
                    .OptionsFor(BrokerFixture.Camera)
                    .WithWillTopic(DeviceTopics.Death(BrokerFixture.Camera.Id))
                    .WithWillPayload("""{"epoch":77}""")
                    .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            )
        ).Dispose();
        Assert.Equal(77, await Broker.Partitions.DeathAsync());
    }

    [Fact]
    public async Task The_fleet_has_body_worn_cameras_that_dock_shift_after_shift()
    {
        var devices = Devices(30, "body-worn");
        var begun = Time.GetUtcNow();
        Begin(devices);
        await Until(() => devices.All(device => Docks(device.Id) is not null), step: 5);
        var shifts = devices
            .Select(device => Docks(device.Id)!.Value - begun)
            .GroupBy(at => (int)(at / TimeSpan.FromMinutes(8)) % 3)
            .OrderBy(shift => shift.Key)
            .ToArray();
        Assert.Equal([10, 10, 10], shifts.Select(shift => shift.Count()));
        Assert.All(shifts, shift => Assert.True(shift.Distinct().Count() > 5, "A shift docks in one moment."));

        DateTimeOffset? Docks(string device) =>
            Of(device)
                .Zip(Of(device).Skip(1))
                .FirstOrDefault(pair => pair is { First.Health: Health.Ok, Second.Health: Health.Docked })
                .Second?.DeviceAt;
    }

    [Fact]
    public async Task The_fleet_signs_in_within_ten_seconds_and_does_not_publish_in_step()
    {
        const int Count = 240,
            Seconds = 10;
        var devices = Devices(Count);
        Begin(devices);
        for (var second = 1; second <= Seconds; second++)
        {
            Assert.InRange(Broker.Log.Heartbeats.Select(heartbeat => heartbeat.DeviceId).Distinct().Count(), 0, Count / Seconds * second);
            Time.Advance(TimeSpan.FromSeconds(1));
            await Until(() => devices.Take(Count / Seconds * second).All(device => Of(device.Id).Any()), step: 0);
        }

        await Until(() => devices.All(device => Of(device.Id).Count() > 1));
        var pauses = devices.Select(device =>
            (int)(Of(device.Id).ElementAt(1).DeviceAt - Of(device.Id).First().DeviceAt)!.Value.TotalSeconds
        );
        Assert.All(
            pauses.CountBy(pause => pause),
            pause => Assert.True(pause.Value < Count / 3, $"{pause.Value} devices published again after {pause.Key} s.")
        );
    }
}

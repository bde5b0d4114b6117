using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.SignIn;

/// <summary>
/// The register changes while devices are signed in. Who may not speak any more is refused from the next word on, who may is heard, and
/// nobody has to connect again for it.
/// </summary>
public sealed class SessionRegistryTests : IAsyncLifetime
{
    private const string Gateway = BrokerFixture.FakeEnrolment.Gateway,
        Elsewhere = "another-gateway";

    private readonly BrokerFixture _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<RawMqttClient> SignInAsync(string id) => RawMqttClient.SignInAsync(_antenna.Address, id);

    /// <summary>Says a word; the code of its answer.</summary>
    private static async Task<int> SayAsync(RawMqttClient line, string unit, long seq, long epoch = 1, string? capture = null)
    {
        await line.SendAsync(
            RawMqttClient.Publish(
                7,
                DeviceTopics.Heartbeat(unit),
                capture is null
                    ? RawMqttClient.Heartbeat(seq, epoch)
                    : $$"""{"epoch":{{epoch}},"seq":{{seq}},"capture":{{capture}},"health":"ok","firmware":"1"}"""
            )
        );
        var answer = await line.ReadPacketAsync();
        Assert.Equal((0x40, 7), (answer[0], answer[3]));
        return answer.Length > 4 ? answer[4] : 0;
    }

    /// <summary>Registers something, and the broker hears of it.</summary>
    private async Task SayAsync(Device device)
    {
        _antenna.Enrolled.Say(device);
        await _antenna.Part<ISessions>().ChangedAsync(device.Id, Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_child_that_was_moved_or_removed_cannot_speak_through_its_old_gateway(bool isMoved)
    {
        const string unit = "behind-moving";
        var line = await SignInAsync(Gateway);
        Assert.Equal(0, await SayAsync(line, unit, 1));
        Assert.Equal(0, await SayAsync(line, "behind-staying", 1, epoch: 5));
        await SayAsync(
            BrokerFixture.FakeEnrolment.Numbered(unit) with
            {
                Gateway = isMoved ? Elsewhere : Gateway,
                Lifecycle = isMoved ? Lifecycle.Active : Lifecycle.Removed,
            }
        );
        Assert.Equal(0x87, await SayAsync(line, unit, 2));
        Assert.Equal(0x87, await SayAsync(line, unit, 3));
        Assert.Equal([1L, 1L], _antenna.Kept.Heartbeats.Select(heartbeat => heartbeat.Seq));
        await line.DisposeAsync();
        Assert.Equal(5, await _antenna.Told.DeathAsync());
        Assert.Equal([5], _antenna.Told.Deaths); // And its old gateway's end is not its own.
    }

    [Fact]
    public async Task A_child_that_is_registered_after_its_gateway_named_it_is_heard_at_once()
    {
        await using var line = await SignInAsync(Gateway);
        Assert.Equal(0x87, await SayAsync(line, "new-cam", 1));
        await SayAsync(BrokerFixture.FakeEnrolment.Numbered("new-cam") with { Gateway = Gateway });
        Assert.Equal(0, await SayAsync(line, "new-cam", 2));
    }

    [Theory]
    [InlineData("sim-changing", "sim-changing")]
    [InlineData(Gateway, "behind-changing")]
    public async Task A_sensor_that_was_taken_away_is_not_asked_for_any_more(string client, string unit)
    {
        var line = await SignInAsync(client);
        Assert.Equal(0, await SayAsync(line, unit, 1));
        Assert.Equal(0x99, await SayAsync(line, unit, 2, capture: """{"video":"live"}"""));
        await SayAsync(
            BrokerFixture.FakeEnrolment.Numbered(unit) with
            {
                Sensors = [Capture.Video],
                Gateway = client == Gateway ? Gateway : null,
            }
        );
        Assert.Equal(0, await SayAsync(line, unit, 2, capture: """{"video":"live"}"""));
        Assert.Equal(0x99, await SayAsync(line, unit, 3));
        await line.DisposeAsync();
        if (client == Gateway)
            Assert.Equal(1, await _antenna.Told.DeathAsync()); // It still dies with its gateway.
    }

    [Fact]
    public async Task A_vendor_s_gateway_signs_in_anew_when_what_stands_behind_it_changed_and_nobody_dies_of_it()
    {
        var unit = Vendor("east-precinct-lobby-1");
        _antenna.Enrolled.Say(unit);
        await using var line = await SignInAsync(BrokerFixture.FakeEnrolment.Recorder);
        await SayAsync(unit with { Department = "parks" }); // Nothing of what its words are read by.
        Assert.Equal(0, await SayVendorAsync(line, 7));
        await SayAsync(Vendor("east-precinct-lobby-2"));
        Assert.Equal([0xE0, 2, 0x98, 0], await line.ReadPacketAsync());
        await line.UntilClosedAsync();

        var again = await SignInAsync(BrokerFixture.FakeEnrolment.Recorder);
        Assert.Equal(0, await SayVendorAsync(again, 8));
        await SayAsync(Vendor("east-precinct-lobby-2")); // Known by now.
        await again.SendAsync(RawMqttClient.Packet(0xC0));
        Assert.Equal([0xD0, 0], await again.ReadPacketAsync());
        await again.DisposeAsync();
        Assert.Equal((SessionEnd.ConnectionLost, true), await _antenna.Told.EndAsync()); // The first end that anybody is told of.
    }

    [Fact]
    public async Task A_clerk_lets_a_unit_begin_anew_and_its_words_count_and_die_with_their_gateway()
    {
        const string unit = "behind-fell-back";
        var line = await SignInAsync(Gateway);
        await SayAsync(line, unit, 1, epoch: 1000);
        Assert.Equal(0, await SayAsync(line, unit, 1, epoch: 3));
        Assert.Equal([3L], _antenna.Kept.LookedFor.Where(heartbeat => heartbeat.Epoch < 1000).Select(heartbeat => heartbeat.Epoch));
        await _antenna.Part<ISessions>().EpochsForgottenAsync(unit, Cancellation);
        var late = _antenna.Counted.Count(counted => counted.Contains("not_newest", StringComparison.Ordinal));
        for (var seq = 2; seq < 10; seq++)
            await SayAsync(line, unit, seq, epoch: 3);
        Assert.Equal(late, _antenna.Counted.Count(counted => counted.Contains("not_newest", StringComparison.Ordinal)));
        // The first may have come before; the others not.
        Assert.Equal([1L, 2L], _antenna.Kept.LookedFor.Where(heartbeat => heartbeat.Epoch == 3).Select(heartbeat => heartbeat.Seq));
        await line.DisposeAsync();
        Assert.Equal(3, await _antenna.Told.DeathAsync());
    }

    [Fact]
    public async Task A_vendor_s_units_are_heard_though_the_registry_s_clock_was_set_back_before_it_started()
    {
        var unit = _antenna.Enrolled.Say(Vendor("east-precinct-lobby-1"));
        var later = _antenna.Clock.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds();
        _antenna.Told.Known[unit.Number] = (later, 99);
        await using var line = await SignInAsync(BrokerFixture.FakeEnrolment.Recorder);
        Assert.Equal(0, await SayVendorAsync(line, 7));
        Assert.True(Assert.Single(_antenna.Kept.Heartbeats).IsAfter(later, 99));
        Assert.DoesNotContain(_antenna.Counted, counted => counted.Contains("not_newest", StringComparison.Ordinal));
    }

    private static Device Vendor(string id) =>
        BrokerFixture.FakeEnrolment.Numbered(id) with
        {
            Gateway = BrokerFixture.FakeEnrolment.Recorder,
        };

    private static async Task<int> SayVendorAsync(RawMqttClient line, ushort id)
    {
        await line.SendAsync(RawMqttClient.Publish(id, "frigate/lobby_north/status/record", "online"));
        var answer = await line.ReadPacketAsync();
        Assert.Equal((0x40, id), (answer[0], answer[3]));
        return answer.Length > 4 ? answer[4] : 0;
    }
}

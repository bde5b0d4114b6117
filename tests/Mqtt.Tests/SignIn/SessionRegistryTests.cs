using MQTTnet.Server;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.SignIn;

/// <summary>
/// The register changes while devices are signed in. A device that may not publish any more is refused from its next heartbeat on. A
/// device that may publish is accepted, and no device has to connect again.
/// </summary>
public sealed class SessionRegistryTests : IAsyncLifetime
{
    private const string Gateway = FakeEnrolment.Gateway,
        Elsewhere = "another-gateway";

    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<RawMqttClient> SignInAsync(string id) => RawMqttClient.SignInAsync(_broker.Address, id);

    /// <summary>Publishes a heartbeat; the code of its acknowledgement.</summary>
    private static async Task<int> PublishAsync(RawMqttClient connection, string unit, long seq, long epoch = 1, string? capture = null)
    {
        await connection.SendAsync(
            RawMqttClient.Publish(
                7,
                DeviceTopics.Heartbeat(unit),
                capture is null
                    ? RawMqttClient.Heartbeat(seq, epoch)
                    : $$"""{"epoch":{{epoch}},"seq":{{seq}},"capture":{{capture}},"health":"ok","firmware":"1"}"""
            )
        );
        var answer = await connection.ReadPacketAsync();
        Assert.Equal((0x40, 7), (answer[0], answer[3]));
        return answer.Length > 4 ? answer[4] : 0;
    }

    /// <summary>Registers a device, and announces the change to the broker.</summary>
    private async Task RegisterAsync(Device device)
    {
        _broker.Enrolment.Register(device);
        await _broker.GetService<ISessions>().ChangedAsync(device.Id, Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_moved_or_removed_device_cannot_publish_through_its_old_gateway(bool isMoved)
    {
        const string unit = "behind-moving";
        var connection = await SignInAsync(Gateway);
        Assert.Equal(0, await PublishAsync(connection, unit, 1));
        Assert.Equal(0, await PublishAsync(connection, "behind-staying", 1, epoch: 5));
        await RegisterAsync(
            FakeEnrolment.Numbered(unit) with
            {
                Gateway = isMoved ? Elsewhere : Gateway,
                Lifecycle = isMoved ? Lifecycle.Active : Lifecycle.Removed,
            }
        );
        Assert.Equal(0x87, await PublishAsync(connection, unit, 2));
        Assert.Equal(0x87, await PublishAsync(connection, unit, 3));
        Assert.Equal([1L, 1L], _broker.Log.Heartbeats.Select(heartbeat => heartbeat.Seq));
        await connection.DisposeAsync();
        Assert.Equal(5, await _broker.Partitions.DeathAsync());
        Assert.Equal([5], _broker.Partitions.Deaths); // And its old gateway's end is not its own.
    }

    [Fact]
    public async Task A_device_that_is_registered_after_its_gateway_named_it_is_heard_at_once()
    {
        await using var connection = await SignInAsync(Gateway);
        Assert.Equal(0x87, await PublishAsync(connection, "new-cam", 1));
        await RegisterAsync(FakeEnrolment.Numbered("new-cam") with { Gateway = Gateway });
        Assert.Equal(0, await PublishAsync(connection, "new-cam", 2));
    }

    [Theory]
    [InlineData("sim-changing", "sim-changing")]
    [InlineData(Gateway, "behind-changing")]
    public async Task A_heartbeat_need_not_name_a_sensor_that_was_removed(string client, string unit)
    {
        var connection = await SignInAsync(client);
        Assert.Equal(0, await PublishAsync(connection, unit, 1));
        Assert.Equal(0x99, await PublishAsync(connection, unit, 2, capture: """{"video":"live"}"""));
        await RegisterAsync(FakeEnrolment.Numbered(unit) with { Sensors = [Capture.Video], Gateway = client == Gateway ? Gateway : null });
        Assert.Equal(0, await PublishAsync(connection, unit, 2, capture: """{"video":"live"}"""));
        Assert.Equal(0x99, await PublishAsync(connection, unit, 3));
        await connection.DisposeAsync();
        if (client == Gateway)
            Assert.Equal(1, await _broker.Partitions.DeathAsync()); // It still dies with its gateway.
    }

    [Fact]
    public async Task A_vendor_gateway_must_sign_in_again_after_a_change_and_no_device_dies()
    {
        var unit = Vendor("east-precinct-lobby-1");
        _broker.Enrolment.Register(unit);
        await using var connection = await SignInAsync(FakeEnrolment.Recorder);
        await RegisterAsync(unit with { Department = "parks" }); // The adapter does not read the department.
        Assert.Equal(0, await PublishVendorAsync(connection, 7));
        await RegisterAsync(Vendor("east-precinct-lobby-2"));
        Assert.Equal([0xE0, 2, 0x98, 0], await connection.ReadPacketAsync());
        await connection.UntilClosedAsync();

        var again = await SignInAsync(FakeEnrolment.Recorder);
        Assert.Equal(0, await PublishVendorAsync(again, 8));
        await RegisterAsync(Vendor("east-precinct-lobby-2")); // Known by now.
        await again.SendAsync(RawMqttClient.Packet(0xC0));
        Assert.Equal([0xD0, 0], await again.ReadPacketAsync());
        await again.DisposeAsync();
        Assert.Equal((SessionEnd.ConnectionLost, true), await _broker.Partitions.EndAsync()); // The first end that a partition records.
    }

    [Fact]
    public async Task A_device_whose_sequence_a_clerk_reset_counts_again_and_dies_with_its_gateway()
    {
        const string unit = "behind-fell-back";
        var connection = await SignInAsync(Gateway);
        await PublishAsync(connection, unit, 1, epoch: 1000);
        Assert.Equal(0, await PublishAsync(connection, unit, 1, epoch: 3));
        Assert.Equal([3L], _broker.Log.LookedUp.Where(heartbeat => heartbeat.Epoch < 1000).Select(heartbeat => heartbeat.Epoch));
        await _broker.GetService<ISessions>().ForgetEpochsAsync(unit, Cancellation);
        var late = _broker.Measurements.Count(counted => counted.Contains("not_newest", StringComparison.Ordinal));
        for (var seq = 2; seq < 10; seq++)
            await PublishAsync(connection, unit, seq, epoch: 3);
        Assert.Equal(late, _broker.Measurements.Count(counted => counted.Contains("not_newest", StringComparison.Ordinal)));
        // The first may have come before; the others not.
        Assert.Equal([1L, 2L], _broker.Log.LookedUp.Where(heartbeat => heartbeat.Epoch == 3).Select(heartbeat => heartbeat.Seq));
        await connection.DisposeAsync();
        Assert.Equal(3, await _broker.Partitions.DeathAsync());
    }

    [Fact]
    public async Task A_vendor_s_devices_are_heard_although_the_clock_was_set_back_before_the_start()
    {
        var unit = _broker.Enrolment.Register(Vendor("east-precinct-lobby-1"));
        var later = _broker.Clock.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds();
        _broker.Partitions.Known[unit.Number] = (later, 99);
        await using var connection = await SignInAsync(FakeEnrolment.Recorder);
        Assert.Equal(0, await PublishVendorAsync(connection, 7));
        Assert.True(Assert.Single(_broker.Log.Heartbeats).IsAfter(later, 99));
        Assert.DoesNotContain(_broker.Measurements, counted => counted.Contains("not_newest", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_returns_at_once_keeps_its_new_session()
    {
        const string id = "sim-returning";
        for (var i = 0; i < 100; i++)
        {
            await (await SignInAsync(id)).DisposeAsync();
            await using var again = await SignInAsync(id);
            await again.SendAsync(RawMqttClient.Packet(0xC0));
            Assert.Equal([0xD0, 0], await again.ReadPacketAsync());
            _broker.Clock.Advance(TimeSpan.FromMinutes(1)); // So often, two devices might share a credential.
        }

        await using var before = await SignInAsync(id);
        await using var after = await SignInAsync(id);
        Assert.Equal([0xE0, 2, 0x8E, 0], await before.ReadPacketAsync());
        // MQTTnet would end a session by the id of an older one.
        var known = (await _broker.GetService<MqttServer>().GetClientsAsync()).Select(client => client.Id).ToArray();
        Assert.Equal(known.Distinct(), known);
        Assert.DoesNotContain(id, known);
    }

    private static Device Vendor(string id) => FakeEnrolment.Numbered(id) with { Gateway = FakeEnrolment.Recorder };

    private static async Task<int> PublishVendorAsync(RawMqttClient connection, ushort id)
    {
        await connection.SendAsync(RawMqttClient.Publish(id, "frigate/lobby_north/status/record", "online"));
        var answer = await connection.ReadPacketAsync();
        Assert.Equal((0x40, id), (answer[0], answer[3]));
        return answer.Length > 4 ? answer[4] : 0;
    }
}

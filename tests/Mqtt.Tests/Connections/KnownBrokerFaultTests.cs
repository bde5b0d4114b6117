using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>Pitfalls that users of other platforms met at the broker; docs/pitfalls.md says which.</summary>
public sealed class KnownBrokerFaultTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private static byte[] Beat(string device, ushort id, long seq) =>
        RawMqttClient.Publish(id, DeviceTopics.Heartbeat(device), RawMqttClient.Heartbeat(seq));

    /// <summary>Another device's heartbeat, recorded after everything before it. It shows a test that nothing more happens.</summary>
    private async Task MarkAsync()
    {
        await using var marker = await RawMqttClient.SignInAsync(_broker.Address, "sim-marker");
        await marker.SendAsync(Beat("sim-marker", 1, 999));
        while ((await _broker.Partitions.CallAsync()).All(heartbeat => heartbeat.DeviceId != "sim-marker")) { }
    }

    [Fact]
    public async Task A_ping_keeps_the_session_alive_and_is_no_heartbeat()
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, "sim-hollow", keepAlive: 20);
        for (var i = 0; i < 20; i++)
        {
            _broker.Clock.Advance(TimeSpan.FromSeconds(20));
            await connection.SendAsync(RawMqttClient.Packet(0xC0));
            Assert.Equal([0xD0, 0], await connection.ReadPacketAsync());
        }

        await MarkAsync();
        Assert.Equal(["sim-marker"], _broker.Partitions.Heartbeats.Select(heartbeat => heartbeat.DeviceId));
    }

    [Fact]
    public async Task A_connected_gateway_does_not_keep_a_silent_device_behind_it_online()
    {
        await using var gateway = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Gateway);
        for (var i = 1; i <= 5; i++)
        {
            await gateway.SendAsync(Beat("behind-alive", 1, i));
            Assert.Equal([0x40, 2, 0, 1], await gateway.ReadPacketAsync());
            await gateway.SendAsync(RawMqttClient.Packet(0xC0));
            Assert.Equal([0xD0, 0], await gateway.ReadPacketAsync());
        }

        await MarkAsync();
        Assert.Equal(
            ["behind-alive"],
            _broker.Partitions.Heartbeats.Select(heartbeat => heartbeat.DeviceId).Distinct().Where(device => device != "sim-marker")
        );
    }

    [Fact]
    public async Task A_commit_that_takes_minutes_ends_no_session()
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, "sim-waits", keepAlive: 10);
        _broker.Log.Hold();
        await connection.SendAsync(Beat("sim-waits", 1, 1));
        await _broker.Log.Appended.WaitAsync(BrokerFixture.Timeout);
        for (var i = 0; i < 30; i++)
        {
            _broker.Clock.Advance(TimeSpan.FromSeconds(20)); // Longer than its keep-alive allows when the client is silent.
            await connection.SendAsync(RawMqttClient.Packet(0xC0));
            Assert.Equal([0xD0, 0], await connection.ReadPacketAsync()); // Answered while the heartbeat waits.
        }

        _broker.Log.Release();
        Assert.Equal([0x40, 2, 0, 1], await connection.ReadPacketAsync());
        Assert.Empty(_broker.Partitions.Deaths);
    }
}

using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>Pitfalls that users of other platforms met at the broker; docs/pitfalls.md says which.</summary>
public sealed class KnownBrokerFaultTests : IAsyncLifetime
{
    private readonly BrokerFixture _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    private static byte[] Beat(string unit, ushort id, long seq) =>
        RawMqttClient.Publish(id, DeviceTopics.Heartbeat(unit), RawMqttClient.Heartbeat(seq));

    /// <summary>A word of another unit, heard after whatever came before: the marker of a test that waits for nothing to happen.</summary>
    private async Task MarkAsync()
    {
        await using var marker = await RawMqttClient.SignInAsync(_antenna.Address, "sim-marker");
        await marker.SendAsync(Beat("sim-marker", 1, 999));
        while ((await _antenna.Told.CallAsync()).All(heartbeat => heartbeat.DeviceId != "sim-marker")) { }
    }

    [Fact]
    public async Task A_ping_keeps_the_session_and_is_no_word_of_the_unit()
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, "sim-hollow", keepAlive: 20);
        for (var i = 0; i < 20; i++)
        {
            _antenna.Clock.Advance(TimeSpan.FromSeconds(20));
            await line.SendAsync(RawMqttClient.Packet(0xC0));
            Assert.Equal([0xD0, 0], await line.ReadPacketAsync());
        }

        await MarkAsync();
        Assert.Equal(["sim-marker"], _antenna.Told.Heartbeats.Select(heartbeat => heartbeat.DeviceId));
    }

    [Fact]
    public async Task A_gateway_that_lives_says_nothing_for_a_child_that_does_not_speak()
    {
        await using var gateway = await RawMqttClient.SignInAsync(_antenna.Address, BrokerFixture.FakeEnrolment.Gateway);
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
            _antenna.Told.Heartbeats.Select(heartbeat => heartbeat.DeviceId).Distinct().Where(unit => unit != "sim-marker")
        );
    }

    [Fact]
    public async Task A_commit_that_takes_minutes_costs_nobody_the_session()
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, "sim-waits", keepAlive: 10);
        _antenna.Kept.Hold();
        await line.SendAsync(Beat("sim-waits", 1, 1));
        await _antenna.Kept.Asked.WaitAsync(BrokerFixture.Patience);
        for (var i = 0; i < 30; i++)
        {
            _antenna.Clock.Advance(TimeSpan.FromSeconds(20)); // Beyond what its keep-alive would allow, were it at fault.
            await line.SendAsync(RawMqttClient.Packet(0xC0));
            Assert.Equal([0xD0, 0], await line.ReadPacketAsync()); // Heard beside what waits.
        }

        _antenna.Kept.Release();
        Assert.Equal([0x40, 2, 0, 1], await line.ReadPacketAsync());
        Assert.Empty(_antenna.Told.Deaths);
    }
}

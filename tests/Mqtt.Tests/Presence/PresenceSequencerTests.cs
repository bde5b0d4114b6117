using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Presence;

/// <summary>
/// A partition records the death of a device after all its earlier heartbeats, for the session that ended and no other. A fault of the
/// registry itself causes no death.
/// </summary>
public sealed class PresenceSequencerTests : IAsyncLifetime
{
    private const string DeviceId = "sim-mortal";

    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private Task<RawMqttClient> SignInAsync(long epoch, string id = DeviceId, bool isVersion5 = true) =>
        RawMqttClient.SignInAsync(_broker.Address, id, isVersion5, deathEpoch: epoch);

    /// <summary>Another device's death, recorded after everything before it. It shows a test that nothing more happens.</summary>
    private async Task MarkAsync()
    {
        await (await SignInAsync(999, "sim-marker")).DisposeAsync();
        while (await _broker.Partitions.DeathAsync() != 999) { }
    }

    private static byte[] Beat(ushort id, long seq, string device = DeviceId) =>
        RawMqttClient.Publish(id, DeviceTopics.Heartbeat(device), RawMqttClient.Heartbeat(seq));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_death_reaches_the_partition_after_a_heartbeat_that_was_not_durable_yet(bool isPublished)
    {
        var connection = await SignInAsync(epoch: 1);
        _broker.Log.Hold();
        await connection.SendAsync(Beat(1, 1));
        await _broker.Log.Appended.WaitAsync(BrokerFixture.Timeout);
        if (isPublished)
            await connection.SendAsync(RawMqttClient.Publish(2, DeviceTopics.Death(DeviceId), """{"epoch":1}"""));
        await connection.DisposeAsync();
        await _broker.Log.Appended.WaitAsync(BrokerFixture.Timeout); // The death waits behind the heartbeat.
        Assert.Empty(_broker.Partitions.Deaths);
        _broker.Log.Release();
        Assert.Equal(1, await _broker.Partitions.DeathAsync());
        Assert.Equal(1, Assert.Single(_broker.Partitions.Heartbeats).Seq);
    }

    [Fact]
    public async Task A_published_death_is_acknowledged_in_order_and_only_after_it_is_stored()
    {
        await using var connection = await SignInAsync(epoch: 1);
        await connection.SendAsync(Beat(1, 1));
        Assert.Equal([0x40, 2, 0, 1], await connection.ReadPacketAsync());
        _broker.Partitions.PausedDeath = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await connection.SendAsync(
            new[] { RawMqttClient.Publish(2, DeviceTopics.Death(DeviceId), """{"epoch":1}"""), Beat(3, 2), RawMqttClient.Packet(0xC0) }
                .SelectMany(bytes => bytes)
                .ToArray()
        );
        await _broker.Partitions.DeathsAsked.WaitAsync(BrokerFixture.Timeout);
        var answer = connection.ReadPacketAsync();
        await using var bystander = await SignInAsync(epoch: 1, "sim-bystander"); // A whole sign-in later …
        Assert.False(answer.IsCompleted);
        _broker.Partitions.PausedDeath.SetException(new TimeoutException("It could not be stored."));
        _broker.Partitions.PausedDeath = null;
        while (!_broker.Partitions.DeathsAsked.Wait(0)) // The broker sends it again after a second.
        {
            Assert.False(answer.IsCompleted);
            _broker.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal([0x40, 2, 0, 2], await answer);
        Assert.Equal([0x40, 2, 0, 3], await connection.ReadPacketAsync());
        Assert.Equal([0xD0, 0], await connection.ReadPacketAsync());
    }

    [Fact]
    public async Task A_death_that_is_not_stored_before_a_shutdown_is_not_acknowledged()
    {
        await using var connection = await SignInAsync(epoch: 1);
        _broker.Partitions.PausedDeath = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await connection.SendAsync(RawMqttClient.Publish(2, DeviceTopics.Death(DeviceId), """{"epoch":1}"""));
        await _broker.Partitions.DeathsAsked.WaitAsync(BrokerFixture.Timeout);
        var stop = _broker.StopAsync();
        Assert.Equal([0xE0, 2, 0x8B, 0], await connection.ReadPacketAsync());
        await connection.UntilClosedAsync();
        await stop.WaitAsync(BrokerFixture.Timeout);
    }

    [Fact]
    public async Task A_session_that_is_taken_over_is_no_death()
    {
        await using var before = await SignInAsync(epoch: 1);
        await using var after = await SignInAsync(epoch: 2);
        Assert.Equal((0xE0, 0x8E), (await before.ReadPacketAsync() is var end ? end[0] : 0, end[2])); // Session taken over.
        await before.UntilClosedAsync();
        await MarkAsync();
        Assert.Equal([999], _broker.Partitions.Deaths);
        await after.SendAsync(Beat(1, 1));
        Assert.Equal([0x40, 2, 0, 1], await after.ReadPacketAsync());
    }

    [Theory]
    [InlineData(0x04, true)]
    [InlineData(0x00, false)]
    public async Task A_DISCONNECT_is_no_death_unless_it_asks_for_the_will(byte reason, bool dies)
    {
        var connection = await SignInAsync(epoch: 7);
        await connection.SendAsync(RawMqttClient.Packet(0xE0, reason, 0));
        await connection.UntilClosedAsync();
        if (dies)
            Assert.Equal(7, await _broker.Partitions.DeathAsync()); // Connections end side by side: the marker could be recorded before it.
        await MarkAsync();
        Assert.Equal(dies ? [7, 999] : [999], _broker.Partitions.Deaths);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_heartbeat_that_the_registry_could_not_store_causes_no_death(bool isVersion5)
    {
        await using var connection = await SignInAsync(epoch: 1, isVersion5: isVersion5);
        _broker.Log.IsBroken = true;
        await connection.SendAsync(
            RawMqttClient.Publish(1, DeviceTopics.Heartbeat(DeviceId), RawMqttClient.Heartbeat(1), isVersion5: isVersion5)
        );
        await connection.UntilClosedAsync(isHalfClosed: false);
        _broker.Log.IsBroken = false;
        await MarkAsync();
        Assert.Equal([999], _broker.Partitions.Deaths);
    }

    [Fact]
    public async Task A_gateway_that_disconnects_normally_causes_no_deaths()
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Gateway);
        await connection.SendAsync(Beat(1, 1, "behind-polite"));
        await connection.ReadPacketAsync();
        await connection.SendAsync(RawMqttClient.Packet(0xE0));
        await connection.UntilClosedAsync();
        await MarkAsync();
        Assert.Equal([999], _broker.Partitions.Deaths);
    }

    [Fact]
    public async Task A_device_that_signed_in_itself_does_not_die_with_its_gateway()
    {
        var gateway = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Gateway);
        await gateway.SendAsync(Beat(1, 1, "behind-sim"));
        await gateway.ReadPacketAsync();
        // Its other path to the registry.
        var second = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Gateway);
        await second.SendAsync(Beat(1, 2, "behind-sim"));
        await second.ReadPacketAsync();
        await gateway.UntilClosedAsync();
        await MarkAsync();
        Assert.Equal([999], _broker.Partitions.Deaths);
        await second.DisposeAsync();
        Assert.Equal(1, await _broker.Partitions.DeathAsync());
    }

    [Theory]
    [InlineData(15, 25, 0, true)]
    [InlineData(15, 25, 50, true)] // Clients that have not signed in have no session that could break.
    [InlineData(15, 15, 0, false)] // Not many.
    [InlineData(60, 25, 0, false)] // Not half.
    public async Task A_mass_disconnect_within_seconds_makes_the_registry_suspect_its_own_network(
        int stay,
        int go,
        int strangers,
        bool doubts
    )
    {
        var crowd = await Task.WhenAll(Enumerable.Range(0, strangers).Select(_ => RawMqttClient.DialAsync(_broker.Address)));
        var connections = await Task.WhenAll(Enumerable.Range(0, stay + go).Select(i => SignInAsync(i, $"sim-crowd-{i}")));
        foreach (var connection in connections[..go])
            await connection.DisposeAsync();
        for (var i = 0; i < go; i++)
            await _broker.Partitions.DeathAsync();
        Assert.Equal(doubts, _broker.Logged.Any(line => line.Contains("may have missed heartbeats", StringComparison.Ordinal)));
        Assert.Equal(doubts, _broker.GetService<Grains.Presence.IngestHealthMonitor>().MassDisconnectAtMs > 0);
        foreach (var connection in connections[go..].Concat(crowd))
            await connection.DisposeAsync();
    }
}

using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Presence;

/// <summary>
/// Who is told dead, and when: after all that the unit said before, of the session that ended and of no other, and never for the registry's
/// own faults.
/// </summary>
public sealed class SessionEndSequencerTests : IAsyncLifetime
{
    private const string Unit = "sim-mortal";

    private readonly BrokerFixture _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    private Task<RawMqttClient> SignInAsync(long epoch, string id = Unit, bool isVersion5 = true) =>
        RawMqttClient.SignInAsync(_antenna.Address, id, isVersion5, deathEpoch: epoch);

    /// <summary>Another unit's death, told after whatever came before: the marker of a test that waits for nothing to happen.</summary>
    private async Task MarkAsync()
    {
        await (await SignInAsync(999, "sim-marker")).DisposeAsync();
        while (await _antenna.Told.DeathAsync() != 999) { }
    }

    private static byte[] Beat(ushort id, long seq, string unit = Unit) =>
        RawMqttClient.Publish(id, DeviceTopics.Heartbeat(unit), RawMqttClient.Heartbeat(seq));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_unit_that_dies_while_its_last_word_is_not_yet_durable_is_dead_after_that_word(bool isSaid)
    {
        var line = await SignInAsync(epoch: 1);
        _antenna.Kept.Hold();
        await line.SendAsync(Beat(1, 1));
        await _antenna.Kept.Asked.WaitAsync(BrokerFixture.Patience);
        if (isSaid)
            await line.SendAsync(RawMqttClient.Publish(2, DeviceTopics.Death(Unit), """{"epoch":1}"""));
        await line.DisposeAsync();
        await _antenna.Kept.Asked.WaitAsync(BrokerFixture.Patience); // The death stands behind the word.
        Assert.Empty(_antenna.Told.Deaths);
        _antenna.Kept.Release();
        Assert.Equal(1, await _antenna.Told.DeathAsync());
        Assert.Equal(1, Assert.Single(_antenna.Told.Heartbeats).Seq);
    }

    [Fact]
    public async Task A_death_that_a_unit_speaks_of_is_acknowledged_when_it_is_kept_and_not_before_and_in_its_turn()
    {
        await using var line = await SignInAsync(epoch: 1);
        await line.SendAsync(Beat(1, 1));
        Assert.Equal([0x40, 2, 0, 1], await line.ReadPacketAsync());
        _antenna.Told.HeldDeath = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await line.SendAsync(
            new[] { RawMqttClient.Publish(2, DeviceTopics.Death(Unit), """{"epoch":1}"""), Beat(3, 2), RawMqttClient.Packet(0xC0) }
                .SelectMany(bytes => bytes)
                .ToArray()
        );
        await _antenna.Told.DeathsAsked.WaitAsync(BrokerFixture.Patience);
        var answer = line.ReadPacketAsync();
        await using var bystander = await SignInAsync(epoch: 1, "sim-bystander"); // A whole sign-in later …
        Assert.False(answer.IsCompleted);
        _antenna.Told.HeldDeath.SetException(new TimeoutException("It could not be kept."));
        _antenna.Told.HeldDeath = null;
        while (!_antenna.Told.DeathsAsked.Wait(0)) // It is told again after a second.
        {
            Assert.False(answer.IsCompleted);
            _antenna.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal([0x40, 2, 0, 2], await answer);
        Assert.Equal([0x40, 2, 0, 3], await line.ReadPacketAsync());
        Assert.Equal([0xD0, 0], await line.ReadPacketAsync());
    }

    [Fact]
    public async Task A_death_that_is_not_kept_when_the_registry_goes_down_is_not_acknowledged()
    {
        await using var line = await SignInAsync(epoch: 1);
        _antenna.Told.HeldDeath = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await line.SendAsync(RawMqttClient.Publish(2, DeviceTopics.Death(Unit), """{"epoch":1}"""));
        await _antenna.Told.DeathsAsked.WaitAsync(BrokerFixture.Patience);
        var stop = _antenna.StopAsync();
        Assert.Equal([0xE0, 2, 0x8B, 0], await line.ReadPacketAsync());
        await line.UntilClosedAsync();
        await stop.WaitAsync(BrokerFixture.Patience);
    }

    [Fact]
    public async Task A_session_that_is_taken_over_dies_without_a_word_and_its_end_ends_nobody()
    {
        await using var before = await SignInAsync(epoch: 1);
        await using var after = await SignInAsync(epoch: 2);
        Assert.Equal((0xE0, 0x8E), (await before.ReadPacketAsync() is var end ? end[0] : 0, end[2])); // Session taken over.
        await before.UntilClosedAsync();
        await MarkAsync();
        Assert.Equal([999], _antenna.Told.Deaths);
        await after.SendAsync(Beat(1, 1));
        Assert.Equal([0x40, 2, 0, 1], await after.ReadPacketAsync());
    }

    [Theory]
    [InlineData(0x04, true)]
    [InlineData(0x00, false)]
    public async Task A_farewell_is_no_death_unless_it_asks_for_the_will(byte reason, bool dies)
    {
        var line = await SignInAsync(epoch: 7);
        await line.SendAsync(RawMqttClient.Packet(0xE0, reason, 0));
        await line.UntilClosedAsync();
        if (dies)
            Assert.Equal(7, await _antenna.Told.DeathAsync()); // Connections end side by side: the marker could be told before it.
        await MarkAsync();
        Assert.Equal(dies ? [7, 999] : [999], _antenna.Told.Deaths);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_dies_of_a_heartbeat_that_the_registry_could_not_keep(bool isVersion5)
    {
        await using var line = await SignInAsync(epoch: 1, isVersion5: isVersion5);
        _antenna.Kept.IsBroken = true;
        await line.SendAsync(RawMqttClient.Publish(1, DeviceTopics.Heartbeat(Unit), RawMqttClient.Heartbeat(1), isVersion5: isVersion5));
        await line.UntilClosedAsync(isHalfClosed: false);
        _antenna.Kept.IsBroken = false;
        await MarkAsync();
        Assert.Equal([999], _antenna.Told.Deaths);
    }

    [Fact]
    public async Task A_gateway_s_farewell_is_nobody_s_death()
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, BrokerFixture.FakeEnrolment.Gateway);
        await line.SendAsync(Beat(1, 1, "behind-polite"));
        await line.ReadPacketAsync();
        await line.SendAsync(RawMqttClient.Packet(0xE0));
        await line.UntilClosedAsync();
        await MarkAsync();
        Assert.Equal([999], _antenna.Told.Deaths);
    }

    [Fact]
    public async Task A_child_that_speaks_by_itself_meanwhile_does_not_die_with_its_gateway()
    {
        var gateway = await RawMqttClient.SignInAsync(_antenna.Address, BrokerFixture.FakeEnrolment.Gateway);
        await gateway.SendAsync(Beat(1, 1, "behind-sim"));
        await gateway.ReadPacketAsync();
        // Its other path to the registry.
        var second = await RawMqttClient.SignInAsync(_antenna.Address, BrokerFixture.FakeEnrolment.Gateway);
        await second.SendAsync(Beat(1, 2, "behind-sim"));
        await second.ReadPacketAsync();
        await gateway.UntilClosedAsync();
        await MarkAsync();
        Assert.Equal([999], _antenna.Told.Deaths);
        await second.DisposeAsync();
        Assert.Equal(1, await _antenna.Told.DeathAsync());
    }

    [Theory]
    [InlineData(15, 25, 0, true)]
    [InlineData(15, 25, 50, true)] // Strangers at the door have no session that could break.
    [InlineData(15, 15, 0, false)] // Not many.
    [InlineData(60, 25, 0, false)] // Not half.
    public async Task When_many_and_half_of_all_break_within_seconds_the_registry_doubts_itself(
        int stay,
        int go,
        int strangers,
        bool doubts
    )
    {
        var crowd = await Task.WhenAll(Enumerable.Range(0, strangers).Select(_ => RawMqttClient.DialAsync(_antenna.Address)));
        var lines = await Task.WhenAll(Enumerable.Range(0, stay + go).Select(i => SignInAsync(i, $"sim-crowd-{i}")));
        foreach (var line in lines[..go])
            await line.DisposeAsync();
        for (var i = 0; i < go; i++)
            await _antenna.Told.DeathAsync();
        Assert.Equal(doubts, _antenna.Logged.Any(line => line.Contains("doubts its own sight", StringComparison.Ordinal)));
        Assert.Equal(doubts, _antenna.Part<Grains.Presence.IngestHealthMonitor>().MassDisconnectAtMs > 0);
        foreach (var line in lines[go..].Concat(crowd))
            await line.DisposeAsync();
    }
}

using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.ExpectedStates;

/// <summary>Subscriptions are rate limited, and their queries leave database connections to others.</summary>
public sealed class SubscriptionLimitTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Repeated_subscriptions_are_answered_once_and_rate_limited()
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, "sim-curious");
        _broker.ExpectedStates.Held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 10; i++)
        {
            await connection.SendAsync(RawMqttClient.Subscribe(1, true, Enumerable.Repeat(DeviceTopics.Expected("sim-curious"), 1001)));
            var answer = await connection.ReadPacketAsync();
            Assert.Equal((0x90, 1001, i < 9 ? 1 : 0x97), (answer[0], answer.AsSpan(6).Length, answer[^1]));
        }

        _broker.ExpectedStates.Held.SetResult();
        Assert.Equal(0x30, (await connection.ReadPacketAsync())[0] & 0xF0);
        Assert.Equal(0x30, (await connection.ReadPacketAsync())[0] & 0xF0);
        await connection.SendAsync(RawMqttClient.Packet(0xC0));
        Assert.Equal([0xD0, 0], await connection.ReadPacketAsync());
        Assert.Equal(2, _broker.ExpectedStates.Queries); // Once for the first, once for all that were asked meanwhile.
        Assert.Contains("registry.subscribes.refused quota-exceeded 1", _broker.Measurements);
    }

    [Fact]
    public async Task Many_subscriptions_at_once_make_at_most_eight_queries_at_a_time()
    {
        var connections = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => RawMqttClient.SignInAsync(_broker.Address, $"sim-many-{i}"))
        );
        _broker.ExpectedStates.Held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < connections.Length; i++)
        {
            await connections[i].SendAsync(RawMqttClient.Subscribe(1, true, DeviceTopics.Expected($"sim-many-{i}")));
            Assert.Equal(0x90, (await connections[i].ReadPacketAsync())[0]);
        }

        Assert.InRange(_broker.ExpectedStates.Queries, 1, 8);
        _broker.ExpectedStates.Held.SetResult();
        foreach (var connection in connections)
        {
            Assert.Equal(0x30, (await connection.ReadPacketAsync())[0] & 0xF0);
            await connection.DisposeAsync();
        }
    }
}

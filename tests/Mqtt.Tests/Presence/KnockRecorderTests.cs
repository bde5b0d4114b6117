using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Presence;

/// <summary>A removed device that gives a sign of life has power, and may be recording: its knock reaches the presence partition.</summary>
public sealed class KnockRecorderTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private async Task<byte> TrySignInAsync(string id, string secret)
    {
        await using var client = await RawMqttClient.DialAsync(_broker.Address, RawMqttClient.Connect(id, secret: secret));
        return (await client.ReadPacketAsync())[3];
    }

    [Fact]
    public async Task A_removed_device_that_signs_in_with_its_ended_secret_knocks_once_a_minute()
    {
        var number = FakeEnrolment.Numbered(FakeEnrolment.Retired).Number;
        Assert.Equal(0x86, await TrySignInAsync(FakeEnrolment.Retired, BrokerFixture.Secret));
        Assert.Equal(0x86, await TrySignInAsync(FakeEnrolment.Retired, BrokerFixture.Secret));
        Assert.Equal((number, _broker.Clock.GetUtcNow()), await _broker.Partitions.KnockAsync());
        Assert.False(_broker.Partitions.HasKnock);

        var second = _broker.Clock.GetUtcNow();
        _broker.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((number, second), await _broker.Partitions.KnockAsync());
        _broker.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_broker.Partitions.HasKnock);
        Assert.Equal(0x86, await TrySignInAsync(FakeEnrolment.Retired, BrokerFixture.Secret));
        Assert.Equal((number, _broker.Clock.GetUtcNow()), await _broker.Partitions.KnockAsync());
    }

    [Fact]
    public async Task The_last_knock_of_a_minute_is_passed_on_with_its_time()
    {
        var number = FakeEnrolment.Numbered(FakeEnrolment.Retired).Number;
        var (first, last) = (_broker.Clock.GetUtcNow(), _broker.Clock.GetUtcNow().AddSeconds(20));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0x86, await TrySignInAsync(FakeEnrolment.Retired, BrokerFixture.Secret));
            _broker.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        // A person may have confirmed after the first knock that the device is gone.
        Assert.Equal((number, first), await _broker.Partitions.KnockAsync());
        Assert.False(_broker.Partitions.HasKnock);
        _broker.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((number, last), await _broker.Partitions.KnockAsync());
    }

    [Fact]
    public async Task A_stranger_who_knows_the_id_of_a_removed_device_leaves_no_knock()
    {
        Assert.Equal(0x86, await TrySignInAsync(FakeEnrolment.Retired, "guess"));
        Assert.Equal(0x86, await TrySignInAsync(BrokerFixture.RemovedCamera.Id, "guess"));
        Assert.Equal(0x87, await TrySignInAsync(BrokerFixture.RemovedCamera.Id, BrokerFixture.Secret)); // The mark.
        Assert.Equal(BrokerFixture.RemovedCamera.Number, (await _broker.Partitions.KnockAsync()).Number);
    }

    private Device RegisterRemoved(string id) =>
        _broker.Enrolment.Register(FakeEnrolment.Numbered(id) with { Gateway = FakeEnrolment.Gateway, Lifecycle = Lifecycle.Removed });

    [Fact]
    public async Task A_removed_device_knocks_through_a_gateway_that_is_over_its_rate_limit()
    {
        var (flooding, quiet) = (RegisterRemoved("behind-flooding"), RegisterRemoved("behind-quiet"));
        await using var gateway = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Gateway);
        var strangers = _broker.Limits.BurstPerDevice;
        var flood = gateway.SendAsync(
            Enumerable
                .Range(1, strangers)
                .SelectMany(i => RawMqttClient.Publish((ushort)i, DeviceTopics.Heartbeat("no-such-device"), ""))
                .Concat(
                    Enumerable
                        .Range(1, 100)
                        .SelectMany(i => RawMqttClient.Publish((ushort)i, DeviceTopics.Heartbeat(flooding.Id), RawMqttClient.Heartbeat(i)))
                )
                .Concat(RawMqttClient.Publish(7, DeviceTopics.Heartbeat(quiet.Id), RawMqttClient.Heartbeat(1)))
                .ToArray()
        );
        for (var i = 0; i < strangers + 101; i++)
            await gateway.ReadPacketAsync();
        await flood;
        int[] knocking = [(await _broker.Partitions.KnockAsync()).Number, (await _broker.Partitions.KnockAsync()).Number];
        Assert.Equal([flooding.Number, quiet.Number], knocking);
        Assert.Equal(knocking, _broker.Partitions.Rejected.Select(rejected => rejected.Number));
    }

    [Fact]
    public async Task A_gateway_that_publishes_for_a_removed_device_leaves_a_knock_and_its_captures()
    {
        var removed = RegisterRemoved("behind-removed");
        await using var gateway = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Gateway);
        var payload = RawMqttClient.Heartbeat(1);
        for (byte i = 1; i <= 2; i++)
        {
            await gateway.SendAsync(RawMqttClient.Publish(i, DeviceTopics.Heartbeat(removed.Id), payload));
            Assert.Equal([0x40, 3, 0, i, 0x87], await gateway.ReadPacketAsync());
        }

        Assert.Equal((removed.Number, _broker.Clock.GetUtcNow()), await _broker.Partitions.KnockAsync());
        Assert.False(_broker.Partitions.HasKnock); // One a minute.
        Assert.Equal(removed.Number, Assert.Single(_broker.Partitions.Rejected).Number);

        _broker.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(removed.Number, (await _broker.Partitions.KnockAsync()).Number); // The second.
        await gateway.SendAsync(RawMqttClient.Publish(3, DeviceTopics.Heartbeat(removed.Id), payload));
        Assert.Equal([0x40, 3, 0, 3, 0x87], await gateway.ReadPacketAsync());
        var third = _broker.Clock.GetUtcNow();
        _broker.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(third, (await _broker.Partitions.KnockAsync()).At);
    }
}

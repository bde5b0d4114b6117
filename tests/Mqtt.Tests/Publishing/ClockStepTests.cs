using MQTTnet;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Publishing;

/// <summary>
/// The registry's clock is set by a day, forward or back. No device is refused for it, and no limit is lifted by it.
/// </summary>
public sealed class ClockStepTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private void Step(int days) => _broker.Clock.Step(TimeSpan.FromDays(days));

    private static string Heartbeat(long seq) => RawMqttClient.Heartbeat(seq);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_step_does_not_change_the_rate_limit_of_a_device(int days)
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, "sim-stepped");
        await connection.SendAsync(RawMqttClient.Publish(1, DeviceTopics.Heartbeat("sim-stepped"), Heartbeat(1)));
        Assert.Equal(4, (await connection.ReadPacketAsync()).Length);
        Step(days);
        await connection.SendAsync(RawMqttClient.Publish(2, DeviceTopics.Heartbeat("sim-stepped"), Heartbeat(2)));
        Assert.Equal([0x40, 2, 0, 2], await connection.ReadPacketAsync());
        Assert.Equal(_broker.Clock.GetUtcNow(), _broker.Log.Heartbeats.Last().ReceivedAt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_step_ends_no_session_and_the_keep_alive_still_works(int days)
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, "sim-quiet", keepAlive: 20);
        Step(days);
        _broker.Clock.Advance(TimeSpan.FromSeconds(29));
        await connection.SendAsync(RawMqttClient.Packet(0xC0));
        Assert.Equal([0xD0, 0], await connection.ReadPacketAsync());
        _broker.Clock.Advance(TimeSpan.FromSeconds(32));
        Assert.Equal([0xE0, 2, 0x8D, 0], await connection.ReadPacketAsync());
    }

    [Fact]
    public async Task No_session_ends_as_silent_because_the_registry_itself_was_stalled()
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, "sim-quiet", keepAlive: 20);
        for (var i = 0; i < 3; i++)
        {
            _broker.Clock.StandStill(TimeSpan.FromMinutes(1));
            await connection.SendAsync(RawMqttClient.Packet(0xC0));
            Assert.Equal([0xD0, 0], await connection.ReadPacketAsync());
            _broker.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        _broker.Clock.StandStill(TimeSpan.FromMinutes(1));
        _broker.Clock.Advance(TimeSpan.FromSeconds(2)); // The broker had time to read, and the client sent nothing.
        Assert.Equal([0xE0, 2, 0x8D, 0], await connection.ReadPacketAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task An_address_that_guessed_secrets_waits_a_minute_despite_a_clock_step(int days)
    {
        async Task<MqttClientConnectResultCode> SignIn(string secret)
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            return (
                await client.ConnectAsync(
                    BrokerFixture.OptionsFor(BrokerFixture.Camera, secret).WithTcpServer("127.0.0.1", _broker.Address.Port).Build()
                )
            ).ResultCode;
        }

        await Task.WhenAll(Enumerable.Range(0, 61).Select(_ => SignIn("guess")));
        Assert.Equal(MqttClientConnectResultCode.ConnectionRateExceeded, await SignIn("guess"));
        Step(days);
        Assert.Equal(MqttClientConnectResultCode.ConnectionRateExceeded, await SignIn("guess"));
        Assert.Equal(MqttClientConnectResultCode.Success, await SignIn(BrokerFixture.Secret));
        _broker.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await SignIn("guess"));
    }

    [Fact]
    public async Task Heartbeats_from_before_a_clock_step_count_against_the_rate_limit()
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, "sim-eager");
        async Task<byte[]> Speak(int times)
        {
            await connection.SendAsync(
                Enumerable
                    .Repeat(RawMqttClient.Publish(1, DeviceTopics.Heartbeat("sim-eager"), Heartbeat(1)), times)
                    .SelectMany(bytes => bytes)
                    .ToArray()
            );
            byte[] last = [];
            for (var i = 0; i < times; i++)
                last = await connection.ReadPacketAsync();
            return last;
        }

        Assert.Equal([0x40, 3, 0, 1, 0x97], await Speak(10_001));
        Step(1);
        Assert.Equal([0x40, 3, 0, 1, 0x97], await Speak(1));
        _broker.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([0x40, 2, 0, 1], await Speak(1));
    }
}

using MQTTnet;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Publishing;

/// <summary>
/// Somebody sets the registry's clock by a day, forth or back. Nobody may be refused for it, and no limit may be lifted by it.
/// </summary>
public sealed class ClockStepTests : IAsyncLifetime
{
    private readonly BrokerFixture _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    private void Step(int days) => _antenna.Clock.Step(TimeSpan.FromDays(days));

    private static string Heartbeat(long seq) => RawMqttClient.Heartbeat(seq);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_device_may_speak_as_before(int days)
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, "sim-stepped");
        await line.SendAsync(RawMqttClient.Publish(1, DeviceTopics.Heartbeat("sim-stepped"), Heartbeat(1)));
        Assert.Equal(4, (await line.ReadPacketAsync()).Length);
        Step(days);
        await line.SendAsync(RawMqttClient.Publish(2, DeviceTopics.Heartbeat("sim-stepped"), Heartbeat(2)));
        Assert.Equal([0x40, 2, 0, 2], await line.ReadPacketAsync());
        Assert.Equal(_antenna.Clock.GetUtcNow(), _antenna.Kept.Heartbeats.Last().ReceivedAt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task No_session_ends_and_silence_still_ends_one(int days)
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, "sim-quiet", keepAlive: 20);
        Step(days);
        _antenna.Clock.Advance(TimeSpan.FromSeconds(29));
        await line.SendAsync(RawMqttClient.Packet(0xC0));
        Assert.Equal([0xD0, 0], await line.ReadPacketAsync());
        _antenna.Clock.Advance(TimeSpan.FromSeconds(32));
        Assert.Equal([0xE0, 2, 0x8D, 0], await line.ReadPacketAsync());
    }

    [Fact]
    public async Task Nobody_is_called_silent_because_the_registry_itself_stood_still()
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, "sim-quiet", keepAlive: 20);
        for (var i = 0; i < 3; i++)
        {
            _antenna.Clock.StandStill(TimeSpan.FromMinutes(1));
            await line.SendAsync(RawMqttClient.Packet(0xC0));
            Assert.Equal([0xD0, 0], await line.ReadPacketAsync());
            _antenna.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        _antenna.Clock.StandStill(TimeSpan.FromMinutes(1));
        _antenna.Clock.Advance(TimeSpan.FromSeconds(2)); // It had a moment to be read, and said nothing.
        Assert.Equal([0xE0, 2, 0x8D, 0], await line.ReadPacketAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Who_guessed_too_often_waits_for_a_minute_and_not_for_a_day_or_not_at_all(int days)
    {
        async Task<MqttClientConnectResultCode> SignIn(string secret)
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            return (
                await client.ConnectAsync(
                    BrokerFixture.As(BrokerFixture.Camera, secret).WithTcpServer("127.0.0.1", _antenna.Address.Port).Build()
                )
            ).ResultCode;
        }

        for (var i = 0; i < 61; i++)
            await SignIn("guess");
        Assert.Equal(MqttClientConnectResultCode.ConnectionRateExceeded, await SignIn(BrokerFixture.Secret));
        Step(days);
        Assert.Equal(MqttClientConnectResultCode.ConnectionRateExceeded, await SignIn(BrokerFixture.Secret));
        _antenna.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(MqttClientConnectResultCode.Success, await SignIn(BrokerFixture.Secret));
    }

    [Fact]
    public async Task What_a_device_sent_before_still_counts_against_its_rate()
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, "sim-eager");
        async Task<byte[]> Speak(int times)
        {
            await line.SendAsync(
                Enumerable
                    .Repeat(RawMqttClient.Publish(1, DeviceTopics.Heartbeat("sim-eager"), Heartbeat(1)), times)
                    .SelectMany(bytes => bytes)
                    .ToArray()
            );
            byte[] last = [];
            for (var i = 0; i < times; i++)
                last = await line.ReadPacketAsync();
            return last;
        }

        Assert.Equal([0x40, 3, 0, 1, 0x97], await Speak(10_001));
        Step(1);
        Assert.Equal([0x40, 3, 0, 1, 0x97], await Speak(1));
        _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([0x40, 2, 0, 1], await Speak(1));
    }
}

using System.Diagnostics;
using MQTTnet;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.SignIn;

/// <summary>The time of a refusal tells a stranger nothing about which devices are registered.</summary>
public sealed class RefusalDelayTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(0.4, 100)]
    [InlineData(3, 100)]
    [InlineData(100, 100)]
    [InlineData(101, 200)]
    [InlineData(250, 300)]
    public void A_refusal_is_answered_at_the_next_whole_step(double elapsedMs, double answerMs) =>
        Assert.Equal(answerMs, RefusalDelay.NextStep(TimeSpan.FromMilliseconds(elapsedMs)).TotalMilliseconds);

    [Fact]
    public async Task A_refused_sign_in_takes_a_whole_step_for_a_known_and_for_an_unknown_device()
    {
        foreach (var device in new[] { BrokerFixture.Camera, BrokerFixture.Camera with { Id = "unknown-device" } })
        {
            using var client = new MqttClientFactory().CreateMqttClient();
            var options = BrokerFixture.OptionsFor(device, "guess").WithTcpServer("127.0.0.1", broker.Address.Port).Build();
            var started = Stopwatch.GetTimestamp();
            var answer = await client.ConnectAsync(options);
            Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, answer.ResultCode);
            Assert.True(Stopwatch.GetElapsedTime(started) >= RefusalDelay.Step, device.Id);
        }
    }
}

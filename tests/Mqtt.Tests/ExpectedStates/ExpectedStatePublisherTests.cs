using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.ExpectedStates;

/// <summary>What the registry tells a device of its rules.</summary>
public sealed class ExpectedStatePublisherTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task An_expected_state_is_sent_on_subscription_and_after_each_change()
    {
        var heard = Channel.CreateUnbounded<MqttApplicationMessage>();
        using var camera = await _broker.ConnectAsync();
        camera.ApplicationMessageReceivedAsync += message => heard.Writer.WriteAsync(message.ApplicationMessage).AsTask();
        async Task<MqttApplicationMessage> Next() => await heard.Reader.ReadAsync().AsTask().WaitAsync(BrokerFixture.Timeout);

        await camera.SubscribeAsync(DeviceTopics.Expected(BrokerFixture.Camera.Id), MqttQualityOfServiceLevel.AtLeastOnce);
        var first = await Next();
        Assert.Equal((DeviceTopics.Expected(BrokerFixture.Camera.Id), true), (first.Topic, first.Retain));
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse(
                    """{"version":1,"capture":{"video":"recorded","audio":"off"},"rules":[{"instrument":"manual-1","version":3}]}"""
                ),
                JsonNode.Parse(Encoding.UTF8.GetString(first.Payload))
            )
        );

        _broker.ExpectedStates.Expect(
            BrokerFixture.Camera.Id,
            new ExpectedState(2, default(CaptureReport).With(Capture.Video, Mode.Off).With(Capture.Audio, Mode.Off), [])
        );
        _broker.Clock.Advance(TimeSpan.FromSeconds(2));
        var next = await Next();
        Assert.Equal((2, false), ((int)JsonNode.Parse(Encoding.UTF8.GetString(next.Payload))!["version"]!, next.Retain));
    }

    [Fact]
    public async Task An_expected_state_of_a_device_behind_a_gateway_is_sent_to_the_gateway()
    {
        var heard = Channel.CreateUnbounded<string>();
        using var gateway = await _broker.ConnectAsync(BrokerFixture.OptionsFor(BrokerFixture.Camera with { Id = FakeEnrolment.Gateway }));
        gateway.ApplicationMessageReceivedAsync += message => heard.Writer.WriteAsync(message.ApplicationMessage.Topic).AsTask();
        Assert.Equal(
            MqttClientSubscribeResultCode.GrantedQoS1,
            (await gateway.SubscribeAsync(DeviceTopics.Expected("behind-1"), MqttQualityOfServiceLevel.AtLeastOnce))
                .Items.Single()
                .ResultCode
        );
        Assert.Equal(
            MqttClientSubscribeResultCode.NotAuthorized,
            (await gateway.SubscribeAsync(DeviceTopics.Expected(BrokerFixture.Camera.Id), MqttQualityOfServiceLevel.AtLeastOnce))
                .Items.Single()
                .ResultCode
        );
        Assert.Equal(DeviceTopics.Expected("behind-1"), await heard.Reader.ReadAsync().AsTask().WaitAsync(BrokerFixture.Timeout));
    }
}

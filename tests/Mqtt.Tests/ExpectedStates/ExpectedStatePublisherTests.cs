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
    private readonly BrokerFixture _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    [Fact]
    public async Task Of_a_device_is_told_when_it_asks_and_again_when_it_changes()
    {
        var heard = Channel.CreateUnbounded<MqttApplicationMessage>();
        using var camera = await _antenna.ConnectAsync();
        camera.ApplicationMessageReceivedAsync += message => heard.Writer.WriteAsync(message.ApplicationMessage).AsTask();
        async Task<MqttApplicationMessage> Next() => await heard.Reader.ReadAsync().AsTask().WaitAsync(BrokerFixture.Patience);

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

        _antenna.Expecting.Expect(
            BrokerFixture.Camera.Id,
            new ExpectedState(2, default(CaptureReport).With(Capture.Video, Mode.Off).With(Capture.Audio, Mode.Off), [])
        );
        _antenna.Clock.Advance(TimeSpan.FromSeconds(2));
        var next = await Next();
        Assert.Equal((2, false), ((int)JsonNode.Parse(Encoding.UTF8.GetString(next.Payload))!["version"]!, next.Retain));
    }

    [Fact]
    public async Task Of_a_device_behind_a_gateway_is_told_to_its_gateway()
    {
        var heard = Channel.CreateUnbounded<string>();
        using var gateway = await _antenna.ConnectAsync(
            BrokerFixture.As(BrokerFixture.Camera with { Id = BrokerFixture.FakeEnrolment.Gateway })
        );
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
        Assert.Equal(DeviceTopics.Expected("behind-1"), await heard.Reader.ReadAsync().AsTask().WaitAsync(BrokerFixture.Patience));
    }
}

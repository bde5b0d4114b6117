using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Tests;

/// <summary>What the registry tells a device of its rules.</summary>
public sealed class What_is_expected : IAsyncLifetime
{
    private readonly Antenna _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    [Fact]
    public async Task Of_a_device_is_told_when_it_asks_and_again_when_it_changes()
    {
        var heard = Channel.CreateUnbounded<MqttApplicationMessage>();
        using var camera = await _antenna.ConnectAsync();
        camera.ApplicationMessageReceivedAsync += message => heard.Writer.WriteAsync(message.ApplicationMessage).AsTask();
        async Task<MqttApplicationMessage> Next() => await heard.Reader.ReadAsync().AsTask().WaitAsync(Antenna.Patience);

        await camera.SubscribeAsync(Topic.Expected(Antenna.Camera.Id), MqttQualityOfServiceLevel.AtLeastOnce);
        var first = await Next();
        Assert.Equal((Topic.Expected(Antenna.Camera.Id), true), (first.Topic, first.Retain));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"version":1,"capture":{"video":"recorded","audio":"off"},"rules":[{"instrument":"manual-1","version":3}]}"""), JsonNode.Parse(Encoding.UTF8.GetString(first.Payload))));

        _antenna.Expecting.Expect(Antenna.Camera.Id, new Expected(2, default(CaptureReport).With(Capture.Video, Mode.Off).With(Capture.Audio, Mode.Off), []));
        _antenna.Clock.Advance(TimeSpan.FromSeconds(2));
        var next = await Next();
        Assert.Equal((2, false), ((int)JsonNode.Parse(Encoding.UTF8.GetString(next.Payload))!["version"]!, next.Retain));
    }

    [Fact]
    public async Task Of_a_device_behind_a_gateway_is_told_to_its_gateway()
    {
        var heard = Channel.CreateUnbounded<string>();
        using var gateway = await _antenna.ConnectAsync(Antenna.As(Antenna.Camera with { Id = Antenna.Register.Gateway }));
        gateway.ApplicationMessageReceivedAsync += message => heard.Writer.WriteAsync(message.ApplicationMessage.Topic).AsTask();
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, (await gateway.SubscribeAsync(Topic.Expected("behind-1"), MqttQualityOfServiceLevel.AtLeastOnce)).Items.Single().ResultCode);
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, (await gateway.SubscribeAsync(Topic.Expected(Antenna.Camera.Id), MqttQualityOfServiceLevel.AtLeastOnce)).Items.Single().ResultCode);
        Assert.Equal(Topic.Expected("behind-1"), await heard.Reader.ReadAsync().AsTask().WaitAsync(Antenna.Patience));
    }
}

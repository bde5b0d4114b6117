using System.Text;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>The camera of a corner, on a connection of its own. It says what a test wants it to say, right or wrong.</summary>
internal sealed class CornerCamera : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly string _id;

    private CornerCamera(string id) => _id = id;

    public long Epoch { get; set; } = 1_764_000_000_123;

    /// <summary>The number of the newest heartbeat of this camera, over its connections.</summary>
    public long Seq { get; set; }

    public static async Task<CornerCamera> ConnectAsync(
        RegistryHost host,
        string id,
        string secret,
        MqttProtocolVersion version = MqttProtocolVersion.V500
    )
    {
        var camera = new CornerCamera(id);
        await camera._client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer(host.Mqtt.Address.ToString(), host.Mqtt.Port)
                .WithProtocolVersion(version)
                .WithClientId(id)
                .WithCredentials(id, secret)
                .WithTimeout(TimeSpan.FromSeconds(20))
                .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
                .WithWillTopic($"registry/v1/devices/{id}/death")
                .WithWillPayload(Encoding.ASCII.GetBytes($$"""{"epoch":{{camera.Epoch}}}"""))
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build()
        );
        return camera;
    }

    /// <summary>Publishes a heartbeat that the registry accepts.</summary>
    public async Task SayAsync(string capture)
    {
        var answer = await _client.PublishAsync(Heartbeat(capture));
        Assert.Equal(MqttClientPublishReasonCode.Success, answer.ReasonCode);
    }

    /// <summary>Publishes a payload as it is. Returns whether it was accepted; a closed connection is a refusal.</summary>
    public Task<bool> TryAsync(string payload, Action<MqttApplicationMessageBuilder>? change = null, string kind = "heartbeat")
    {
        var message = new MqttApplicationMessageBuilder()
            .WithTopic($"registry/v1/devices/{_id}/{kind}")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithPayload(payload);
        change?.Invoke(message);
        return TryAsync(message.Build());
    }

    /// <summary>Publishes a heartbeat in the right form, whose words may be refused.</summary>
    public Task<bool> TryToSayAsync(string capture) => TryAsync(Heartbeat(capture));

    /// <summary>A heartbeat's payload with the next number.</summary>
    public string Payload(string capture, string rest = "\"health\":\"ok\",\"firmware\":\"10.12.1\"") =>
        $$"""{"epoch":{{Epoch}},"seq":{{++Seq}},"capture":{{capture}},{{rest}}}""";

    /// <summary>Publishes more heartbeats at once than the registry takes from one device.</summary>
    public async Task FloodAsync(string capture)
    {
        var messages = Enumerable.Range(0, 200).Select(_ => Heartbeat(capture)).ToArray();
        await Task.WhenAll(messages.Select(TryAsync));
    }

    /// <summary>Ends the connection in order.</summary>
    public Task LeaveAsync() => _client.DisconnectAsync();

    /// <summary>Ends the connection without a word, as a cut wire does.</summary>
    public void Cut() => _client.Dispose();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private MqttApplicationMessage Heartbeat(string capture) => RegistryHost.Heartbeat(_id, Epoch, ++Seq, capture);

    private async Task<bool> TryAsync(MqttApplicationMessage message)
    {
        try
        {
            return (await _client.PublishAsync(message)).ReasonCode == MqttClientPublishReasonCode.Success;
        }
        catch (Exception exception) when (exception is MQTTnet.Exceptions.MqttCommunicationException or OperationCanceledException)
        {
            return false;
        }
    }
}

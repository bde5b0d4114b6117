using System.Net.Sockets;
using System.Text;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Privacy;

public sealed partial class PrivacyCanaryTests
{
    private const string HeartbeatTopic = $"registry/v1/devices/{Native}/heartbeat";

    /// <summary>How many messages of the camera are refused for each reason, before it sends too many.</summary>
    private static readonly Dictionary<string, long> RefusedByReason = new()
    {
        ["shape"] = 6,
        ["retain"] = 2,
        ["topic"] = 3,
        ["qos"] = 3,
        ["alias"] = 1,
        ["malformed"] = 1,
        ["size"] = 2,
        ["rate"] = 0,
        ["forbidden"] = 0,
    };

    private async Task SendAsCameraAsync()
    {
        var secret = await _registry.IssueSecretAsync(Native);
        await PublishOverOneSessionAsync(secret);
        await PublishWhatEndsTheSessionAsync(secret);
        // Each was counted, for its reason, once.
        await WaitForFiguresAsync(figures =>
            figures.GetProperty("refused").EnumerateObject().All(one => RefusedByReason[one.Name] == one.Value.GetInt64())
        );
        await PublishTooManyAsync(secret);
        await WaitForFiguresAsync(figures => Refused(figures, "rate") > 0);
    }

    /// <summary>One heartbeat that is accepted, and messages that are refused while the session stays open.</summary>
    private async Task PublishOverOneSessionAsync(string secret)
    {
        using var camera = await _registry.ConnectAsync(Native, secret);
        Assert.Equal(
            MqttClientPublishReasonCode.Success,
            await PublishMarkedAsync(camera, HeartbeatTopic, HeartbeatPayload(1, "ok", Firmware))
        );
        await WaitUntilRecordingAsync(Native, DateTimeOffset.MinValue);
        string[] invalid =
        [
            HeartbeatPayload(2, "ok", "1.0", $",\"plate\":\"{Plate}\""),
            HeartbeatPayload(2, Name, Picture),
            Person,
            Long(600),
        ];
        foreach (var payload in invalid)
            Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, await PublishMarkedAsync(camera, HeartbeatTopic, payload));
        Assert.Equal(
            MqttClientPublishReasonCode.PayloadFormatInvalid,
            await PublishMarkedAsync(camera, $"registry/v1/devices/{Native}/death", Person)
        );
        Assert.Equal(
            MqttClientPublishReasonCode.PayloadFormatInvalid,
            await PublishMarkedAsync(camera, HeartbeatTopic, Person, isRetained: true)
        );
        foreach (var topic in new[] { $"registry/v1/devices/{Client}/heartbeat", $"plates/{Plate}" })
            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await PublishMarkedAsync(camera, topic, Person));
        Assert.NotEqual(
            MqttClientSubscribeResultCode.GrantedQoS1,
            (await camera.SubscribeAsync($"plates/{Plate}", MqttQualityOfServiceLevel.AtLeastOnce)).Items.Single().ResultCode
        );
        await camera.DisconnectAsync(
            new MqttClientDisconnectOptionsBuilder()
                .WithReason(MqttClientDisconnectOptionsReason.NormalDisconnection)
                .WithReasonString(Name)
                .WithUserProperty(Name, Encoding.UTF8.GetBytes(Plate))
                .Build()
        );
    }

    /// <summary>Each ends its session: on MQTT 5 with the code of the contract, on 3.1.1 by closing the connection.</summary>
    private async Task PublishWhatEndsTheSessionAsync(string secret)
    {
        await EndsAsync(0x9B, Publish(HeartbeatTopic, Person, first: 0x30));
        await EndsAsync(0x9B, Publish(HeartbeatTopic, Person, first: 0x34));
        await EndsAsync(0x94, Publish(HeartbeatTopic, Person, properties: [0x23, 0, 7]));
        await EndsAsync(0x81, Publish(HeartbeatTopic, Person, first: 0x36));
        await EndsAsync(0x95, Publish(HeartbeatTopic, Long(70_000)));
        await EndsAsync(null, Publish(HeartbeatTopic, Person, isVersion5: false), isVersion5: false);
        await EndsAsync(null, Publish(HeartbeatTopic, Person, first: 0x33, isVersion5: false), isVersion5: false);
        await EndsAsync(null, Publish($"plates/{Plate}", Person, isVersion5: false), isVersion5: false);
        await EndsAsync(null, Publish(HeartbeatTopic, Person, first: 0x30, isVersion5: false), isVersion5: false);
        await EndsAsync(null, Publish(HeartbeatTopic, Long(70_000), isVersion5: false), isVersion5: false);

        async Task EndsAsync(byte? code, byte[] packet, bool isVersion5 = true)
        {
            await using var wire = await Wire.SignInAsync(_registry, Native, secret, isVersion5);
            var answers = wire.ReadToEndAsync();
            await wire.SendAsync(packet);
            var received = await answers.WaitAsync(Patience);
            if (code is { } disconnect)
                Assert.Equal((0xE0, disconnect), (received[0], received[2]));
            else
                Assert.Empty(received);
        }
    }

    /// <summary>More messages at once than a day of heartbeats has: some are refused for their rate.</summary>
    private async Task PublishTooManyAsync(string secret)
    {
        const int more = 10_500;
        await using var wire = await Wire.SignInAsync(_registry, Native, secret);
        var answers = wire.ReadToEndAsync();
        var packet = Publish(HeartbeatTopic, Person);
        for (var i = 0; i < more; i += 100)
            await wire.SendAsync([.. Enumerable.Repeat(packet, 100).SelectMany(one => one)]);
        await wire.SendAsync([0xE0, 0]);
        Assert.True(
            (await answers.WaitAsync(Patience)).AsSpan().IndexOf((ReadOnlySpan<byte>)[0x40, 3, 0, 7, 0x97]) >= 0,
            "Nothing was refused for its rate."
        );
    }

    private static string HeartbeatPayload(int seq, string health, string firmware, string more = "") =>
        $$"""{"epoch":1,"seq":{{seq}},"capture":{"video":"recorded","audio":"off"},"health":"{{health}}","firmware":"""
        + $"\"{firmware}\"{more}}}";

    /// <summary>Publishes a message with markers in every property of it.</summary>
    private static async Task<MqttClientPublishReasonCode> PublishMarkedAsync(
        IMqttClient camera,
        string topic,
        string payload,
        bool isRetained = false
    ) =>
        (
            await camera.PublishAsync(
                new MqttApplicationMessageBuilder()
                    .WithTopic(topic)
                    .WithPayload(payload)
                    .WithRetainFlag(isRetained)
                    .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                    .WithUserProperty(Name, Encoding.UTF8.GetBytes(Plate))
                    .WithContentType(Picture)
                    .WithResponseTopic(Plate)
                    .WithCorrelationData(Jpeg)
                    .Build()
            )
        ).ReasonCode;

    /// <summary>A PUBLISH of packet 7, as bytes.</summary>
    private static byte[] Publish(string topic, string payload, byte first = 0x32, byte[]? properties = null, bool isVersion5 = true)
    {
        byte[] rest =
        [
            .. Wire.Word(topic),
            .. (first & 6) == 0 ? [] : new byte[] { 0, 7 },
            .. isVersion5 ? [(byte)(properties?.Length ?? 0), .. properties ?? []] : Array.Empty<byte>(),
            .. Text(payload),
        ];
        return [first, .. Varint((ulong)rest.Length), .. rest];
    }

    /// <summary>
    /// An unknown client with a name in every field of the sign-in, and a known device with a will that holds too much.
    /// </summary>
    private async Task SignInAsStrangersAsync()
    {
        var secret = await _registry.IssueSecretAsync(Native);
        (string, string, string, string)[] tries =
        [
            (Client, Client, Plate, Plate),
            (Native, Native, Name, Plate),
            (Name, Name, Name, Plate),
            (Native, Native, secret, $"plates/{Plate}"),
            (Native, Native, secret, $"registry/v1/devices/{Native}/death"),
        ];
        foreach (var version in new[] { MqttProtocolVersion.V500, MqttProtocolVersion.V311 })
        {
            foreach (var (client, user, password, will) in tries)
            {
                using var stranger = new MqttClientFactory().CreateMqttClient();
                var options = new MqttClientOptionsBuilder()
                    .WithTcpServer(_registry.Mqtt.Address.ToString(), _registry.Mqtt.Port)
                    .WithProtocolVersion(version)
                    .WithClientId(client)
                    .WithCredentials(user, password)
                    .WithWillTopic(will)
                    .WithWillPayload(Person)
                    .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
                if (version == MqttProtocolVersion.V500)
                    options = options
                        .WithUserProperty(Name, Encoding.UTF8.GetBytes(Plate))
                        .WithWillUserProperty(Plate, Encoding.UTF8.GetBytes(Name));
                Assert.NotEqual(MqttClientConnectResultCode.Success, (await stranger.ConnectAsync(options.Build())).ResultCode);
            }
        }

        await WaitForFiguresAsync(figures => figures.GetProperty("signInsRefused").GetInt64() == 2 * tries.Length);
    }

    /// <summary>A TCP connection that writes any bytes.</summary>
    private sealed class Wire(Socket socket) : IAsyncDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);

        public static async Task<Wire> SignInAsync(RegistryHost registry, string id, string secret, bool isVersion5 = true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(registry.Mqtt);
            var wire = new Wire(socket);
            byte[] rest =
            [
                .. Word("MQTT"),
                (byte)(isVersion5 ? 5 : 4),
                0b1100_0010,
                0,
                60,
                .. isVersion5 ? new byte[] { 0 } : [],
                .. Word(id),
                .. Word(id),
                .. Word(secret),
            ];
            await wire.SendAsync([0x10, .. Varint((ulong)rest.Length), .. rest]);
            var head = new byte[2];
            await wire._stream.ReadExactlyAsync(head);
            var body = new byte[head[1]];
            await wire._stream.ReadExactlyAsync(body);
            Assert.Equal((0x20, 0), (head[0], body[1]));
            return wire;
        }

        public static byte[] Word(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

        public async Task SendAsync(byte[] bytes)
        {
            try
            {
                await _stream.WriteAsync(bytes);
            }
            catch (IOException)
            {
                // The registry closed the connection before everything was sent.
            }
        }

        /// <summary>Reads until the registry closes the connection.</summary>
        public async Task<byte[]> ReadToEndAsync()
        {
            using var received = new MemoryStream();
            try
            {
                await _stream.CopyToAsync(received);
            }
            catch (IOException)
            {
                // A reset ends the connection too.
            }

            return received.ToArray();
        }

        public ValueTask DisposeAsync() => _stream.DisposeAsync();
    }
}

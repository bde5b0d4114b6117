using System.Net.Sockets;
using System.Text;
using MQTTnet;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.ExpectedStates;

/// <summary>What is agreed at sign-in, what is answered in which order, and how a session ends.</summary>
public sealed class SubscriptionAuthorizerTests : IAsyncLifetime
{
    private readonly BrokerFixture _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] SignIn(string id, ushort keepAlive = 60)
    {
        byte[] body =
        [
            .. Text("MQTT"),
            5,
            0b1100_0010,
            (byte)(keepAlive >> 8),
            (byte)keepAlive,
            0,
            .. Text(id),
            .. Text(id),
            .. Text(BrokerFixture.Secret),
        ];
        return [0x10, .. Length(body.Length), .. body];
    }

    private static byte[] Length(int length) => length < 128 ? [(byte)length] : [(byte)(length % 128 | 128), (byte)(length / 128)];

    private static byte[] Publish(ushort id, string topic, string payload, byte first = 0x32, byte[]? properties = null)
    {
        properties ??= [];
        byte[] body =
        [
            .. Text(topic),
            .. (first & 6) == 0 ? [] : new[] { (byte)(id >> 8), (byte)id },
            (byte)properties.Length,
            .. properties,
            .. Encoding.UTF8.GetBytes(payload),
        ];
        return [first, .. Length(body.Length), .. body];
    }

    private static string Heartbeat(long seq, string audio = "off") =>
        $$"""{"epoch":1,"seq":{{seq}},"capture":{"video":"live","audio":"{{audio}}"},"health":"ok","firmware":"1"}""";

    private async Task<NetworkStream> DialAsync(string id, ushort keepAlive = 60)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_antenna.Address);
        var line = new NetworkStream(socket, ownsSocket: true);
        await line.WriteAsync(SignIn(id, keepAlive));
        return line;
    }

    private static async Task<byte[]> ReadPacketAsync(Stream line)
    {
        var head = new byte[2];
        await line.ReadExactlyAsync(head).AsTask().WaitAsync(BrokerFixture.Patience);
        var body = new byte[head[1]];
        await line.ReadExactlyAsync(body).AsTask().WaitAsync(BrokerFixture.Patience);
        return [.. head, .. body];
    }

    [Fact]
    public async Task Says_at_sign_in_what_the_broker_takes()
    {
        await using var line = await DialAsync("sim-2", keepAlive: 0);
        var answer = await ReadPacketAsync(line);
        Assert.Equal(0x20, answer[0]);
        Assert.Equal(0, answer[3]);
        Assert.True(answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x21, 0x01, 0x00]) > 0, "Receive maximum 256.");
        Assert.True(answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x24, 0x01]) > 0, "Maximum QoS 1.");
        Assert.True(answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x13, 0x02, 0x58]) > 0, "Server keep-alive 600.");
        Assert.True(answer.AsSpan().IndexOf((byte)0x22) < 0, "No topic alias.");
    }

    [Fact]
    public async Task Answers_a_hundred_at_once_in_the_order_in_which_they_came_refusals_among_them()
    {
        await using var line = await DialAsync("sim-3");
        await ReadPacketAsync(line);
        _antenna.Kept.Hold();
        var all = Enumerable
            .Range(1, 100)
            .SelectMany(id =>
                Publish(
                    (ushort)id,
                    id % 10 == 0 ? "registry/v1/devices/somebody-else/heartbeat" : DeviceTopics.Heartbeat("sim-3"),
                    id % 7 == 0 ? "{}" : Heartbeat(id)
                )
            )
            .ToArray();
        await line.WriteAsync(all);
        await _antenna.Kept.Asked.WaitAsync(BrokerFixture.Patience);
        _antenna.Kept.Release();
        for (var id = 1; id <= 100; id++)
        {
            var answer = await ReadPacketAsync(line);
            Assert.Equal((0x40, id), (answer[0], answer[2] << 8 | answer[3]));
            Assert.Equal(
                id % 10 == 0 ? 0x87
                    : id % 7 == 0 ? 0x99
                    : 0,
                answer.Length > 4 ? answer[4] : 0
            );
        }

        Assert.Equal(
            Enumerable.Range(1, 100).Where(id => id % 7 != 0 && id % 10 != 0).Select(id => (long)id),
            _antenna.Kept.Heartbeats.Select(heartbeat => heartbeat.Seq)
        );
    }

    public static TheoryData<byte[], byte> Ends() =>
        new()
        {
            { Publish(1, DeviceTopics.Heartbeat("sim-4"), Heartbeat(1), properties: [0x23, 0, 1]), 0x94 },
            { Publish(1, DeviceTopics.Heartbeat("sim-4"), Heartbeat(1), first: 0x34), 0x9B },
            { Publish(1, DeviceTopics.Heartbeat("sim-4"), Heartbeat(1), first: 0x30), 0x9B },
            { [0x36, 5, 0, 1, (byte)'a', 0, 1], 0x81 },
        };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Ends_with_its_reason_when_it_says_what_no_answer_can_refuse(byte[] packet, byte reason)
    {
        await using var line = await DialAsync("sim-4");
        await ReadPacketAsync(line);
        await line.WriteAsync(packet);
        var end = await ReadPacketAsync(line);
        Assert.Equal((0xE0, reason), (end[0], end[2]));
        Assert.Empty(_antenna.Kept.Heartbeats);
    }

    [Fact]
    public async Task Ends_when_it_is_silent_for_longer_than_its_keep_alive_allows_and_not_before()
    {
        await using var line = await DialAsync("sim-5", keepAlive: 20);
        await ReadPacketAsync(line);
        for (var i = 0; i < 5; i++)
        {
            _antenna.Clock.Advance(TimeSpan.FromSeconds(25));
            await line.WriteAsync(Publish(1, DeviceTopics.Heartbeat("sim-5"), Heartbeat(i)));
            Assert.Equal(0x40, (await ReadPacketAsync(line))[0]); // What it publishes is a sign that its connection lives.
        }

        _antenna.Clock.Advance(TimeSpan.FromSeconds(32));
        Assert.Equal([0xE0, 0x02, 0x8D, 0x00], await ReadPacketAsync(line));
    }

    [Fact]
    public async Task Ends_when_a_packet_that_was_begun_does_not_come()
    {
        await using var line = await DialAsync("sim-6");
        await ReadPacketAsync(line);
        await line.WriteAsync(Publish(1, DeviceTopics.Heartbeat("sim-6"), Heartbeat(1)).AsMemory(0, 20));
        var end = ReadPacketAsync(line);
        for (; !end.IsCompleted; await Task.Yield())
            _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0xE0, (await end)[0]);
    }

    [Fact]
    public async Task Ends_when_its_credential_does_not_hold_any_more()
    {
        await using var line = await DialAsync("sim-7");
        await ReadPacketAsync(line);
        var sessions = _antenna.Part<ISessions>();
        Assert.Equal([("sim-7", 1L)], sessions.SignedIn("sim-7"));
        sessions.End("sim-7");
        Assert.Equal([0xE0, 0x02, 0x87, 0x00], await ReadPacketAsync(line));
    }

    [Fact]
    public async Task Of_a_gateway_speaks_for_those_behind_it_and_their_deaths_are_its_unclean_end()
    {
        var line = await DialAsync(BrokerFixture.FakeEnrolment.Gateway);
        await ReadPacketAsync(line);
        foreach (
            var (child, code) in new[]
            {
                ("behind-1", 0),
                ("behind-2", 0),
                (BrokerFixture.Camera.Id, 0x87),
                (BrokerFixture.FakeEnrolment.Gateway, 0x87),
            }
        )
        {
            await line.WriteAsync(Publish(7, DeviceTopics.Heartbeat(child), Heartbeat(1)));
            var answer = await ReadPacketAsync(line);
            Assert.Equal(code, answer.Length > 4 ? answer[4] : 0);
        }

        Assert.Equal(["behind-1", "behind-2"], _antenna.Kept.Heartbeats.Select(heartbeat => heartbeat.DeviceId));
        await line.DisposeAsync();
        Assert.Equal(1, await _antenna.Told.DeathAsync());
        Assert.Equal(1, await _antenna.Told.DeathAsync());
    }

    [Fact]
    public async Task Is_not_taken_over_for_ever_by_two_units_with_one_credential()
    {
        var lines = new List<NetworkStream>();
        var codes = new List<byte>();
        for (var i = 0; i < 15; i++)
        {
            lines.Add(await DialAsync("sim-8"));
            codes.Add((await ReadPacketAsync(lines[^1]))[3]);
        }

        Assert.Equal(0, codes[0]);
        Assert.Equal(0x9F, codes[^1]);
        foreach (var line in lines)
            await line.DisposeAsync();
    }

    [Fact]
    public async Task Is_refused_to_an_address_that_guesses_until_the_minute_is_over()
    {
        for (var i = 0; i < 61; i++)
        {
            using var stranger = new MqttClientFactory().CreateMqttClient();
            await stranger.ConnectAsync(
                BrokerFixture.As(BrokerFixture.Camera, "guess").WithTcpServer("127.0.0.1", _antenna.Address.Port).Build()
            );
        }

        using var late = new MqttClientFactory().CreateMqttClient();
        var options = BrokerFixture.As(BrokerFixture.Camera).WithTcpServer("127.0.0.1", _antenna.Address.Port).Build();
        Assert.Equal(MqttClientConnectResultCode.ConnectionRateExceeded, (await late.ConnectAsync(options)).ResultCode);
        _antenna.Clock.Advance(TimeSpan.FromMinutes(1.1));
        Assert.Equal(MqttClientConnectResultCode.Success, (await late.ConnectAsync(options)).ResultCode);
    }
}

using System.Net.Sockets;
using System.Text;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.ExpectedStates;

/// <summary>What is agreed at sign-in, what is answered in which order, and how a session ends.</summary>
public sealed class SubscriptionAuthorizerTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

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
        await socket.ConnectAsync(_broker.Address);
        var connection = new NetworkStream(socket, ownsSocket: true);
        await connection.WriteAsync(SignIn(id, keepAlive));
        return connection;
    }

    private static async Task<byte[]> ReadPacketAsync(Stream connection)
    {
        var head = new byte[2];
        await connection.ReadExactlyAsync(head).AsTask().WaitAsync(BrokerFixture.Timeout);
        var body = new byte[head[1]];
        await connection.ReadExactlyAsync(body).AsTask().WaitAsync(BrokerFixture.Timeout);
        return [.. head, .. body];
    }

    [Fact]
    public async Task The_CONNACK_states_the_limits_of_the_broker()
    {
        await using var connection = await DialAsync("sim-2", keepAlive: 0);
        var answer = await ReadPacketAsync(connection);
        Assert.Equal(0x20, answer[0]);
        Assert.Equal(0, answer[3]);
        Assert.True(answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x21, 0x01, 0x00]) > 0, "Receive maximum 256.");
        Assert.True(answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x24, 0x01]) > 0, "Maximum QoS 1.");
        Assert.True(answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x13, 0x02, 0x58]) > 0, "Server keep-alive 600.");
        Assert.True(answer.AsSpan().IndexOf((byte)0x22) < 0, "No topic alias.");
    }

    [Fact]
    public async Task Acknowledgements_and_refusals_leave_in_the_order_of_their_publishes()
    {
        await using var connection = await DialAsync("sim-3");
        await ReadPacketAsync(connection);
        _broker.Log.Hold();
        var all = Enumerable
            .Range(1, 100)
            .SelectMany(id =>
                Publish(
                    (ushort)id,
                    id % 10 == 0 ? "registry/v1/devices/another-device/heartbeat" : DeviceTopics.Heartbeat("sim-3"),
                    id % 7 == 0 ? "{}" : Heartbeat(id)
                )
            )
            .ToArray();
        await connection.WriteAsync(all);
        await _broker.Log.Appended.WaitAsync(BrokerFixture.Timeout);
        _broker.Log.Release();
        for (var id = 1; id <= 100; id++)
        {
            var answer = await ReadPacketAsync(connection);
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
            _broker.Log.Heartbeats.Select(heartbeat => heartbeat.Seq)
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
    public async Task A_session_ends_with_a_reason_if_a_publish_cannot_be_refused_otherwise(byte[] packet, byte reason)
    {
        await using var connection = await DialAsync("sim-4");
        await ReadPacketAsync(connection);
        await connection.WriteAsync(packet);
        var end = await ReadPacketAsync(connection);
        Assert.Equal((0xE0, reason), (end[0], end[2]));
        Assert.Empty(_broker.Log.Heartbeats);
    }

    [Fact]
    public async Task A_session_ends_after_one_and_a_half_keep_alives_of_silence_and_not_before()
    {
        await using var connection = await DialAsync("sim-5", keepAlive: 20);
        await ReadPacketAsync(connection);
        for (var i = 0; i < 5; i++)
        {
            _broker.Clock.Advance(TimeSpan.FromSeconds(25));
            await connection.WriteAsync(Publish(1, DeviceTopics.Heartbeat("sim-5"), Heartbeat(i)));
            Assert.Equal(0x40, (await ReadPacketAsync(connection))[0]); // What it publishes is a sign that its connection lives.
        }

        _broker.Clock.Advance(TimeSpan.FromSeconds(32));
        Assert.Equal([0xE0, 0x02, 0x8D, 0x00], await ReadPacketAsync(connection));
    }

    [Fact]
    public async Task A_session_ends_when_an_unfinished_packet_does_not_arrive()
    {
        await using var connection = await DialAsync("sim-6");
        await ReadPacketAsync(connection);
        await connection.WriteAsync(Publish(1, DeviceTopics.Heartbeat("sim-6"), Heartbeat(1)).AsMemory(0, 20));
        var end = ReadPacketAsync(connection);
        for (; !end.IsCompleted; await Task.Yield())
            _broker.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0xE0, (await end)[0]);
    }

    [Fact]
    public async Task A_session_ends_when_its_credential_is_no_longer_valid()
    {
        await using var connection = await DialAsync("sim-7");
        await ReadPacketAsync(connection);
        var sessions = _broker.GetService<ISessions>();
        Assert.Equal([("sim-7", 1L)], sessions.SignedIn("sim-7"));
        sessions.End("sim-7");
        Assert.Equal([0xE0, 0x02, 0x87, 0x00], await ReadPacketAsync(connection));
    }

    [Fact]
    public async Task A_gateway_publishes_for_its_devices_and_its_unclean_end_is_their_death()
    {
        var connection = await DialAsync(FakeEnrolment.Gateway);
        await ReadPacketAsync(connection);
        foreach (
            var (child, code) in new[] { ("behind-1", 0), ("behind-2", 0), (BrokerFixture.Camera.Id, 0x87), (FakeEnrolment.Gateway, 0x87) }
        )
        {
            await connection.WriteAsync(Publish(7, DeviceTopics.Heartbeat(child), Heartbeat(1)));
            var answer = await ReadPacketAsync(connection);
            Assert.Equal(code, answer.Length > 4 ? answer[4] : 0);
        }

        Assert.Equal(["behind-1", "behind-2"], _broker.Log.Heartbeats.Select(heartbeat => heartbeat.DeviceId));
        await connection.DisposeAsync();
        Assert.Equal(1, await _broker.Partitions.DeathAsync());
        Assert.Equal(1, await _broker.Partitions.DeathAsync());
    }

    [Fact]
    public async Task Two_devices_with_one_credential_cannot_take_a_session_over_forever()
    {
        var connections = new List<NetworkStream>();
        var codes = new List<byte>();
        for (var i = 0; i < 15; i++)
        {
            connections.Add(await DialAsync("sim-8"));
            codes.Add((await ReadPacketAsync(connections[^1]))[3]);
        }

        Assert.Equal(0, codes[0]);
        Assert.Equal(0x9F, codes[^1]);
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }
}

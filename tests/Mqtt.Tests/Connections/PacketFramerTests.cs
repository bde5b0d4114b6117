using System.Buffers;
using System.Net.Sockets;
using System.Text;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>What the transport owes before a packet is read: a cap, an end, a pace.</summary>
public sealed class PacketFramerTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private static MqttApplicationMessage Message(string payload) =>
        new MqttApplicationMessageBuilder()
            .WithTopic(DeviceTopics.Heartbeat(BrokerFixture.Camera.Id))
            .WithPayload(payload)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .Build();

    [Theory]
    [InlineData(null)]
    [InlineData(null, 0x30)]
    [InlineData(2, 0x30, 0x00)]
    [InlineData(2 + 0x7F, 0x30, 0x7F, 1, 2, 3)]
    [InlineData(null, 0x30, 0x80)]
    [InlineData(3 + 0x80, 0x30, 0x80, 0x01)]
    [InlineData(4 + 0x4000, 0x30, 0x80, 0x80, 0x01, 9)]
    [InlineData(null, 0x30, 0xFF, 0xFF, 0xFF)]
    [InlineData(5 + 0xFFFFFFF, 0x30, 0xFF, 0xFF, 0xFF, 0x7F)]
    [InlineData(PacketFramer.Malformed, 0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01)]
    public void The_length_of_a_packet_is_read_however_its_header_came_in_pieces(int? length, params int[] header)
    {
        byte[] bytes = [.. header.Select(value => (byte)value)];
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
                Assert.Equal(length, PacketFramer.PacketLength(Pieces(bytes[..first], bytes[first..second], bytes[second..])));
        }
    }

    private static ReadOnlySequence<byte> Pieces(params byte[][] pieces)
    {
        var start = new Piece(pieces[0], null);
        var end = start;
        foreach (var piece in pieces[1..])
            end = new Piece(piece, end);
        return new ReadOnlySequence<byte>(start, 0, end, end.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? before)
        {
            Memory = bytes;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }

    /// <summary>A client that writes any bytes.</summary>
    private async Task<NetworkStream> DialAsync(params byte[][] parts)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_broker.Address);
        var connection = new NetworkStream(socket, ownsSocket: true);
        foreach (var part in parts)
            await connection.WriteAsync(part);
        return connection;
    }

    /// <summary>CONNECT with keep-alive 0: the broker does not miss this client.</summary>
    private static byte[] SignIn(bool isVersion5 = false)
    {
        byte[] Text(string text) => [0, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
        byte[] properties = isVersion5 ? [0] : [];
        byte[] body =
        [
            .. Text("MQTT"),
            (byte)(isVersion5 ? 5 : 4),
            0b1100_0010,
            0,
            0,
            .. properties,
            .. Text(BrokerFixture.Camera.Id),
            .. Text(BrokerFixture.Camera.Id),
            .. Text(BrokerFixture.Secret),
        ];
        return [0x10, (byte)body.Length, .. body];
    }

    /// <summary>Reads until the registry closes; the bytes read.</summary>
    private static async Task<byte[]> UntilClosedAsync(NetworkStream connection)
    {
        using var received = new MemoryStream();
        try
        {
            await connection.CopyToAsync(received).WaitAsync(BrokerFixture.Timeout);
        }
        catch (IOException)
        {
            // Reset is closed too.
        }

        return received.ToArray();
    }

    [Theory]
    [InlineData(70_000)]
    [InlineData(5_000_000)]
    public async Task A_packet_over_the_cap_ends_the_session_with_its_reason(int bytes)
    {
        using var camera = await _broker.ConnectAsync();
        var ended = new TaskCompletionSource<MqttClientDisconnectReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        camera.DisconnectedAsync += end =>
        {
            ended.TrySetResult(end.Reason);
            return Task.CompletedTask;
        };
        await Assert.ThrowsAnyAsync<Exception>(() => camera.PublishAsync(Message(new string('x', bytes))));
        Assert.Equal(MqttClientDisconnectReason.PacketTooLarge, await ended.Task.WaitAsync(BrokerFixture.Timeout));
        Assert.Contains("registry.publishes.refused size unread 1", _broker.Measurements);
    }

    [Fact]
    public async Task A_client_that_reads_only_after_sending_still_gets_the_reason()
    {
        using var camera = await DialAsync(SignIn(isVersion5: true), [0x32, 0x80, 0xE1, 0xEB, 0x17], new byte[50_000_000]);
        camera.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal([0xE0, 0x02, 0x95, 0x00], (await UntilClosedAsync(camera))[^4..]);
    }

    [Fact]
    public async Task A_packet_over_the_cap_closes_the_connection_of_the_older_protocol()
    {
        using var camera = await _broker.ConnectAsync(BrokerFixture.OptionsFor(BrokerFixture.Camera, version: MqttProtocolVersion.V311));
        await Assert.ThrowsAnyAsync<Exception>(() => camera.PublishAsync(Message(new string('x', 70_000))));
        Assert.Contains("registry.publishes.refused size unread 1", _broker.Measurements);
    }

    [Fact]
    public async Task A_client_without_a_sign_in_cannot_make_the_broker_wait_for_256_megabytes()
    {
        using var stranger = await DialAsync([0x10, 0xFF, 0xFF, 0xFF, 0x7F], new byte[100]);
        Assert.Empty(await UntilClosedAsync(stranger));
        Assert.Contains("registry.publishes.refused size unread 1", _broker.Measurements);
    }

    [Fact]
    public async Task The_broker_does_not_wait_for_a_client_that_closed_in_the_middle_of_a_packet()
    {
        using var camera = await DialAsync(SignIn(), [0x32, 100, 0]);
        camera.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal([0x20, 2, 0, 0], await UntilClosedAsync(camera)); // CONNACK, then the end.

        using var stranger = await DialAsync(SignIn()[..20]);
        stranger.Socket.Shutdown(SocketShutdown.Send);
        Assert.Empty(await UntilClosedAsync(stranger));
    }

    [Fact]
    public async Task A_packet_that_arrives_in_pieces_is_one_packet()
    {
        using var camera = await DialAsync([.. SignIn().Select(letter => new[] { letter })]);
        camera.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal([0x20, 2, 0, 0], await UntilClosedAsync(camera));
    }

    [Fact]
    public async Task A_length_that_no_packet_can_have_ends_the_connection()
    {
        using var camera = await DialAsync(SignIn(), [0x32, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]);
        Assert.Equal([0x20, 2, 0, 0], await UntilClosedAsync(camera));
    }

    [Fact]
    public async Task A_device_may_publish_a_days_heartbeats_at_once_and_then_ten_a_second()
    {
        const string heartbeat = """{"epoch":1,"seq":1,"capture":{"video":"live","audio":"off"},"health":"ok","firmware":"1"}""";
        using var camera = await _broker.ConnectAsync();
        async Task<MqttClientPublishReasonCode> Speak() => (await camera.PublishAsync(Message(heartbeat))).ReasonCode;
        for (var day = 0; day < 10_000; day++)
            Assert.Equal(MqttClientPublishReasonCode.Success, await Speak());
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, await Speak());
        Assert.Contains("registry.publishes.refused rate own-heartbeat 1", _broker.Measurements);

        using var again = await _broker.ConnectAsync(); // Signing in again gains nothing.
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, (await again.PublishAsync(Message(heartbeat))).ReasonCode);
        _broker.Clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(MqttClientPublishReasonCode.Success, (await again.PublishAsync(Message(heartbeat))).ReasonCode);
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, (await again.PublishAsync(Message(heartbeat))).ReasonCode);
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>A client that writes any bytes, and reads only when a test reads.</summary>
internal sealed class RawMqttClient(Socket socket) : IAsyncDisposable
{
    private Stream _stream = new NetworkStream(socket, ownsSocket: true);

    public static Task<RawMqttClient> DialAsync(IPEndPoint address, params byte[][] parts) =>
        DialAsync(address, IPAddress.Any, null, parts);

    /// <param name="from">The client's own address.</param>
    /// <param name="takes">How many bytes it lets wait for itself, before its socket accepts no more.</param>
    public static async Task<RawMqttClient> DialAsync(IPEndPoint address, IPAddress from, int? takes, params byte[][] parts)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (takes is { } bytes)
            socket.ReceiveBufferSize = bytes;
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(address);
        var wire = new RawMqttClient(socket);
        foreach (var part in parts)
            await wire.SendAsync(part);
        return wire;
    }

    /// <summary>A client that has signed in as a device of the test's register.</summary>
    public static async Task<RawMqttClient> SignInAsync(
        IPEndPoint address,
        string id,
        bool isVersion5 = true,
        ushort keepAlive = 60,
        long? deathEpoch = null
    )
    {
        var wire = await DialAsync(address, Connect(id, isVersion5, keepAlive, deathEpoch));
        var answer = await wire.ReadPacketAsync();
        Assert.Equal((0x20, 0), (answer[0], answer[3]));
        return wire;
    }

    /// <summary>Continues under TLS, and accepts every certificate.</summary>
    public async Task<RawMqttClient> EncryptAsync()
    {
#pragma warning disable CA5359 // The server is in this process.
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync("localhost").WaitAsync(BrokerFixture.Timeout);
        _stream = tls;
        return this;
    }

    public static byte[] Subscribe(ushort id, bool isVersion5, params IEnumerable<string> filters) =>
        Packet(
            0x82,
            [
                (byte)(id >> 8),
                (byte)id,
                .. isVersion5 ? new byte[] { 0 } : [],
                .. filters.SelectMany(filter => Text(filter).Append((byte)1)),
            ]
        );

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    public async Task<byte[]> ReadPacketAsync()
    {
        var head = new byte[2];
        await _stream.ReadExactlyAsync(head).AsTask().WaitAsync(BrokerFixture.Timeout);
        var length = head[1] & 0x7F;
        for (var shift = 7; (head[^1] & 0x80) != 0; shift += 7)
        {
            head = [.. head, 0];
            await _stream.ReadExactlyAsync(head.AsMemory(head.Length - 1)).AsTask().WaitAsync(BrokerFixture.Timeout);
            length |= (head[^1] & 0x7F) << shift;
        }

        var body = new byte[length];
        await _stream.ReadExactlyAsync(body).AsTask().WaitAsync(BrokerFixture.Timeout);
        return [.. head, .. body];
    }

    /// <summary>Sends nothing more, and reads until the registry closes; the bytes read.</summary>
    public async Task<byte[]> UntilClosedAsync(bool isHalfClosed = true)
    {
        using var received = new MemoryStream();
        try
        {
            if (isHalfClosed)
                socket.Shutdown(SocketShutdown.Send);
            await _stream.CopyToAsync(received).WaitAsync(BrokerFixture.Timeout);
        }
        catch (Exception reset) when (reset is IOException or SocketException)
        {
            // Reset is closed too.
        }

        return received.ToArray();
    }

    /// <summary>
    /// Reads until the registry closes; the bytes read. After a DISCONNECT the client closes its side, as MQTT 5.0 section 3.14.4 demands;
    /// the registry would wait a second for that.
    /// </summary>
    public async Task<byte[]> UntilDisconnectedAsync()
    {
        var first = new byte[1];
        if (await _stream.ReadAtLeastAsync(first, 1, throwOnEndOfStream: false).AsTask().WaitAsync(BrokerFixture.Timeout) == 0)
            return [];
        return [.. first, .. await UntilClosedAsync(isHalfClosed: first[0] == 0xE0)];
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    public static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] Length(int length) => length < 128 ? [(byte)length] : [(byte)(length % 128 | 128), .. Length(length / 128)];

    public static byte[] Packet(byte first, params byte[] body) => [first, .. Length(body.Length), .. body];

    public static byte[] Connect(string id, bool isVersion5 = true, ushort keepAlive = 60, long? deathEpoch = null, string? secret = null)
    {
        byte[] will = deathEpoch is { } epoch
            ? [.. isVersion5 ? new byte[] { 0 } : [], .. Text(DeviceTopics.Death(id)), .. Text($$"""{"epoch":{{epoch}}}""")]
            : [];
        return Packet(
            0x10,
            [
                .. Text("MQTT"),
                (byte)(isVersion5 ? 5 : 4),
                (byte)(0b1100_0010 | (deathEpoch is null ? 0 : 0b0000_1100)),
                (byte)(keepAlive >> 8),
                (byte)keepAlive,
                .. isVersion5 ? new byte[] { 0 } : [],
                .. Text(id),
                .. will,
                .. Text(id),
                .. Text(secret ?? BrokerFixture.Secret),
            ]
        );
    }

    public static byte[] Publish(
        ushort id,
        string topic,
        string payload,
        byte first = 0x32,
        byte[]? properties = null,
        bool isVersion5 = true
    )
    {
        properties ??= [];
        return Packet(
            first,
            [
                .. Text(topic),
                .. (first & 6) == 0 ? [] : new[] { (byte)(id >> 8), (byte)id },
                .. isVersion5 ? [.. Length(properties.Length), .. properties] : Array.Empty<byte>(),
                .. Encoding.UTF8.GetBytes(payload),
            ]
        );
    }

    public static string Heartbeat(long seq, long epoch = 1) =>
        $$"""{"epoch":{{epoch}},"seq":{{seq}},"capture":{"video":"live","audio":"off"},"health":"ok","firmware":"1"}""";
}

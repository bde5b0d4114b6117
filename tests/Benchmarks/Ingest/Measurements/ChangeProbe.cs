using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;

namespace SurveillanceRegistry.Benchmarks.Ingest.Measurements;

/// <summary>Milliseconds from the publish of a change to each of its effects.</summary>
/// <param name="Acknowledged">Its PUBACK.</param>
/// <param name="Read">The public API returns the new state.</param>
/// <param name="Notified">The screen of the place is notified.</param>
internal readonly record struct ChangeLatency(double Acknowledged, double Read, double Notified);

/// <summary>One device, one client of the public API and one screen of the device's place.</summary>
internal sealed class ChangeProbe : IDisposable
{
    private const string WithoutSound = """{"video":"recorded","audio":"off"}""",
        WithSound = """{"video":"recorded","audio":"recorded"}""";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Socket _device = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _input = new byte[256];
    private readonly HeartbeatTemplate _withoutSound;
    private readonly HeartbeatTemplate _withSound;
    private readonly HttpClient _client;
    private readonly StreamReader _screen;
    private readonly Channel<long> _notifications = Channel.CreateUnbounded<long>();
    private uint _sequence = HeartbeatTemplate.FirstSequence;

    private ChangeProbe(HttpClient client, StreamReader screen)
    {
        (_client, _screen) = (client, screen);
        var epoch = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        _withoutSound = new HeartbeatTemplate(RegisteredDevices.Prefix, epoch, WithoutSound);
        _withSound = new HeartbeatTemplate(RegisteredDevices.Prefix, epoch, WithSound);
    }

    public static async Task<ChangeProbe> OpenAsync(RegistryUnderTest registry)
    {
        var client = new HttpClient { BaseAddress = registry.Http, Timeout = TimeSpan.FromMinutes(30) };
        var screen = new StreamReader(await client.GetStreamAsync($"/kiosks/{RegisteredDevices.KioskId(0)}/changes"));
        var probe = new ChangeProbe(client, screen);
        await probe._device.ConnectAsync(new IPEndPoint(IPAddress.Loopback, registry.MqttPort));
        var id = RegisteredDevices.DeviceId(0);
        await probe._device.SendAsync(MqttWire.Connect(id, RegisteredDevices.Secret(id), 3600));
        await probe.ReadPacketAsync(MqttWire.ConnAck);
        _ = probe.ReadNotificationsAsync();
        // Two changes: the first heartbeat of a device always changes its state, and the second shows that the screen's stream works.
        await probe.ChangeAsync(recordsSound: true);
        await probe.ChangeAsync(recordsSound: false);
        return probe;
    }

    /// <summary>Publishes a change and waits for its three effects.</summary>
    public async Task<ChangeLatency> ChangeAsync(bool recordsSound)
    {
        var template = recordsSound ? _withSound : _withoutSound;
        var packet = new byte[template.Length];
        template.Write(packet, 0, 1, _sequence++);
        while (_notifications.Reader.TryRead(out _)) { }

        var began = Stopwatch.GetTimestamp();
        await _device.SendAsync(packet);
        var read = WaitForStateAsync(recordsSound ? "recorded" : "off");
        var acknowledged = await ReadPacketAsync(MqttWire.PubAck);
        return new ChangeLatency(
            Milliseconds(acknowledged),
            Milliseconds(await read.WaitAsync(LongestWait)),
            Milliseconds(await _notifications.Reader.ReadAsync().AsTask().WaitAsync(LongestWait))
        );

        double Milliseconds(long timestamp) => Stopwatch.GetElapsedTime(began, timestamp).TotalMilliseconds;
    }

    /// <summary>Reads the device again and again until the public API returns this mode; returns the timestamp.</summary>
    private async Task<long> WaitForStateAsync(string audioMode)
    {
        while (true)
        {
            var json = await _client.GetStringAsync("/api/v1/devices/" + RegisteredDevices.DeviceId(0));
            var capture = JsonSerializer.Deserialize<JsonElement>(json).GetProperty("capture");
            if (capture.TryGetProperty("audio", out var mode) && mode.GetString() == audioMode)
                return Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Records the timestamp of each notification of the screen until the stream ends.</summary>
    private async Task ReadNotificationsAsync()
    {
        try
        {
            while (await _screen.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("data:", StringComparison.Ordinal))
                    _notifications.Writer.TryWrite(Stopwatch.GetTimestamp());
            }

            _notifications.Writer.TryComplete(new IOException("The registry ended the screen's stream."));
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            _notifications.Writer.TryComplete(failure);
        }
    }

    /// <summary>Reads one packet and returns its timestamp; throws for another packet or an error code.</summary>
    private async Task<long> ReadPacketAsync(byte expectedType)
    {
        var length = 0;
        while (true)
        {
            var received = await _device.ReceiveAsync(_input.AsMemory(length)).AsTask().WaitAsync(LongestWait);
            if (received == 0)
                throw new IOException("The registry closed the connection.");
            length += received;
            if (!MqttWire.TryReadPacket(_input.AsSpan(0, length), out var type, out var body, out _))
                continue;
            var isSuccess = expectedType == MqttWire.ConnAck ? body[1] == 0 : body.Length < 3 || body[2] == 0;
            return type == expectedType && isSuccess
                ? Stopwatch.GetTimestamp()
                : throw new IOException($"The registry answered 0x{type:x2} {Convert.ToHexString(body)}.");
        }
    }

    public void Dispose()
    {
        _device.Dispose();
        _screen.Dispose();
        _client.Dispose();
    }
}

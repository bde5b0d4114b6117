using System.Net;
using System.Text;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Simulator;

/// <summary>One unit: its own connection, its own boot, its own heartbeats.</summary>
internal sealed class SimulatedUnit(Device device, string secret, IReadOnlyList<Episode> episodes, DateTimeOffset begun, TimeProvider time)
{
    /// <summary>How often a unit looks whether an episode has begun or ended.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly string _topic = "registry/v1/devices/" + device.Id;
    private readonly long _epoch = begun.ToUnixTimeMilliseconds();
    private long _seq;

    /// <summary>One session: signs in, then speaks until the session ends. Throws when it could not sign in or speak.</summary>
    public async Task SpeakAsync(IPEndPoint broker, SemaphoreSlim door, CancellationToken cancellationToken)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await door.WaitAsync(cancellationToken);
        try
        {
            await client.ConnectAsync(Options(broker), cancellationToken);
        }
        finally
        {
            door.Release();
        }

        var rest = new Random(device.Id.GetHashCode(StringComparison.Ordinal));
        var spoken = (At: DateTimeOffset.MinValue, Capture: default(CaptureReport));
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = time.GetUtcNow();
            var capture = CaptureAt(now - begun);
            var interval = TimeSpan.FromSeconds(device.KindOf.HeartbeatSeconds * (0.9 + 0.1 * rest.NextDouble()));
            if (!IsSilentAt(now - begun) && (capture != spoken.Capture || now - spoken.At >= interval))
            {
                await client.PublishAsync(Heartbeat(capture, now), cancellationToken);
                spoken = (now, capture);
            }

            await Task.Delay(Glance, time, cancellationToken);
        }

        await client.DisconnectAsync(cancellationToken: CancellationToken.None);
    }

    private bool IsSilentAt(TimeSpan elapsed) => episodes.Any(episode => episode.DeviceId == device.Id && episode.Switches is null && episode.IsOn(elapsed));

    private CaptureReport CaptureAt(TimeSpan elapsed)
    {
        var report = device.Sensors.Aggregate(default(CaptureReport), (report, sensor) => report.With(sensor, Usual(sensor)));
        return episodes.Where(episode => episode.DeviceId == device.Id && episode.Switches is not null && episode.IsOn(elapsed))
            .Aggregate(report, (report, episode) => report.With(episode.Switches!.Value, Mode.Recorded));
    }

    /// <summary>What a unit of this kind does on an ordinary day.</summary>
    private Mode Usual(Capture sensor) => (device.Kind, sensor) switch
    {
        (_, Capture.Audio) when device.Kind != "interview-room-camera" => Mode.Off,
        ("traffic-camera", _) => Mode.Live,
        ("body-worn" or "in-car", _) => Mode.Off,
        _ => Mode.Recorded,
    };

    private MqttClientOptions Options(IPEndPoint broker) => new MqttClientOptionsBuilder()
        .WithTcpServer(broker.Address.ToString(), broker.Port)
        .WithProtocolVersion(MqttProtocolVersion.V500)
        .WithClientId(device.Id).WithCredentials(device.Id, secret)
        .WithCleanStart().WithKeepAlivePeriod(TimeSpan.FromSeconds(30)).WithTimeout(TimeSpan.FromSeconds(10))
        .WithWillTopic(_topic + "/death").WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        .WithWillPayload(Encoding.UTF8.GetBytes($$"""{"epoch":{{_epoch}}}"""))
        .Build();

    private MqttApplicationMessage Heartbeat(CaptureReport capture, DateTimeOffset now) => new MqttApplicationMessageBuilder()
        .WithTopic(_topic + "/heartbeat").WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        .WithPayload(JsonSerializer.SerializeToUtf8Bytes(
            new { epoch = _epoch, seq = ++_seq, at = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture), capture, health = "ok", firmware = "1.0.0" }, Json.Options))
        .Build();
}

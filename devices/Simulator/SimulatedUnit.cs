using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Simulator;

/// <summary>One unit: its own connection, its own boot, its own heartbeats.</summary>
internal sealed class SimulatedUnit(Device device, string secret, IReadOnlyList<Episode> episodes, DateTimeOffset begun, TimeProvider time, ILogger log)
{
    /// <summary>How often a unit looks whether something has begun or ended.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30), LongestAnswer = TimeSpan.FromSeconds(10);

    private readonly string _topic = "registry/v1/devices/" + device.Id;
    private readonly long _epoch = begun.ToUnixTimeMilliseconds();
    private readonly Random _chance = new(device.Number);
    private readonly Episode[] _episodes = [.. episodes.Where(episode => episode.DeviceId == device.Id)];
    private long _seq;

    public string Id => device.Id;

    /// <summary>One session: signs in, then speaks until told to stop. Throws when the session could not begin or did not last.</summary>
    public async Task SpeakAsync(IPEndPoint broker, SemaphoreSlim door, CancellationToken cancellationToken)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await SignInAsync(client, broker, door, cancellationToken);
        var spoken = (At: DateTimeOffset.MinValue, Capture: default(CaptureReport), Health: Health.Ok);
        try
        {
            while (client.IsConnected)
            {
                var now = time.GetUtcNow();
                var elapsed = now - begun;
                var (capture, health) = (CaptureAt(elapsed), Routine.HealthOf(device, elapsed));
                var isDue = now - spoken.At >= Interval() || (capture, health) != (spoken.Capture, spoken.Health);
                if (isDue && !_episodes.Any(episode => episode.Switches is null && episode.IsOn(elapsed)))
                {
                    var answer = await client.PublishAsync(Heartbeat(capture, health, now), CancellationToken.None); // A word once begun is finished.
                    if (!answer.IsSuccess)
                        log.LogWarning("The registry refused a heartbeat of simulated unit {Device}: {Reason}.", device.Id, answer.ReasonCode);
                    spoken = (now, capture, health);
                }

                await Task.Delay(Glance, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && client.IsConnected)
        {
            await client.DisconnectAsync(cancellationToken: CancellationToken.None); // A farewell: no will, no death.
            throw;
        }

        throw new MqttCommunicationException("the registry ended it");
    }

    private async Task SignInAsync(IMqttClient client, IPEndPoint broker, SemaphoreSlim door, CancellationToken cancellationToken)
    {
        await door.WaitAsync(cancellationToken);
        try
        {
            var answer = await client.ConnectAsync(Options(broker), cancellationToken);
            if (answer.ResultCode != MqttClientConnectResultCode.Success)
                throw new MqttCommunicationException($"the registry refused the sign-in: {answer.ResultCode}");
        }
        finally
        {
            door.Release();
        }
    }

    /// <summary>Nine to ten tenths of what its kind is asked for, so that units do not speak in step.</summary>
    private TimeSpan Interval() => TimeSpan.FromSeconds(device.KindOf.HeartbeatSeconds * (0.9 + 0.1 * _chance.NextDouble()));

    private CaptureReport CaptureAt(TimeSpan elapsed) =>
        _episodes.Where(episode => episode.Switches is not null && episode.IsOn(elapsed))
            .Aggregate(Routine.CaptureOf(device, elapsed), (report, episode) => report.With(episode.Switches!.Value, Mode.Recorded));

    private MqttClientOptions Options(IPEndPoint broker) => new MqttClientOptionsBuilder()
        .WithTcpServer(broker.Address.ToString(), broker.Port)
        .WithProtocolVersion(MqttProtocolVersion.V500)
        .WithClientId(device.Id).WithCredentials(device.Id, secret)
        .WithCleanStart().WithKeepAlivePeriod(KeepAlive).WithTimeout(LongestAnswer)
        .WithWillTopic(_topic + "/death").WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        .WithWillPayload(Encoding.UTF8.GetBytes($$"""{"epoch":{{_epoch}}}"""))
        .Build();

    private MqttApplicationMessage Heartbeat(CaptureReport capture, Health health, DateTimeOffset now) => new MqttApplicationMessageBuilder()
        .WithTopic(_topic + "/heartbeat").WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        .WithPayload(JsonSerializer.SerializeToUtf8Bytes(
            new { epoch = _epoch, seq = ++_seq, at = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), capture, health, firmware = "1.0.0" }, Json.Options))
        .Build();
}

using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Simulator;

/// <summary>
/// One simulated device: its own connection, its own boot, its own heartbeats. It sleeps until it has something to publish.
/// </summary>
internal sealed class SimulatedUnit(
    Device device,
    int ordinal,
    string secret,
    IReadOnlyList<Episode> episodes,
    DateTimeOffset begun,
    TimeProvider time,
    ILogger log
)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30),
        LongestAnswer = TimeSpan.FromSeconds(10),
        LongestSleep = TimeSpan.FromHours(1);

    /// <summary>How far a clock falls back when its battery is lost.</summary>
    private static readonly TimeSpan FallsBack = TimeSpan.FromDays(3650);

    private readonly string _topic = "registry/v1/devices/" + device.Id;
    private readonly Random _chance = new(ordinal);
    private readonly Episode[] _episodes = [.. episodes.Where(episode => episode.DeviceId == device.Id)];
    private readonly Routine _routine = new(device, ordinal);
    private TimeSpan _behind;
    private long _epoch = begun.ToUnixTimeMilliseconds();
    private long _seq;
    private long? _ruleVersion;

    public string Id => device.Id;

    /// <summary>
    /// Runs one session after the other, as long as each ends because an episode took the device away. Throws when a session could not
    /// begin or ended otherwise.
    /// </summary>
    public async Task LiveAsync(IPEndPoint broker, SemaphoreSlim signIns, CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitWhileAwayAsync(cancellationToken);
            await RunSessionAsync(broker, signIns, cancellationToken);
        }
    }

    /// <summary>Waits while an episode takes the device away, and boots if the episode is a restart.</summary>
    private async Task WaitWhileAwayAsync(CancellationToken cancellationToken)
    {
        while (Absence(time.GetUtcNow() - begun) is { } absence)
        {
            await SleepAsync(absence.When.NextTurn(time.GetUtcNow() - begun), cancellationToken);
            if (absence.What is Happening.LosesItsClock)
                _behind = FallsBack;
            if (absence.What is Happening.Restarts or Happening.LosesItsClock)
                (_epoch, _seq, _ruleVersion) = ((time.GetUtcNow() - _behind).ToUnixTimeMilliseconds(), 0, null);
        }
    }

    /// <summary>Runs one session, until an episode takes the device away.</summary>
    private async Task RunSessionAsync(IPEndPoint broker, SemaphoreSlim signIns, CancellationToken cancellationToken)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        client.ApplicationMessageReceivedAsync += ReadExpectedState;
        await SignInAsync(client, broker, signIns, cancellationToken);
        client.DisconnectedAsync += End;
        try
        {
            if (await PublishUntilAwayAsync(client, session.Token))
                return;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && client.IsConnected)
        {
            await client.DisconnectAsync(cancellationToken: CancellationToken.None); // A normal DISCONNECT cancels the will: no death.
            throw;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The session is over.
        }
        finally
        {
            client.DisconnectedAsync -= End;
        }

        throw new MqttCommunicationException("the registry ended the session");

        Task End(MqttClientDisconnectedEventArgs _) => session.CancelAsync();
    }

    /// <summary>Publishes until an episode takes the device away.</summary>
    /// <returns>False if the session ended before.</returns>
    private async Task<bool> PublishUntilAwayAsync(IMqttClient client, CancellationToken sessionEnd)
    {
        var (published, due) = ((Capture: default(CaptureReport), Health: Health.Ok), DateTimeOffset.MinValue);
        while (client.IsConnected)
        {
            var now = time.GetUtcNow();
            var elapsed = now - begun;
            if (Absence(elapsed) is { } absence)
            {
                if (absence.What is Happening.Restarts)
                    await client.DisconnectAsync(cancellationToken: CancellationToken.None);
                return true; // Otherwise the socket closes without a DISCONNECT.
            }

            var isMute = _episodes.Any(episode => episode.What is Happening.FallsSilent && episode.When.IsOn(elapsed));
            var report = (CaptureAt(elapsed), _routine.HealthAt(elapsed));
            if (!isMute && (now >= due || report != published))
            {
                await PublishAsync(client, Heartbeat(report, now));
                // The first pause is only a part of the usual one, so that devices that signed in together do not publish in step.
                (published, due) = (report, now + Interval() * (due == DateTimeOffset.MinValue ? _chance.NextDouble() : 1));
            }

            await SleepAsync(NextTurn(elapsed, isMute ? null : due - begun), sessionEnd);
        }

        return false;
    }

    private async Task PublishAsync(IMqttClient client, MqttApplicationMessage heartbeat)
    {
        // A publish is never cancelled halfway.
        var answer = await client.PublishAsync(heartbeat, CancellationToken.None);
        if (!answer.IsSuccess)
            log.LogWarning("The registry refused a heartbeat of simulated device {Device}: {Reason}.", device.Id, answer.ReasonCode);
    }

    private async Task SignInAsync(IMqttClient client, IPEndPoint broker, SemaphoreSlim signIns, CancellationToken cancellationToken)
    {
        await signIns.WaitAsync(cancellationToken);
        try
        {
            var answer = await client.ConnectAsync(Options(broker), cancellationToken);
            if (answer.ResultCode != MqttClientConnectResultCode.Success)
                throw new MqttCommunicationException($"the registry refused the sign-in: {answer.ResultCode}");
            await client.SubscribeAsync(_topic + "/expected", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken);
        }
        finally
        {
            signIns.Release();
        }
    }

    /// <summary>
    /// Reads the version of the device's expected state, to echo it in heartbeats. It ignores everything else, and what it cannot read.
    /// </summary>
    private Task ReadExpectedState(MqttApplicationMessageReceivedEventArgs received)
    {
        try
        {
            using var expected = JsonDocument.Parse(received.ApplicationMessage.Payload);
            if (
                expected.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("version", out var version)
                && version.ValueKind == JsonValueKind.Number
                && version.TryGetInt64(out var number)
                && number is >= 0 and <= Domain.Presence.Heartbeat.MaxNumber
            )
                _ruleVersion = number;
        }
        catch (JsonException)
        {
            log.LogInformation("Simulated device {Device} cannot read its expected state.", device.Id);
        }

        return Task.CompletedTask;
    }

    private Episode? Absence(TimeSpan elapsed) => Array.Find(_episodes, episode => episode.TakesAway && episode.When.IsOn(elapsed));

    /// <summary>Returns when the device next has to publish, or when an episode or its routine changes.</summary>
    private TimeSpan NextTurn(TimeSpan elapsed, TimeSpan? due) =>
        _episodes.Select(episode => (TimeSpan?)episode.When.NextTurn(elapsed)).Append(_routine.NextTurn(elapsed)).Append(due).Min()
        ?? elapsed + LongestSleep;

    private Task SleepAsync(TimeSpan until, CancellationToken cancellationToken)
    {
        // Rounded up: what ends at an instant has ended when the device wakes.
        var milliseconds = Math.Ceiling(
            Math.Clamp((begun + until - time.GetUtcNow()).TotalMilliseconds, 1, LongestSleep.TotalMilliseconds)
        );
        return Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, cancellationToken);
    }

    /// <summary>Returns nine to ten tenths of the interval of its kind, so that devices do not publish in step.</summary>
    private TimeSpan Interval() => TimeSpan.FromSeconds(device.KindOf.HeartbeatSeconds * (0.9 + 0.1 * _chance.NextDouble()));

    private CaptureReport CaptureAt(TimeSpan elapsed) =>
        _episodes
            .Where(episode => episode.What is Happening.Records && episode.When.IsOn(elapsed))
            .SelectMany(episode => episode.Captures)
            .Aggregate(_routine.CaptureAt(elapsed), (report, capture) => report.With(capture, Mode.Recorded));

    private MqttClientOptions Options(IPEndPoint broker) =>
        new MqttClientOptionsBuilder()
            .WithTcpServer(broker.Address.ToString(), broker.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(device.Id)
            .WithCredentials(device.Id, secret)
            .WithCleanStart()
            .WithKeepAlivePeriod(KeepAlive)
            .WithTimeout(LongestAnswer)
            .WithWillTopic(_topic + "/death")
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithWillPayload(Encoding.UTF8.GetBytes($$"""{"epoch":{{_epoch}}}"""))
            .Build();

    private MqttApplicationMessage Heartbeat((CaptureReport Capture, Health Health) report, DateTimeOffset now) =>
        new MqttApplicationMessageBuilder()
            .WithTopic(_topic + "/heartbeat")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithPayload(
                JsonSerializer.SerializeToUtf8Bytes(
                    new Report(
                        _epoch,
                        _seq++,
                        (now - _behind).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                        report.Capture,
                        report.Health,
                        "1.0.0",
                        _ruleVersion
                    ),
                    Json.Options
                )
            )
            .Build();

    private sealed record Report(
        long Epoch,
        long Seq,
        string At,
        CaptureReport Capture,
        Health Health,
        string Firmware,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? RuleVersion
    );
}

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

/// <summary>One unit: its own connection, its own boot, its own heartbeats. It sleeps until it has something to say.</summary>
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

    /// <summary>How far a clock falls back that has lost its battery.</summary>
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
    /// Session after session, for as long as each ends because an episode took the unit away. Throws when one could not begin or did not
    /// last.
    /// </summary>
    public async Task LiveAsync(IPEndPoint broker, SemaphoreSlim door, CancellationToken cancellationToken)
    {
        while (true)
        {
            await BeAwayAsync(cancellationToken);
            await SpeakAsync(broker, door, cancellationToken);
        }
    }

    /// <summary>Is away for as long as an episode takes it away, and boots where that is what happened.</summary>
    private async Task BeAwayAsync(CancellationToken cancellationToken)
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

    /// <summary>One session, until an episode takes the unit away.</summary>
    private async Task SpeakAsync(IPEndPoint broker, SemaphoreSlim door, CancellationToken cancellationToken)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        client.ApplicationMessageReceivedAsync += Learn;
        await SignInAsync(client, broker, door, cancellationToken);
        client.DisconnectedAsync += End;
        var (spoken, due) = ((Capture: default(CaptureReport), Health: Health.Ok), DateTimeOffset.MinValue);
        try
        {
            while (client.IsConnected)
            {
                var now = time.GetUtcNow();
                var elapsed = now - begun;
                if (Absence(elapsed) is { } absence)
                {
                    if (absence.What is Happening.Restarts)
                        await client.DisconnectAsync(cancellationToken: CancellationToken.None);
                    return; // Otherwise the socket closes without a word.
                }

                var isMute = _episodes.Any(episode => episode.What is Happening.FallsSilent && episode.When.IsOn(elapsed));
                var news = (CaptureAt(elapsed), _routine.HealthAt(elapsed));
                if (!isMute && (now >= due || news != spoken))
                {
                    var answer = await client.PublishAsync(Heartbeat(news, now), CancellationToken.None); // A word once begun is finished.
                    if (!answer.IsSuccess)
                        log.LogWarning(
                            "The registry refused a heartbeat of simulated unit {Device}: {Reason}.",
                            device.Id,
                            answer.ReasonCode
                        );
                    // The first pause is a part of the usual one, so that units that signed in together do not go on together.
                    (spoken, due) = (news, now + Interval() * (due == DateTimeOffset.MinValue ? _chance.NextDouble() : 1));
                }

                await SleepAsync(NextTurn(elapsed, isMute ? null : due - begun), session.Token);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && client.IsConnected)
        {
            await client.DisconnectAsync(cancellationToken: CancellationToken.None); // A farewell: no will, no death.
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

        throw new MqttCommunicationException("the registry ended it");

        Task End(MqttClientDisconnectedEventArgs _) => session.CancelAsync();
    }

    private async Task SignInAsync(IMqttClient client, IPEndPoint broker, SemaphoreSlim door, CancellationToken cancellationToken)
    {
        await door.WaitAsync(cancellationToken);
        try
        {
            var answer = await client.ConnectAsync(Options(broker), cancellationToken);
            if (answer.ResultCode != MqttClientConnectResultCode.Success)
                throw new MqttCommunicationException($"the registry refused the sign-in: {answer.ResultCode}");
            await client.SubscribeAsync(_topic + "/expected", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken);
        }
        finally
        {
            door.Release();
        }
    }

    /// <summary>
    /// What is expected of the unit, as the registry keeps it: its version is echoed. Anything else of it, and anything unreadable, is left
    /// alone.
    /// </summary>
    private Task Learn(MqttApplicationMessageReceivedEventArgs received)
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
            log.LogInformation("Simulated unit {Device} cannot read what is expected of it.", device.Id);
        }

        return Task.CompletedTask;
    }

    private Episode? Absence(TimeSpan elapsed) => Array.Find(_episodes, episode => episode.TakesAway && episode.When.IsOn(elapsed));

    /// <summary>When the unit has something to do next: to speak, or because something begins or ends.</summary>
    private TimeSpan NextTurn(TimeSpan elapsed, TimeSpan? due) =>
        _episodes.Select(episode => (TimeSpan?)episode.When.NextTurn(elapsed)).Append(_routine.NextTurn(elapsed)).Append(due).Min()
        ?? elapsed + LongestSleep;

    private Task SleepAsync(TimeSpan until, CancellationToken cancellationToken)
    {
        // A little over rather than under: what ends at an instant has ended when the unit wakes.
        var milliseconds = Math.Ceiling(
            Math.Clamp((begun + until - time.GetUtcNow()).TotalMilliseconds, 1, LongestSleep.TotalMilliseconds)
        );
        return Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, cancellationToken);
    }

    /// <summary>Nine to ten tenths of what its kind is asked for, so that units do not speak in step.</summary>
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

    private MqttApplicationMessage Heartbeat((CaptureReport Capture, Health Health) news, DateTimeOffset now) =>
        new MqttApplicationMessageBuilder()
            .WithTopic(_topic + "/heartbeat")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithPayload(
                JsonSerializer.SerializeToUtf8Bytes(
                    new Report(
                        _epoch,
                        _seq++,
                        (now - _behind).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                        news.Capture,
                        news.Health,
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

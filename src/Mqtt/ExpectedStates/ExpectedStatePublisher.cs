using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.ExpectedStates;

/// <summary>
/// Tells devices what is expected of them: whoever subscribes its topic hears it at once, as a retained message, and again whenever it
/// changes. The library keeps no message of it: what is expected stands in the register, where it is asked.
/// </summary>
internal sealed class ExpectedStatePublisher(
    IExpectedStateRegister register,
    SessionRegistry sessions,
    TimeProvider time,
    ILogger<ExpectedStatePublisher> logger
) : BackgroundService
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(2);

    private const int MaxAtOnce = 1000;

    // Whoever asks waits for its turn, and nobody who must be judged or seen waits for them: they share the database's connections.
    private readonly SemaphoreSlim _queries = new(initialCount: 8);

    /// <summary>Tells a session of all that it asked for, one after the other. Returns at once.</summary>
    public void Publish(Session session)
    {
        if (session.DequeueRequests(isTelling: false) is { } asked)
            _ = PublishAllAsync(session, asked);
    }

    private async Task PublishAllAsync(Session session, string[] asked)
    {
        for (var all = asked; all is not null; all = session.DequeueRequests(isTelling: true))
        {
            foreach (var deviceId in all)
            {
                await _queries.WaitAsync();
                try
                {
                    if (sessions.IsCurrent(session))
                        await PublishAsync(session.ClientConnection, deviceId, isRetained: true);
                }
                finally
                {
                    _queries.Release();
                }
            }
        }
    }

    public override void Dispose()
    {
        _queries.Dispose();
        base.Dispose();
    }

    /// <summary>Tells one line what is expected of a device.</summary>
    /// <param name="isRetained">True for the answer to a subscription, false for news.</param>
    public async Task PublishAsync(ClientConnection line, string deviceId, bool isRetained)
    {
        try
        {
            if (await register.FindAsync(deviceId, CancellationToken.None) is not { } expected)
                return;
            var payload = JsonSerializer.SerializeToUtf8Bytes(expected, Json.Options);
            await line.SendPacketAsync(
                new MqttPublishPacket
                {
                    Topic = DeviceTopics.Expected(deviceId),
                    Payload = new ReadOnlySequence<byte>(payload),
                    Retain = isRetained,
                },
                CancellationToken.None
            );
        }
        catch (Exception failure)
        {
            // The line is gone, or the register: the device asks again when it signs in.
            logger.LogDebug(failure, "What is expected could not be told.");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? told = null;
        using var timer = new PeriodicTimer(PollEvery, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                told ??= await register.LastEntryAsync(stoppingToken);
                for (
                    var news = await register.ListAfterAsync(told.Value, MaxAtOnce, stoppingToken);
                    news.Length > 0;
                    news = await register.ListAfterAsync(told.Value, MaxAtOnce, stoppingToken)
                )
                {
                    foreach (var (_, deviceId) in news)
                    {
                        foreach (var line in sessions.SubscribersOf(deviceId))
                            await PublishAsync(line, deviceId, isRetained: false);
                    }

                    told = news[^1].Entry;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The register does not answer: it is asked again.
                logger.LogDebug(failure, "What is newly expected could not be read.");
            }

            await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}

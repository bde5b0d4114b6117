using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Tells devices what is expected of them: whoever subscribes its topic hears it at once, as a retained message, and again whenever it
/// changes. The library keeps no message of it: what is expected stands in the register, where it is asked.
/// </summary>
internal sealed class ExpectedOutlet(IExpectedRegister register, Sessions sessions, TimeProvider time, ILogger<ExpectedOutlet> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private const int MostAtOnce = 1000;

    // Whoever asks waits for its turn, and nobody who must be judged or seen waits for them: they share the database's connections.
    private readonly SemaphoreSlim _asking = new(initialCount: 8);

    /// <summary>Tells a session of all that it asked for, one after the other. Returns at once.</summary>
    public void Tell(Session session)
    {
        if (session.TakeAsked(isTelling: false) is { } asked)
            _ = TellAllAsync(session, asked);
    }

    private async Task TellAllAsync(Session session, string[] asked)
    {
        for (var all = asked; all is not null; all = session.TakeAsked(isTelling: true))
        {
            foreach (var deviceId in all)
            {
                await _asking.WaitAsync();
                try
                {
                    if (sessions.IsCurrent(session))
                        await TellAsync(session.Line, deviceId, isRetained: true);
                }
                finally
                {
                    _asking.Release();
                }
            }
        }
    }

    public override void Dispose()
    {
        _asking.Dispose();
        base.Dispose();
    }

    /// <summary>Tells one line what is expected of a device.</summary>
    /// <param name="isRetained">True for the answer to a subscription, false for news.</param>
    public async Task TellAsync(Line line, string deviceId, bool isRetained)
    {
        try
        {
            if (await register.OfAsync(deviceId, CancellationToken.None) is not { } expected)
                return;
            var payload = JsonSerializer.SerializeToUtf8Bytes(expected, Json.Options);
            await line.SendPacketAsync(new MqttPublishPacket { Topic = Topic.Expected(deviceId), Payload = new ReadOnlySequence<byte>(payload), Retain = isRetained }, CancellationToken.None);
        }
#pragma warning disable CA1031 // The line is gone, or the register: the device asks again when it signs in.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogDebug(failure, "What is expected could not be told.");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? told = null;
        using var timer = new PeriodicTimer(LookEvery, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                told ??= await register.LastEntryAsync(stoppingToken);
                for (var news = await register.NewAsync(told.Value, MostAtOnce, stoppingToken); news.Length > 0; news = await register.NewAsync(told.Value, MostAtOnce, stoppingToken))
                {
                    foreach (var (_, deviceId) in news)
                    {
                        foreach (var line in sessions.WhoWants(deviceId))
                            await TellAsync(line, deviceId, isRetained: false);
                    }

                    told = news[^1].Entry;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The register does not answer: it is asked again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.LogDebug(failure, "What is newly expected could not be read.");
            }

            await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}

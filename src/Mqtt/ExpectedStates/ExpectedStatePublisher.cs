using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.ExpectedStates;

/// <summary>
/// Publishes the expected state of devices: to a new subscriber at once, as a retained message, and to every subscriber after a change.
/// MQTTnet retains no message: each one is read from the register.
/// </summary>
internal sealed class ExpectedStatePublisher(
    IExpectedStateRegister register,
    SessionRegistry sessions,
    ILogger<ExpectedStatePublisher> logger
) : IPeriodicTask, IDisposable
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(2);

    private const int MaxAtOnce = 1000;

    // At most eight of these queries run at once, so that they leave pooled database connections for sign-in and presence.
    private readonly SemaphoreSlim _queries = new(initialCount: 8);

    /// <summary>The entry of the last expected state that was published; null before the first run.</summary>
    private long? _lastEntry;

    public TimeSpan Interval => PollEvery;

    /// <summary>Sends a session all expected states that it requested, one after the other. Returns at once.</summary>
    public void Publish(Session session)
    {
        if (session.DequeueRequests(isSending: false) is { } requested)
            _ = PublishAllAsync(session, requested);
    }

    private async Task PublishAllAsync(Session session, string[] requested)
    {
        for (var deviceIds = requested; deviceIds is not null; deviceIds = session.DequeueRequests(isSending: true))
        {
            foreach (var deviceId in deviceIds)
            {
                await _queries.WaitAsync();
                try
                {
                    if (sessions.IsCurrent(session))
                        await PublishAsync(session, deviceId, isRetained: true);
                }
                finally
                {
                    _queries.Release();
                }
            }
        }
    }

    public void Dispose() => _queries.Dispose();

    /// <summary>Sends the expected state of a device to a session, unless it has unsubscribed meanwhile.</summary>
    /// <param name="isRetained">True for the answer to a subscription, false after a change.</param>
    private async Task PublishAsync(Session session, string deviceId, bool isRetained)
    {
        try
        {
            if (await register.FindAsync(deviceId, CancellationToken.None) is not { } expected)
                return;
            if (!session.Subscriptions.TryGetValue(deviceId, out var subscription))
                return;
            var payload = JsonSerializer.SerializeToUtf8Bytes(expected, Json.Options);
            await session.ClientConnection.SendPacketAsync(
                subscription.Address(
                    new MqttPublishPacket
                    {
                        Topic = DeviceTopics.Expected(deviceId),
                        Payload = new ReadOnlySequence<byte>(payload),
                        Retain = isRetained || subscription.KeepsRetain,
                    }
                ),
                CancellationToken.None
            );
        }
        catch (Exception failure)
        {
            // The connection is closed, or the register does not answer: the device subscribes again after its next sign-in.
            logger.LogDebug(failure, "The expected state of a device could not be sent.");
        }
    }

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        _lastEntry ??= await register.LastEntryAsync(cancellationToken);
        for (
            var changed = await register.ListAfterAsync(_lastEntry.Value, MaxAtOnce, cancellationToken);
            changed.Length > 0;
            changed = await register.ListAfterAsync(_lastEntry.Value, MaxAtOnce, cancellationToken)
        )
        {
            foreach (var (_, deviceId) in changed)
            {
                foreach (var session in sessions.SubscribersOf(deviceId))
                    await PublishAsync(session, deviceId, isRetained: false);
            }

            _lastEntry = changed[^1].Entry;
        }
    }

    public void OnFailed(Exception failure) =>
        logger.LogDebug(failure, "Changed expected states could not be read; the next run tries again.");
}

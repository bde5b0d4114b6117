using System.Collections.Concurrent;
using System.Collections.Immutable;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Mqtt.SignIn;

/// <summary>The sessions of this broker, by client id. Any thread may call it.</summary>
internal sealed class SessionRegistry(IEnrolment enrolment, DeviceIngestStates ingestStates, TimeProvider time) : ISessions
{
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private long _lastNumber;

    public int Count => _sessions.Count;

    public ImmutableArray<(string Id, long Credential)> SignedIn(string? id = null)
    {
        if (id is null)
            return [.. _sessions.Values.Select(session => (session.Id, session.Credential))];
        return _sessions.TryGetValue(id, out var session) ? [(id, session.Credential)] : [];
    }

    /// <summary>
    /// Returns the number of a new session: the registry's clock in milliseconds, or the last number plus one if that is greater.
    /// </summary>
    public long NextNumber()
    {
        while (true)
        {
            var last = Volatile.Read(ref _lastNumber);
            var next = Math.Max(last + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
            if (Interlocked.CompareExchange(ref _lastNumber, next, last) == last)
                return next;
        }
    }

    /// <summary>The sessions that subscribed to the expected state of a device: its own, or its gateway's.</summary>
    public IEnumerable<Session> SubscribersOf(string deviceId) =>
        _sessions.TryGetValue(deviceId, out var own) && own.Subscriptions.ContainsKey(deviceId)
            ? [own]
            : _sessions.Values.Where(session => session.IsGateway && session.Subscriptions.ContainsKey(deviceId));

    /// <summary>Adds a session. It replaces an earlier session of the same client.</summary>
    /// <returns>The session that was replaced; null when there was none.</returns>
    public Session? Add(Session session)
    {
        Session? before = null;
        _sessions.AddOrUpdate(
            session.Id,
            session,
            (_, replaced) =>
            {
                before = replaced;
                return session;
            }
        );
        return before;
    }

    /// <summary>Removes a session. False when another session of the same client has replaced it.</summary>
    public bool Remove(Session session) => _sessions.TryRemove(new(session.Id, session));

    public bool IsCurrent(Session session) => _sessions.TryGetValue(session.Id, out var current) && ReferenceEquals(current, session);

    public bool IsSignedIn(string id) => _sessions.ContainsKey(id);

    public Task ChangedAsync(string id, CancellationToken cancellationToken)
    {
        // First: a query that began before this change and ends after it must not be cached.
        ingestStates.RecordRegisterChange();
        return RefreshAsync(id, cancellationToken);
    }

    /// <summary>Queries the register for an id, and applies the answer to every session.</summary>
    public async Task RefreshAsync(string id, CancellationToken cancellationToken)
    {
        var gateways = _sessions.Values.Where(session => session.IsGateway).ToArray();
        if (gateways.Length == 0 && !IsSignedIn(id))
            return; // A sign-in that comes after this queries the register itself.
        var enrolled = await enrolment.FindAsync(id, cancellationToken);
        if (enrolled?.Device is { } device)
            ingestStates.Update(device);
        foreach (var gateway in gateways)
        {
            if (gateway.Id != id)
                gateway.UpdateDevice(
                    id,
                    enrolled?.Device is { Lifecycle: not Lifecycle.Removed } behind && behind.Gateway == gateway.Id ? behind : null
                );
            else if (enrolled is not null && enrolled.Profile != gateway.Profile)
                gateway.DisconnectForReconfiguration();
        }
    }

    public async Task ForgetEpochsAsync(string id, CancellationToken cancellationToken)
    {
        if ((await enrolment.FindAsync(id, cancellationToken))?.Device is { } device)
            ingestStates.ResetSequence(device.Number);
    }

    public void End(string id)
    {
        if (_sessions.TryGetValue(id, out var session))
            session.ClientConnection.End(MqttDisconnectReasonCode.NotAuthorized, "The credential of this client is no longer valid.");
    }
}

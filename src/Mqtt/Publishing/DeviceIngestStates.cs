using System.Collections.Concurrent;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt.Presence;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// The ingest state of each device that this process hears, and the rate limiter of each gateway. Both outlive the session, so that signing
/// in again gains nothing. Any thread may call it.
/// </summary>
internal sealed class DeviceIngestStates(PresenceForwarder presence, TimeProvider time)
{
    public static readonly TimeSpan IdleRetention = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<int, DeviceIngestState> _devices = new();
    private readonly ConcurrentDictionary<string, RateLimiter> _gateways = new(StringComparer.Ordinal);
    private long _registerChanges;

    /// <summary>
    /// How many register changes were announced. A caller notes it before it queries the register: if it differs afterwards, the result may
    /// be older than a change.
    /// </summary>
    public long RegisterChanges => Volatile.Read(ref _registerChanges);

    /// <summary>
    /// Returns the state of a device. For a device that this process has not heard, it asks the device's partition for the last sequence.
    /// </summary>
    /// <param name="asOf"><see cref="RegisterChanges"/> before the register was queried for the device.</param>
    public async ValueTask<DeviceIngestState> GetOrAddAsync(Device device, long asOf)
    {
        if (!_devices.TryGetValue(device.Number, out var state))
        {
            var created = new DeviceIngestState(device, await presence.NewestSequenceAsync(device.Number));
            if ((state = _devices.GetOrAdd(device.Number, created)) == created)
                return created;
        }

        lock (state)
        {
            if (RegisterChanges == asOf)
                state.Device = device;
        }

        return state;
    }

    /// <summary>Returns the rate limiter of a gateway, for what it publishes for no device behind it.</summary>
    public RateLimiter ForGateway(string id) => _gateways.GetOrAdd(id, static _ => new RateLimiter());

    /// <summary>Counts a register change, before the register is queried for it.</summary>
    public void RecordRegisterChange() => Interlocked.Increment(ref _registerChanges);

    /// <summary>Replaces the registration of a device.</summary>
    public void Update(Device device)
    {
        if (!_devices.TryGetValue(device.Number, out var state))
            return;
        lock (state)
            state.Device = device;
    }

    /// <summary>Accepts the next heartbeat of a device whatever its epoch.</summary>
    public void ResetSequence(int number)
    {
        if (_devices.TryGetValue(number, out var state))
            state.ResetSequence();
    }

    /// <summary>Removes what was unused for half an hour.</summary>
    /// <param name="hasSession">Whether the device still has a session.</param>
    public void RemoveIdle(Func<DeviceIngestState, bool> hasSession)
    {
        var before = time.MonotonicNow() - IdleRetention;
        foreach (var (number, state) in _devices)
        {
            if (state.RateLimiter.LastRequestAt < before && !hasSession(state))
                _devices.TryRemove(number, out _);
        }

        foreach (var (id, rateLimiter) in _gateways)
        {
            if (rateLimiter.LastRequestAt < before)
                _gateways.TryRemove(id, out _); // An open session keeps its own reference.
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Admits or closes a connection before its first byte is read, also before a TLS handshake. It limits the open connections, the
/// connections of one address that have not signed in, and the new connections of one address a second. An IPv6 network counts as one
/// address. A refused client tries again.
/// </summary>
internal sealed class ConnectionGate(Limits limits, MqttMetrics metrics, TimeProvider time)
{
    private readonly ConcurrentDictionary<IPAddress, RemoteAddressState> _addresses = new();
    private int _open;

    /// <summary>How many connections are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Runs as the first middleware of a listener.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (
            Interlocked.Increment(ref _open) > limits.Connections
            || TryReserve(ClientNetwork.Of((connection.RemoteEndPoint as IPEndPoint)?.Address)) is not { } slot
        )
        {
            Interlocked.Decrement(ref _open);
            metrics.ConnectionRefused();
            return;
        }

        connection.Features.Set(slot);
        try
        {
            await next(connection);
        }
        finally
        {
            slot.Release();
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>Removes the addresses that have no connection before its sign-in and whose rate limit is unused.</summary>
    public void RemoveIdle()
    {
        foreach (var (address, state) in _addresses)
        {
            lock (state)
            {
                if (state.PreAuthCount > 0 || state.TheoreticalArrivalTime > time.MonotonicNow())
                    continue;
                state.IsRemoved = true;
                _addresses.TryRemove(address, out _);
            }
        }
    }

    private PreAuthSlot? TryReserve(IPAddress address)
    {
        while (true)
        {
            var state = _addresses.GetOrAdd(address, static _ => new RemoteAddressState());
            lock (state)
            {
                if (state.IsRemoved)
                    continue;
                if (
                    state.PreAuthCount >= limits.WaitingPerAddress
                    || !RateLimiter.TryAdvance(
                        ref state.TheoreticalArrivalTime,
                        time.MonotonicNow(),
                        limits.ConnectionsPerSecondAndAddress,
                        limits.ConnectionBurstPerAddress
                    )
                )
                    return null;
                state.PreAuthCount++;
                return new PreAuthSlot(state);
            }
        }
    }

    /// <summary>The counts of one remote address. Its own lock guards the fields.</summary>
    internal sealed class RemoteAddressState
    {
        public int PreAuthCount;
        public TimeSpan TheoreticalArrivalTime;
        public bool IsRemoved;
    }

    /// <summary>One connection's share of the limit on connections that have not signed in.</summary>
    internal sealed class PreAuthSlot(RemoteAddressState state)
    {
        private RemoteAddressState? _state = state;

        /// <summary>Frees the slot: the client has signed in or disconnected. Further calls have no effect.</summary>
        public void Release()
        {
            if (Interlocked.Exchange(ref _state, null) is not { } released)
                return;
            lock (released)
                released.PreAuthCount--;
        }
    }
}

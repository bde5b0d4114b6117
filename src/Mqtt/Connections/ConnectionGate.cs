using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Lets connections in before a byte of theirs is read, those of a TLS handshake too: so many in all, so many of one address that have not
/// signed in, and so many of one address a second. Who is not let in is hung up on, and comes again.
/// </summary>
internal sealed class ConnectionGate(Limits limits, MqttMetrics counters, TimeProvider time)
{
    private readonly ConcurrentDictionary<IPAddress, RemoteAddressState> _addresses = new();
    private int _open;

    /// <summary>How many connections are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Stands before everything else on a listener.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (
            Interlocked.Increment(ref _open) > limits.Connections
            || TryReserve((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None) is not { } place
        )
        {
            Interlocked.Decrement(ref _open);
            counters.ConnectionRefused();
            return;
        }

        connection.Features.Set(place);
        try
        {
            await next(connection);
        }
        finally
        {
            place.Release();
            Interlocked.Decrement(ref _open);
        }
    }

    private PreAuthSlot? TryReserve(IPAddress address)
    {
        while (true)
        {
            var caller = _addresses.GetOrAdd(address, static _ => new RemoteAddressState());
            lock (caller)
            {
                if (caller.IsRemoved)
                    continue;
                if (
                    caller.PreAuthCount >= limits.WaitingPerAddress
                    || !RateLimiter.TryAdvance(
                        ref caller.TheoreticalArrivalTime,
                        time.MonotonicNow(),
                        limits.ConnectionsPerSecondAndAddress,
                        limits.ConnectionBurstPerAddress
                    )
                )
                    return null;
                caller.PreAuthCount++;
                return new PreAuthSlot(caller);
            }
        }
    }

    /// <summary>Forgets the addresses that have nobody waiting and nothing on their meter.</summary>
    public void RemoveIdle()
    {
        foreach (var (address, caller) in _addresses)
        {
            lock (caller)
            {
                if (caller.PreAuthCount > 0 || caller.TheoreticalArrivalTime > time.MonotonicNow())
                    continue;
                caller.IsRemoved = true;
                _addresses.TryRemove(address, out _);
            }
        }
    }

    /// <summary>What is known of an address.</summary>
    internal sealed class RemoteAddressState
    {
        public int PreAuthCount;
        public TimeSpan TheoreticalArrivalTime;
        public bool IsRemoved;
    }

    /// <summary>A connection's place among those that have not signed in.</summary>
    internal sealed class PreAuthSlot(RemoteAddressState caller)
    {
        private RemoteAddressState? _address = caller;

        /// <summary>Gives the place back: its holder has signed in, or is gone.</summary>
        public void Release()
        {
            if (Interlocked.Exchange(ref _address, null) is not { } left)
                return;
            lock (left)
                left.PreAuthCount--;
        }
    }
}

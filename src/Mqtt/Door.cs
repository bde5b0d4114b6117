using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Lets connections in before a byte of theirs is read, those of a TLS handshake too: so many in all, so many of one address that have not
/// signed in, and so many of one address a second. Who is not let in is hung up on, and comes again.
/// </summary>
internal sealed class Door(Limits limits, Counters counters, TimeProvider time)
{
    private readonly ConcurrentDictionary<IPAddress, Caller> _callers = new();
    private int _open;

    /// <summary>How many connections are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Stands before everything else on a listener.</summary>
    public async Task LetInAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (Interlocked.Increment(ref _open) > limits.Connections || Enter((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None) is not { } place)
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
            place.Leave();
            Interlocked.Decrement(ref _open);
        }
    }

    private Place? Enter(IPAddress address)
    {
        while (true)
        {
            var caller = _callers.GetOrAdd(address, static _ => new Caller());
            lock (caller)
            {
                if (caller.IsForgotten)
                    continue;
                if (caller.Waiting >= limits.WaitingPerAddress || !Pace.MayGo(ref caller.ThroughAt, time.Steady(), limits.ConnectionsPerSecondAndAddress, limits.ConnectionBurstPerAddress))
                    return null;
                caller.Waiting++;
                return new Place(caller);
            }
        }
    }

    /// <summary>Forgets the addresses that have nobody waiting and nothing on their meter.</summary>
    public void Forget()
    {
        foreach (var (address, caller) in _callers)
        {
            lock (caller)
            {
                if (caller.Waiting > 0 || caller.ThroughAt > time.Steady())
                    continue;
                caller.IsForgotten = true;
                _callers.TryRemove(address, out _);
            }
        }
    }

    /// <summary>What is known of an address.</summary>
    internal sealed class Caller
    {
        public int Waiting;
        public TimeSpan ThroughAt;
        public bool IsForgotten;
    }

    /// <summary>A connection's place among those that have not signed in.</summary>
    internal sealed class Place(Caller caller)
    {
        private Caller? _caller = caller;

        /// <summary>Gives the place back: its holder has signed in, or is gone.</summary>
        public void Leave()
        {
            if (Interlocked.Exchange(ref _caller, null) is not { } left)
                return;
            lock (left)
                left.Waiting--;
        }
    }
}

using System.Net;
using System.Threading.RateLimiting;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>Limits how much is open at the same time, in all and for each network. A lease that is disposed frees its place.</summary>
internal sealed class NetworkLimiter : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> _limiter;

    /// <param name="isShared">Whether an address stands for many clients, and therefore counts in all only.</param>
    public NetworkLimiter(int inAll, int perNetwork, Func<IPAddress, bool>? isShared = null) =>
        _limiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<IPAddress, bool>(_ => RateLimitPartition.GetConcurrencyLimiter(true, _ => NoQueue(inAll))),
            // A proxy is named by its address: the network of an IPv6 address holds its neighbours, too.
            PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
                isShared?.Invoke(address) == true
                    ? RateLimitPartition.GetNoLimiter(address)
                    : RateLimitPartition.GetConcurrencyLimiter(ClientNetwork.Of(address), _ => NoQueue(perNetwork))
            )
        );

    /// <summary>Takes a place for an address; null when there is none.</summary>
    public RateLimitLease? TryTake(IPAddress? address)
    {
        var lease = _limiter.AttemptAcquire(address ?? IPAddress.None);
        if (lease.IsAcquired)
            return lease;
        lease.Dispose();
        return null;
    }

    public void Dispose() => _limiter.Dispose();

    private static ConcurrencyLimiterOptions NoQueue(int permits) => new() { PermitLimit = Math.Max(permits, 1), QueueLimit = 0 };
}

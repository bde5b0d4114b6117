using System.Net;
using System.Threading.RateLimiting;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>Limits how much is open at the same time, in all and for each network. A lease that is disposed frees its place.</summary>
internal sealed class NetworkLimiter : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> _limiter;

    /// <param name="isShared">Whether an address stands for many clients, and therefore counts in all only.</param>
    /// <param name="waiting">How many may wait for a place, see <see cref="TakeAsync"/>.</param>
    public NetworkLimiter(int inAll, int perNetwork, Func<IPAddress, bool>? isShared = null, int waiting = 0) =>
        _limiter = PartitionedRateLimiter.CreateChained(
            // First: of one network, so many wait or have a place, and no more.
            // A proxy is named by its address: the network of an IPv6 address holds its neighbours, too.
            PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
                isShared?.Invoke(address) == true
                    ? RateLimitPartition.GetNoLimiter(address)
                    : RateLimitPartition.GetConcurrencyLimiter(ClientNetwork.Of(address), _ => Options(perNetwork, 0))
            ),
            PartitionedRateLimiter.Create<IPAddress, bool>(_ =>
                RateLimitPartition.GetConcurrencyLimiter(true, _ => Options(inAll, waiting))
            )
        );

    /// <summary>Takes a place for an address; null when there is none.</summary>
    public RateLimitLease? TryTake(IPAddress? address) => Acquired(_limiter.AttemptAcquire(address ?? IPAddress.None));

    /// <summary>
    /// Takes a place for an address, or waits until one is free. Null when all of its network are taken, when too many wait, and when the
    /// wait is cancelled.
    /// </summary>
    public async Task<RateLimitLease?> TakeAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        try
        {
            return Acquired(await _limiter.AcquireAsync(address ?? IPAddress.None, 1, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _limiter.Dispose();

    private static RateLimitLease? Acquired(RateLimitLease lease)
    {
        if (lease.IsAcquired)
            return lease;
        lease.Dispose();
        return null;
    }

    private static ConcurrencyLimiterOptions Options(int permits, int waiting) =>
        new()
        {
            PermitLimit = Math.Max(permits, 1),
            QueueLimit = waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
}

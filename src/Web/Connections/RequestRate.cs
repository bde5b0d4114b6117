using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>
/// Limits the requests of one network (ASVS 5.0, 2.4.1). Programs on this machine are not limited: a proxy whose word is not trusted is one
/// of them, and speaks for everybody.
/// </summary>
internal sealed class RequestRate(HttpLimits limits) : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(network =>
        RateLimitPartition.GetTokenBucketLimiter(
            network,
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = limits.RequestBurstPerAddress,
                TokensPerPeriod = limits.RequestsPerSecondAndAddress,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }
        )
    );

    /// <summary>Runs when the client's address is known, and before everything that costs more.</summary>
    public Task OnRequestAsync(HttpContext http, RequestDelegate next)
    {
        var address = http.Connection.RemoteIpAddress;
        if (address is null || IPAddress.IsLoopback(address))
            return next(http);
        using var lease = _limiter.AttemptAcquire(ClientNetwork.Of(address));
        return lease.IsAcquired
            ? next(http)
            : Problem
                .TooMany(http, TimeSpan.FromSeconds(1), "Too many requests come from this network. Ask less often.")
                .ExecuteAsync(http);
    }

    public void Dispose() => _limiter.Dispose();
}

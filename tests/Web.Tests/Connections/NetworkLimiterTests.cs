using System.Net;
using SurveillanceRegistry.Web.Connections;

namespace SurveillanceRegistry.Web.Tests.Connections;

/// <summary>Whose places count together.</summary>
public sealed class NetworkLimiterTests
{
    [Fact]
    public void A_trusted_IPv6_proxy_counts_in_all_only_and_its_neighbours_count_together()
    {
        var proxy = IPAddress.Parse("2001:db8::5");
        using var limiter = new NetworkLimiter(inAll: 6, perNetwork: 2, isShared: proxy.Equals);
        for (var i = 0; i < 4; i++)
            Assert.NotNull(limiter.TryTake(proxy));

        Assert.NotNull(limiter.TryTake(IPAddress.Parse("2001:db8::6")));
        Assert.NotNull(limiter.TryTake(IPAddress.Parse("2001:db8::7")));
        Assert.Null(limiter.TryTake(IPAddress.Parse("2001:db8::8"))); // All six are taken.
    }

    [Fact]
    public void Addresses_of_one_IPv6_network_share_its_places()
    {
        using var limiter = new NetworkLimiter(inAll: 9, perNetwork: 2);
        Assert.NotNull(limiter.TryTake(IPAddress.Parse("2001:db8::6")));
        Assert.NotNull(limiter.TryTake(IPAddress.Parse("2001:db8::7")));
        Assert.Null(limiter.TryTake(IPAddress.Parse("2001:db8::8")));
    }
}

using System.Net;

namespace SurveillanceRegistry.Grains.Tests;

/// <summary>The part of the network that limits count as one client.</summary>
public sealed class ClientNetworkTests
{
    [Theory]
    [InlineData("203.0.113.5", "203.0.113.5")]
    [InlineData("::ffff:203.0.113.5", "203.0.113.5")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("fe80::1%3", "fe80::")]
    public void An_IPv6_client_counts_with_its_whole_subnet(string address, string network) =>
        Assert.Equal(IPAddress.Parse(network), ClientNetwork.Of(IPAddress.Parse(address)));
}

using System.Net;

namespace SurveillanceRegistry.Grains.Tests;

/// <summary>The list of proxies whose word on a client's address counts.</summary>
public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7", true)]
    [InlineData("10.0.0.7", "10.0.0.8", false)]
    [InlineData("10.0.0.7", "::ffff:10.0.0.7", true)]
    [InlineData("192.168.0.0/16, fd00:1::/64", "fd00:1::5", true)]
    [InlineData("192.168.0.0/16, fd00:1::/64", "192.169.0.1", false)]
    [InlineData("", "127.0.0.1", false)]
    public void An_address_is_trusted_only_if_the_list_has_it(string list, string address, bool isTrusted)
    {
        var proxies = TrustedProxies.Parse(list, out var unreadable);
        Assert.Equal("", unreadable);
        Assert.Equal(isTrusted, proxies.Contains(IPAddress.Parse(address)));
    }

    [Fact]
    public void A_list_names_the_part_that_is_no_address()
    {
        TrustedProxies.Parse("10.0.0.7, proxy.city.example", out var unreadable);
        Assert.Equal("proxy.city.example", unreadable);
    }
}

using System.Net;
using SurveillanceRegistry.Delivery.Webhooks;

namespace SurveillanceRegistry.Journeys.Tests.Delivery;

/// <summary>Where webhooks may go: an administrator must not reach through the registry what only its machine reaches.</summary>
public sealed class WebhookNetworksTests
{
    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    [InlineData("ff02::1")]
    public void An_address_that_is_not_of_the_public_internet_is_refused(string address) =>
        Assert.False(new WebhookNetworks([]).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("2606:4700::1111")]
    public void An_address_of_the_public_internet_is_allowed(string address) =>
        Assert.True(new WebhookNetworks([]).Allows(IPAddress.Parse(address)));

    [Fact]
    public void A_network_that_the_operator_names_is_allowed_and_no_other()
    {
        var networks = new WebhookNetworks([IPNetwork.Parse("10.2.0.0/16")]);
        Assert.True(networks.Allows(IPAddress.Parse("10.2.7.7")));
        Assert.True(networks.Allows(IPAddress.Parse("::ffff:10.2.7.7")));
        Assert.False(networks.Allows(IPAddress.Parse("10.3.0.1")));
    }

    [Theory]
    [InlineData("https://tools.city.example/registry?a=b", null)]
    [InlineData("http://tools.city.example/", "must begin with https")]
    [InlineData("ftp://tools.city.example/", "must begin with https")]
    [InlineData("https://name:password@tools.city.example/", "neither a name")]
    [InlineData("https://tools.city.example/#part", "neither a name")]
    [InlineData("https://127.0.0.1/", "private network")]
    [InlineData("https://[::1]/", "private network")]
    [InlineData("https://0x7f000001/", "private network")]
    [InlineData("https://2130706433/", "private network")]
    [InlineData("https://localhost:8080/", "private network")]
    [InlineData("http://localhost:8080/", "private network")]
    [InlineData("tools.city.example", "Enter an https address")]
    [InlineData("", "Enter an https address")]
    public void An_address_is_refused_with_the_reason(string url, string? reason)
    {
        var refusal = new WebhookNetworks([]).RefusalOf(url);
        if (reason is null)
            Assert.Null(refusal);
        else
            Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plain_address_of_this_machine_is_possible_where_the_operator_allows_it() =>
        Assert.Null(new WebhookNetworks([IPNetwork.Parse("127.0.0.0/8")]).RefusalOf("http://127.0.0.1:9000/hook"));
}

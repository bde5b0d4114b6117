using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Delivery.Webhooks;

/// <summary>
/// The networks to which webhooks may go: the public internet, and what the operator allows beside it. An administrator of the registry
/// must not reach what only the machine reaches (server-side request forgery).
/// </summary>
/// <param name="allowed">Networks of the city's own that are allowed too.</param>
public sealed class WebhookNetworks(ImmutableArray<IPNetwork> allowed) : IWebhookAddresses
{
    private const int MaxUrl = 500;

    /// <summary>What is not the public internet (IANA's registries of special-purpose addresses, RFC 6890).</summary>
    private static readonly ImmutableArray<IPNetwork> Special =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>Of IPv6 only what is handed out for the internet, without the parts of it that lead elsewhere.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly ImmutableArray<IPNetwork> NotGlobal =
    [
        .. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>Whether a connection to an address is allowed.</summary>
    public bool Allows(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (allowed.Any(network => network.Contains(plain)))
            return true;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? !Special.Any(network => network.Contains(plain))
            : GlobalUnicast.Contains(plain) && !NotGlobal.Any(network => network.Contains(plain));
    }

    public string? RefusalOf(string url)
    {
        if (url.Length > MaxUrl || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Host.Length == 0)
            return $"Enter an https address of at most {MaxUrl} characters, such as https://tools.city.example/registry.";
        if (address.UserInfo.Length > 0 || address.Fragment.Length > 0)
            return "The address must have neither a name and password nor a part after '#'.";
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            return "The address must begin with https. Only an address of this machine may begin with http.";
        var literal =
            address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 ? IPAddress.Parse(address.DnsSafeHost)
            : address.IsLoopback ? IPAddress.Loopback
            : null;
        return literal is null || Allows(literal)
            ? null
            : "The address is in a private network. The operator allows such networks with REGISTRY_WEBHOOKS__NETWORKS.";
    }
}

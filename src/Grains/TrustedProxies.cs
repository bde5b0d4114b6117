using System.Collections.Immutable;
using System.Net;

namespace SurveillanceRegistry.Grains;

/// <summary>
/// The reverse proxies that the registry believes: what they say of a client's address counts. An address of any other client is that of
/// its connection.
/// </summary>
public sealed record TrustedProxies(ImmutableArray<IPNetwork> Networks)
{
    public static TrustedProxies None { get; } = new([]);

    /// <summary>Whether an address is that of a proxy.</summary>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
            return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Networks.Any(network => network.Contains(plain));
    }

    /// <summary>Reads addresses and networks with commas between them, such as <c>10.0.0.7, fd00::/8</c>.</summary>
    /// <param name="unreadable">The first part that is neither; empty when there is none.</param>
    public static TrustedProxies Parse(string text, out string unreadable)
    {
        ArgumentNullException.ThrowIfNull(text);
        unreadable = "";
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var part in text.Split([',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(part, out var network))
                networks.Add(network);
            else if (IPAddress.TryParse(part, out var address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else if (unreadable.Length == 0)
                unreadable = part;
        }

        return new TrustedProxies(networks.ToImmutable());
    }
}

using System.Net;

namespace SurveillanceRegistry.Grains;

/// <summary>
/// The smallest part of the network that limits count as one client. One household or server has a whole IPv6 /64 and could use each of
/// its addresses once (RFC 6177).
/// </summary>
public static class ClientNetwork
{
    private const int PrefixBytes = 8;

    /// <summary>An IPv4 address, also when it is mapped to IPv6; the first 64 bits of an IPv6 address. Null counts as one client.</summary>
    public static IPAddress Of(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, PrefixBytes, bytes.Length - PrefixBytes);
        return new IPAddress(bytes);
    }
}

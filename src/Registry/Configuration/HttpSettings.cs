using System.Net;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Connections;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>The settings of pages and API.</summary>
/// <param name="Endpoint">Address and port; port 0 means a free one.</param>
/// <param name="Limits">What strangers may hold open.</param>
/// <param name="Proxies">The reverse proxies whose word on a client's address counts.</param>
/// <param name="Hosts">The names that are answered.</param>
internal sealed record HttpSettings(IPEndPoint Endpoint, HttpLimits Limits, TrustedProxies Proxies, PublicHosts Hosts)
{
    private const int MaxLimit = 1_000_000;

    public static HttpSettings Read(SettingsReader settings)
    {
        var endpoint = settings.Endpoint("HTTP", "127.0.0.1:8080");
        return new HttpSettings(
            endpoint,
            settings.Limits("HTTP_LIMITS", new HttpLimits(), _ => MaxLimit),
            ReadProxies(settings.Text("TRUSTED_PROXIES", "")),
            ReadHosts(settings, endpoint)
        );
    }

    /// <summary>
    /// The names of the setting. Without it: those of this machine's loopback, the address of the listener and the public address; every
    /// name if the registry listens on all addresses and has no public one.
    /// </summary>
    private static PublicHosts ReadHosts(SettingsReader settings, IPEndPoint endpoint)
    {
        var names = settings.Text("HOSTS", "").Split([',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (
            names.FirstOrDefault(name => Uri.CheckHostName(name.Replace("*.", "", StringComparison.Ordinal)) == UriHostNameType.Unknown) is
            { } no
        )
            throw new UsageException($"REGISTRY_HOSTS has '{no}': expected host names without port, such as registry.city.example.");
        string[] loopback = ["localhost", "127.0.0.1", "[::1]"];
        if (names.Length > 0)
            return new PublicHosts([.. names, .. loopback], null);
        var isEverywhere = endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);
        if (Uri.TryCreate(settings.Text("PUBLIC_URL", ""), UriKind.Absolute, out var url))
            return new PublicHosts([url.Host, .. loopback, .. isEverywhere ? [] : (string[])[HostOf(endpoint.Address)]], null);
        return isEverywhere ? PublicHosts.Any : new PublicHosts([.. loopback, HostOf(endpoint.Address)], null);
    }

    private static string HostOf(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static TrustedProxies ReadProxies(string text)
    {
        var proxies = TrustedProxies.Parse(text, out var unreadable);
        return unreadable.Length == 0
            ? proxies
            : throw new UsageException(
                $"REGISTRY_TRUSTED_PROXIES has '{unreadable}': expected addresses or networks with commas between them, "
                    + "such as 10.0.0.7,fd00:1::/64."
            );
    }
}

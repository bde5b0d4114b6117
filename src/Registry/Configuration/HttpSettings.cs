using System.Net;
using SurveillanceRegistry.Web.Connections;

namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>The settings of pages and API.</summary>
/// <param name="Endpoint">Address and port; port 0 means a free one.</param>
/// <param name="Limits">What strangers may hold open.</param>
/// <param name="Proxies">The reverse proxies whose word on a client's address counts.</param>
internal sealed record HttpSettings(IPEndPoint Endpoint, HttpLimits Limits, TrustedProxies Proxies)
{
    private const int MaxLimit = 1_000_000;

    public static HttpSettings Read(SettingsReader settings) =>
        new(
            settings.Endpoint("HTTP", "127.0.0.1:8080"),
            settings.Limits("HTTP_LIMITS", new HttpLimits(), _ => MaxLimit),
            ReadProxies(settings.Text("TRUSTED_PROXIES", ""))
        );

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

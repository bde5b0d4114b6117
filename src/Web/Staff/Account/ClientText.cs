using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Where a request comes from, in a few words, for the list of sessions and the security log.</summary>
internal static class ClientText
{
    // The order matters: most browsers name others too.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("HeadlessChrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>The network address of the client; <c>unknown</c> when the connection has none.</summary>
    public static string AddressOf(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        return (address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address)?.ToString() ?? "unknown";
    }

    /// <summary>Browser and system, such as <c>Firefox on Linux</c>. Versions would make a person's browser recognisable.</summary>
    public static string BrowserOf(HttpContext http)
    {
        var agent = http.Request.Headers[HeaderNames.UserAgent].ToString();
        return $"{NameOf(Browsers, agent, "Another browser")} on {NameOf(Systems, agent, "another system")}";
    }

    private static string NameOf((string Mark, string Name)[] known, string agent, string other) =>
        known.FirstOrDefault(one => agent.Contains(one.Mark, StringComparison.Ordinal)).Name ?? other;
}

using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Staff.FirstAdministrator;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>The names under which the registry answers, and whether it answers people over TLS only.</summary>
/// <param name="Names">Host names and addresses without a port, as in a Host header; empty for every name.</param>
/// <param name="HttpsPort">The port of the listener with TLS; null when there is none. Pages are then redirected to it.</param>
public sealed record PublicHosts(ImmutableArray<string> Names, int? HttpsPort)
{
    public static PublicHosts Any { get; } = new([], null);
}

/// <summary>Refuses requests for other hosts, and requests without TLS where TLS is on.</summary>
internal static class PublicHostsSetup
{
    private const string Https = "https://";

    /// <summary>Programs on this machine and machines that watch the registry ask these, under any name.</summary>
    private static readonly PathString[] ForWatchers = ["/health", "/version"];

    /// <summary>Programs send these once and do not follow redirects; a token must not go out without TLS (ASVS 5.0, 4.1.2).</summary>
    private static readonly PathString[] ForPrograms = ["/api/v1", "/openapi"];

    /// <summary>People and installers send or get secrets there.</summary>
    private static readonly PathString[] ForSecrets = ["/staff", "/api/v1/claims"];

    public static void UsePublicHosts(this IApplicationBuilder app)
    {
        var hosts = app.ApplicationServices.GetRequiredService<PublicHosts>();
        if (!hosts.Names.IsEmpty)
        {
            var names = new FixedOptions(new HostFilteringOptions { AllowedHosts = [.. hosts.Names] });
            app.UseWhen(http => !IsForWatchers(http), others => others.UseMiddleware<HostFilteringMiddleware>(names));
        }

        app.Use(EndSentLinkAsync);
        if (hosts.HttpsPort is { } port)
            app.Use((http, next) => RedirectAsync(http, next, port));
        else
            app.Use((http, next) => MayCarrySecrets(http) ? next(http) : RefuseAsync(http));
    }

    /// <summary>
    /// Whether a request may carry a password, a token or a secret: it came over TLS, or from this machine, or it asks for public data.
    /// With a public address that has TLS, a proxy has it.
    /// </summary>
    private static bool MayCarrySecrets(HttpContext http) =>
        http.Request.IsHttps
        || IsThisMachine(http)
        || !(http.Request.Headers.Authorization.Count > 0 || ForSecrets.Any(path => http.Request.Path.StartsWithSegments(path)))
        || HasTls(http.RequestServices.GetRequiredService<PublicAddress>());

    /// <summary>
    /// Ends the link of the first administrator when its path came in the clear from another machine: refusing or redirecting comes after
    /// it was sent.
    /// </summary>
    private static Task EndSentLinkAsync(HttpContext http, RequestDelegate next)
    {
        var hasProxy = http.RequestServices.GetRequiredService<PublicHosts>().HttpsPort is null;
        var isCovered =
            http.Request.IsHttps || IsThisMachine(http) || (hasProxy && HasTls(http.RequestServices.GetRequiredService<PublicAddress>()));
        if (!isCovered)
            http.RequestServices.GetRequiredService<FirstAdministratorLink>().EndIfSent(http.Request.Path);
        return next(http);
    }

    private static bool IsThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && System.Net.IPAddress.IsLoopback(address);

    private static bool HasTls(PublicAddress address) => address.Url.StartsWith(Https, StringComparison.OrdinalIgnoreCase);

    private static Task RedirectAsync(HttpContext http, RequestDelegate next, int port)
    {
        if (http.Request.IsHttps || IsForWatchers(http))
            return next(http);
        var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (ForPrograms.Any(path => http.Request.Path.StartsWithSegments(path)))
            return IsThisMachine(http) ? next(http) : RefuseAsync(http);
        if (!isRead)
            return RefuseAsync(http);
        // Not kept by the browser: the setting may be taken back. HSTS is what it keeps.
        http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        http.Response.Headers.Location =
            OriginOf(http, port) + UriHelper.BuildRelative(http.Request.PathBase, http.Request.Path, http.Request.QueryString);
        return Task.CompletedTask;
    }

    private static Task RefuseAsync(HttpContext http) =>
        Problem
            .From(StatusCodes.Status403Forbidden, "https-required", "Use HTTPS", "This is answered over HTTPS only: nothing was done.")
            .ExecuteAsync(http);

    /// <summary>The public address if it has TLS; otherwise the host that was asked for, which is one of the registry's names.</summary>
    private static string OriginOf(HttpContext http, int port)
    {
        var services = http.RequestServices;
        var url = services.GetRequiredService<PublicAddress>().Url;
        if (HasTls(services.GetRequiredService<PublicAddress>()))
            return url;
        // A host that is not checked could be any: then the address that the client reached is its own proof.
        var host = services.GetRequiredService<PublicHosts>().Names.IsEmpty
            ? new HostString(http.Connection.LocalIpAddress?.ToString() ?? "localhost", port)
            : new HostString(http.Request.Host.Host, port);
        return Https + host.ToUriComponent();
    }

    /// <summary>
    /// Options of this one middleware. The host's builder adds the same middleware before all others, with the registered options: there it
    /// would refuse watchers, too, and answer without the headers that restrict browsers.
    /// </summary>
    private sealed class FixedOptions(HostFilteringOptions options) : IOptionsMonitor<HostFilteringOptions>
    {
        public HostFilteringOptions CurrentValue => options;

        public HostFilteringOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<HostFilteringOptions, string?> listener) => null;
    }

    private static bool IsForWatchers(HttpContext http) => ForWatchers.Any(path => http.Request.Path.StartsWithSegments(path));
}

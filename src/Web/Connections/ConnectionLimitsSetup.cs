using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>Adds the limits of HTTP connections and event streams.</summary>
public static class ConnectionLimitsSetup
{
    internal static void AddConnectionLimits(this IServiceCollection services)
    {
        services.TryAddSingleton(new HttpLimits());
        services.TryAddSingleton(TrustedProxies.None);
        services.TryAddSingleton(PublicHosts.Any);
        services.AddSingleton<HttpConnectionGate>();
        services.AddSingleton<EventStreams>();
        services.AddSingleton<RequestRate>();
    }

    /// <summary>Counts the connections of an HTTP listener, before a TLS handshake.</summary>
    public static ListenOptions UseHttpConnectionGate(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        var gate = listen.ApplicationServices.GetRequiredService<HttpConnectionGate>();
        listen.Use(next => connection => gate.OnConnectionAsync(connection, next));
        return listen;
    }

    /// <summary>How many connections the HTTP listeners may accept, with those that are answered with 503.</summary>
    public static AcceptLimit AcceptLimitOf(HttpLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return new AcceptLimit(limits.Connections + HttpConnectionGate.RefusalRoom);
    }

    /// <summary>Answers requests on connections beyond the limits, and takes the client's address from trusted proxies.</summary>
    internal static void UseConnectionLimits(this IApplicationBuilder app)
    {
        app.Use(HttpConnectionGate.OnRequestAsync);
        UseForwardedAddresses(app, app.ApplicationServices.GetRequiredService<TrustedProxies>());
        app.Use(app.ApplicationServices.GetRequiredService<RequestRate>().OnRequestAsync);
    }

    private static void UseForwardedAddresses(IApplicationBuilder app, TrustedProxies proxies)
    {
        if (proxies.Networks.IsEmpty)
            return;
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null, // A chain of proxies is followed to the first that is not trusted.
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in proxies.Networks)
            forwarded.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(forwarded);
    }
}

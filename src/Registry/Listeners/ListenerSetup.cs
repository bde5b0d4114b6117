using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Web.Connections;

namespace SurveillanceRegistry.Registry.Listeners;

/// <summary>Kestrel's listeners for pages, API and broker, and how many connections each kind may have open.</summary>
internal static class ListenerSetup
{
    /// <summary>How long a client may take to send the headers of a request.</summary>
    private static readonly TimeSpan RequestHeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection without a request stays open: longer than the pause between two requests of a screen.</summary>
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(75);

    public static void UseListeners(this WebApplicationBuilder builder, Settings settings)
    {
        var (http, mqtt) = LimitsOf(settings);
        builder
            .Services.AddSingleton(http)
            .AddSingleton(mqtt)
            .AddSingleton(settings.Http.Proxies)
            .AddSingleton(settings.Http.Hosts with { HttpsPort = settings.Tls?.Http.Port });
        builder.WebHost.UseKestrelCore().UseSockets().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listen(kestrel, settings));
        // Kestrel asks the transport that was added last first.
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new ListenerTransport(
            ConnectionLimitsSetup.AcceptLimitOf(http),
            new AcceptLimit(mqtt.Connections),
            services.GetRequiredService<IOptionsFactory<SocketTransportOptions>>(),
            services.GetRequiredService<ILoggerFactory>()
        ));
    }

    /// <summary>Says so if the limit of open files is the reason why fewer connections are possible than the settings allow.</summary>
    public static void LogLimits(WebApplication app, Settings settings)
    {
        var (http, mqtt) = LimitsOf(settings);
        if (http.Connections < settings.Http.Limits.Connections || mqtt.Connections < settings.Mqtt.Limits.Connections)
            app.Logger.LogWarning(
                "This process may open {Files} files: at most {Mqtt} connections of devices and {Http} over HTTP, {Streams} of them event "
                    + "streams. Raise the limit of open files for more.",
                OpenFiles.Limit,
                mqtt.Connections,
                http.Connections,
                http.Streams
            );
    }

    /// <summary>Says which listeners other machines can reach without TLS: passwords and secrets can be read on the way to them.</summary>
    public static void LogPlainListeners(WebApplication app, Settings settings)
    {
        if (!settings.Http.Proxies.Networks.IsEmpty)
            return; // A proxy may have TLS and reach the registry on a network of its own.
        foreach (var (name, listener) in new[] { ("HTTP", settings.Http.Endpoint), ("MQTT", settings.Mqtt.Endpoint) })
        {
            if (!IPAddress.IsLoopback(listener.Address))
                app.Logger.LogWarning(
                    "REGISTRY_{Name} is {Listener}: other machines reach it without TLS. Set it to 127.0.0.1, and use "
                        + "REGISTRY_TLS_CERT or a proxy with TLS.",
                    name,
                    listener
                );
        }
    }

    private static (HttpLimits Http, Limits Mqtt) LimitsOf(Settings settings)
    {
        var budget = OpenFileBudget.Divide(OpenFiles.Limit);
        var mqtt = settings.Mqtt.Limits;
        return (settings.Http.Limits.Within(budget.Http), mqtt with { Connections = Math.Min(mqtt.Connections, budget.Mqtt) });
    }

    private static void Listen(KestrelServerOptions kestrel, Settings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = RequestHeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = KeepAliveTimeout;
        kestrel.Listen(settings.Http.Endpoint, listen => listen.UseHttpConnectionGate());
        kestrel.Listen(new InlineEndPoint(settings.Mqtt.Endpoint), listen => listen.UseRegistryBroker());
        if (settings.Tls is not { } tls)
            return;
        var certificate = new TlsCertificate(
            tls.Files,
            kestrel.ApplicationServices.GetRequiredService<TimeProvider>(),
            kestrel.ApplicationServices.GetRequiredService<ILogger<TlsCertificate>>()
        );
        kestrel.Listen(
            tls.Http,
            listen =>
                listen
                    .UseHttpConnectionGate()
                    .UseHttps(
                        new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(ServerTls.Show(certificate.Current)) }
                    )
        );
        kestrel.Listen(new InlineEndPoint(tls.Mqtt), listen => listen.UseRegistryBroker(() => certificate.Current));
    }
}

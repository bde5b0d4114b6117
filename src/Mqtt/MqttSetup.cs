using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MQTTnet.AspNetCore;
using MQTTnet.Server;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.ExpectedStates;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.Proxies;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Publishing.Rejections;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt;

/// <summary>The embedded broker on Kestrel's sockets.</summary>
public static class MqttSetup
{
    /// <summary>
    /// How long MQTTnet waits for a CONNECT. It is longer than <see cref="ConnectionTimeouts.PacketTimeout"/>, which ends such a
    /// connection.
    /// </summary>
    private static readonly TimeSpan LibraryTimeout = 3 * ConnectionTimeouts.PacketTimeout;

    /// <summary>Registers the broker and its services.</summary>
    public static IServiceCollection AddMqtt(this IServiceCollection services)
    {
        services.TryAddSingleton(new Limits());
        services.TryAddSingleton(TrustedProxies.None);
        services.TryAddSingleton<IngestStatistics>();
        services.AddSingleton<MqttMetrics>();
        services.AddSingleton<IDroppedFields>(provider => provider.GetRequiredService<MqttMetrics>());
        services.AddSingleton<ConnectAuthenticator>();
        services.AddSingleton<DeviceIngestStates>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<ISessions>(provider => provider.GetRequiredService<SessionRegistry>());
        services.TryAddSingleton(new VendorProfiles([]));
        services.AddSingleton<PresenceSequencer>();
        services.AddSingleton<KnockRecorder>();
        services.AddSingleton<VendorPublishHandler>();
        services.AddSingleton<VendorMessageAppender>();
        services.AddSingleton<HeartbeatAppender>();
        services.AddSingleton<PublishRejector>();
        services.AddSingleton<GatewaySenderResolver>();
        services.AddSingleton<PublishHandler>();
        services.AddSingleton<SubscriptionAuthorizer>();
        services.AddSingleton<ExpectedStatePublisher>();
        services.AddSingleton<IPeriodicTask>(provider => provider.GetRequiredService<ExpectedStatePublisher>());
        services.AddHostedService<PeriodicTaskRunner>();
        services.AddSingleton<PresenceForwarder>();
        services.AddHostedService(provider => provider.GetRequiredService<PresenceForwarder>());
        services.AddSingleton<IPresencePartitions, PresencePartitions>();
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<BrokerConnectionHandler>();
        services.AddSingleton<IMqttServerAdapter>(provider => provider.GetRequiredService<BrokerConnectionHandler>());
        services.AddHostedService(provider => provider.GetRequiredService<BrokerConnectionHandler>());
        services.AddConnections();
        return services.AddHostedMqttServer(broker =>
            broker.WithoutDefaultEndpoint().WithDefaultCommunicationTimeout(LibraryTimeout).WithPersistentSessions(false)
        );
    }

    /// <summary>Serves MQTT on a listener without TLS.</summary>
    public static ListenOptions UseRegistryBroker(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        return listen.UseConnectionGate().UseBroker();
    }

    /// <summary>
    /// Serves MQTT on a listener with TLS 1.2 or newer. A client may show a certificate. Certificates are registered for their holder, so
    /// the broker does not check which authority signed them.
    /// </summary>
    /// <param name="certificate">Returns the certificate to show, with the certificates above it.</param>
    public static ListenOptions UseRegistryBroker(this ListenOptions listen, Func<SslStreamCertificateContext> certificate)
    {
        ArgumentNullException.ThrowIfNull(listen);
        listen.UseConnectionGate();
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = ConnectionTimeouts.PacketTimeout,
                OnConnection = _ =>
                {
                    var options = ServerTls.Show(certificate());
                    options.ClientCertificateRequired = true; // Asked for; a client without one passes.
#pragma warning disable CA5359 // It is the client's certificate; it is compared with the registered one at sign-in.
                    options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
                    return ValueTask.FromResult(options);
                },
            }
        );
        return listen.UseBroker();
    }

    private static ListenOptions UseConnectionGate(this ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.None;
        var proxies = listen.ApplicationServices.GetRequiredService<TrustedProxies>();
        if (!proxies.Networks.IsEmpty)
            listen.Use(next => connection => ProxyProtocol.OnConnectionAsync(connection, next, proxies));
        var gate = listen.ApplicationServices.GetRequiredService<ConnectionGate>();
        listen.Use(next => connection => gate.OnConnectionAsync(connection, next));
        return listen;
    }

    private static ListenOptions UseBroker(this ListenOptions listen)
    {
        listen.UseConnectionHandler<BrokerConnectionHandler>();
        return listen;
    }

    /// <summary>
    /// Connects sign-in, subscriptions and ingest statistics to the broker. The returned task completes when the broker accepts
    /// connections.
    /// </summary>
    public static Task UseRegistryBroker(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var connections = app.ApplicationServices.GetRequiredService<BrokerConnectionHandler>();
        var statistics = app.ApplicationServices.GetRequiredService<IngestStatistics>();
        var sessions = app.ApplicationServices.GetRequiredService<SessionRegistry>();
        statistics.Connections = () => connections.Connections;
        statistics.Sessions = () => sessions.Count;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = app.ApplicationServices.GetRequiredService<MqttServer>();
        server.ValidatingConnectionAsync += connections.AuthenticateAsync;
        server.InterceptingSubscriptionAsync += app.ApplicationServices.GetRequiredService<SubscriptionAuthorizer>().AuthorizeAsync;
        server.InterceptingUnsubscriptionAsync += SubscriptionAuthorizer.RemoveAsync;
        server.StartedAsync += _ =>
        {
            started.TrySetResult();
            return Task.CompletedTask;
        };
        return started.Task;
    }
}

using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MQTTnet.AspNetCore;
using MQTTnet.Server;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.ExpectedStates;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt;

/// <summary>The embedded broker on Kestrel's sockets.</summary>
public static class MqttSetup
{
    /// <summary>How long a device may take to sign in, or to take what is sent to it.</summary>
    private static readonly TimeSpan LongestSend = TimeSpan.FromSeconds(5);

    /// <summary>Adds the broker and what stands behind it.</summary>
    public static IServiceCollection AddMqtt(this IServiceCollection services)
    {
        services.TryAddSingleton(new Limits());
        services.TryAddSingleton<IngestStatistics>();
        services.AddSingleton<MqttMetrics>();
        services.AddSingleton<IDroppedFields>(house => house.GetRequiredService<MqttMetrics>());
        services.AddSingleton<ConnectAuthenticator>();
        services.AddSingleton<DeviceIngestStates>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<ISessions>(house => house.GetRequiredService<SessionRegistry>());
        services.TryAddSingleton(new VendorProfiles([]));
        services.AddSingleton<SessionEndSequencer>();
        services.AddSingleton<VendorPublishHandler>();
        services.AddSingleton<PublishHandler>();
        services.AddSingleton<SubscriptionAuthorizer>();
        services.AddSingleton<ExpectedStatePublisher>();
        services.AddHostedService(house => house.GetRequiredService<ExpectedStatePublisher>());
        services.AddSingleton<PresenceForwarder>();
        services.AddHostedService(house => house.GetRequiredService<PresenceForwarder>());
        services.AddSingleton<IPresencePartitions, PresencePartitions>();
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<BrokerConnectionHandler>();
        services.AddSingleton<IMqttServerAdapter>(house => house.GetRequiredService<BrokerConnectionHandler>());
        services.AddHostedService(house => house.GetRequiredService<BrokerConnectionHandler>());
        services.AddConnections();
        return services.AddHostedMqttServer(broker =>
            broker.WithoutDefaultEndpoint().WithDefaultCommunicationTimeout(LongestSend).WithPersistentSessions(false)
        );
    }

    /// <summary>Lets the broker speak on a listener.</summary>
    public static ListenOptions UseRegistryBroker(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        return listen.UseDoor().UseSwitchboard();
    }

    /// <summary>
    /// Lets the broker speak on a listener with TLS 1.2 or newer. A client may show a certificate; which one belongs to whom is registered,
    /// whoever signed it, so nothing is asked of an authority.
    /// </summary>
    public static ListenOptions UseRegistryBroker(this ListenOptions listen, X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(listen);
        listen.UseDoor();
        listen.UseHttps(tls =>
        {
            (tls.ServerCertificate, tls.SslProtocols) = (certificate, SslProtocols.Tls12 | SslProtocols.Tls13);
            tls.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            tls.HandshakeTimeout = LongestSend;
            tls.ClientCertificateValidation = (_, _, _) => true;
        });
        return listen.UseSwitchboard();
    }

    private static ListenOptions UseDoor(this ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.None;
        var door = listen.ApplicationServices.GetRequiredService<ConnectionGate>();
        listen.Use(next => connection => door.OnConnectionAsync(connection, next));
        return listen;
    }

    private static ListenOptions UseSwitchboard(this ListenOptions listen)
    {
        listen.UseConnectionHandler<BrokerConnectionHandler>();
        return listen;
    }

    /// <summary>Puts admission and inlet behind the broker. Completes the returned task when the broker takes connections.</summary>
    public static Task UseRegistryBroker(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var switchboard = app.ApplicationServices.GetRequiredService<BrokerConnectionHandler>();
        var figures = app.ApplicationServices.GetRequiredService<IngestStatistics>();
        var sessions = app.ApplicationServices.GetRequiredService<SessionRegistry>();
        (figures.Connections, figures.Sessions) = (() => switchboard.Connections, () => sessions.Count);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = app.ApplicationServices.GetRequiredService<MqttServer>();
        server.ValidatingConnectionAsync += switchboard.AdmitAsync;
        server.InterceptingSubscriptionAsync += app.ApplicationServices.GetRequiredService<SubscriptionAuthorizer>().AuthorizeAsync;
        server.StartedAsync += _ =>
        {
            started.TrySetResult();
            return Task.CompletedTask;
        };
        return started.Task;
    }
}

using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using MQTTnet.AspNetCore;
using MQTTnet.Server;

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
        services.TryAddSingleton<IngestFigures>();
        services.AddSingleton<Counters>();
        services.AddSingleton<IDroppedFields>(house => house.GetRequiredService<Counters>());
        services.AddSingleton<Admission>();
        services.AddSingleton<Senders>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<ISessions>(house => house.GetRequiredService<Sessions>());
        services.TryAddSingleton(new VendorProfiles([]));
        services.AddSingleton<Partings>();
        services.AddSingleton<VendorInlet>();
        services.AddSingleton<Inlet>();
        services.AddSingleton<Subscriptions>();
        services.AddSingleton<ExpectedOutlet>();
        services.AddHostedService(house => house.GetRequiredService<ExpectedOutlet>());
        services.AddSingleton<PresenceInlet>();
        services.AddHostedService(house => house.GetRequiredService<PresenceInlet>());
        services.AddSingleton<IPresencePartitions, PresencePartitions>();
        services.AddSingleton<Door>();
        services.AddSingleton<Switchboard>();
        services.AddSingleton<IMqttServerAdapter>(house => house.GetRequiredService<Switchboard>());
        services.AddHostedService(house => house.GetRequiredService<Switchboard>());
        services.AddConnections();
        return services.AddHostedMqttServer(broker => broker.WithoutDefaultEndpoint().WithDefaultCommunicationTimeout(LongestSend).WithPersistentSessions(false));
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
        var door = listen.ApplicationServices.GetRequiredService<Door>();
        listen.Use(next => connection => door.LetInAsync(connection, next));
        return listen;
    }

    private static ListenOptions UseSwitchboard(this ListenOptions listen)
    {
        listen.UseConnectionHandler<Switchboard>();
        return listen;
    }

    /// <summary>Puts admission and inlet behind the broker. Completes the returned task when the broker takes connections.</summary>
    public static Task UseRegistryBroker(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var switchboard = app.ApplicationServices.GetRequiredService<Switchboard>();
        var figures = app.ApplicationServices.GetRequiredService<IngestFigures>();
        var sessions = app.ApplicationServices.GetRequiredService<Sessions>();
        (figures.Connections, figures.Sessions) = (() => switchboard.Connections, () => sessions.Count);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = app.ApplicationServices.GetRequiredService<MqttServer>();
        server.ValidatingConnectionAsync += switchboard.AdmitAsync;
        server.InterceptingSubscriptionAsync += app.ApplicationServices.GetRequiredService<Subscriptions>().JudgeAsync;
        server.StartedAsync += _ =>
        {
            started.TrySetResult();
            return Task.CompletedTask;
        };
        return started.Task;
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet.AspNetCore;
using MQTTnet.Protocol;
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
        services.AddSingleton<Counters>();
        services.AddSingleton<Admission>();
        services.AddSingleton<Pace>();
        services.AddSingleton<HeartbeatInlet>();
        services.AddSingleton<PresenceInlet>();
        services.AddSingleton<IPresencePartitions, PresencePartitions>();
        services.AddSingleton<Switchboard>();
        services.AddSingleton<IMqttServerAdapter>(house => house.GetRequiredService<Switchboard>());
        services.AddConnections();
        return services.AddHostedMqttServer(broker => broker.WithoutDefaultEndpoint().WithDefaultCommunicationTimeout(LongestSend).WithPersistentSessions(false));
    }

    /// <summary>Lets the broker speak on a listener.</summary>
    public static ListenOptions UseRegistryBroker(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        listen.Protocols = HttpProtocols.None;
        listen.UseConnectionHandler<Switchboard>();
        return listen;
    }

    /// <summary>Puts admission and inlet behind the broker. Completes the returned task when the broker takes connections.</summary>
    public static Task UseRegistryBroker(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var admission = app.ApplicationServices.GetRequiredService<Admission>();
        var inlet = app.ApplicationServices.GetRequiredService<HeartbeatInlet>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = app.ApplicationServices.GetRequiredService<MqttServer>();
        server.ValidatingConnectionAsync += admission.AdmitAsync;
        server.InterceptingPublishAsync += publish => inlet.TakeAsync(publish, server);
        server.InterceptingSubscriptionAsync += subscription =>
        {
            if (subscription.TopicFilter.Topic != Topic.Expected(Admission.DeviceOf(subscription.SessionItems).Id))
                (subscription.ProcessSubscription, subscription.Response.ReasonCode) = (false, MqttSubscribeReasonCode.NotAuthorized);
            return Task.CompletedTask;
        };
        server.StartedAsync += _ =>
        {
            started.TrySetResult();
            return Task.CompletedTask;
        };
        return started.Task;
    }
}

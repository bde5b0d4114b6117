using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Delivery.Mail;
using SurveillanceRegistry.Delivery.Webhooks;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Delivery;

/// <summary>Registers what sends mail and webhooks.</summary>
public static class DeliverySetup
{
    /// <summary>Adds the senders.</summary>
    /// <param name="mail">The mail server; null if none is set: then no mail is sent.</param>
    /// <param name="networks">Networks of the city's own to which webhooks may go.</param>
    public static IServiceCollection AddDelivery(this IServiceCollection services, MailSettings? mail, ImmutableArray<IPNetwork> networks)
    {
        var addresses = new WebhookNetworks(networks);
        services.AddSingleton(addresses);
        services.AddSingleton<IWebhookAddresses>(addresses);
        services.AddSingleton<IMailSender>(provider => new SmtpMailSender(
            mail,
            provider.GetRequiredService<PublicAddress>(),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<WebhookClient>();
        services.AddSingleton<IPeriodicTask, MailDeliveryTask>();
        services.AddSingleton<IPeriodicTask, WebhookDeliveryTask>();
        services.AddSingleton<IPeriodicTask, ReviewReminder>();
        return services;
    }
}

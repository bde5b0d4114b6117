using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Delivery.Webhooks;

/// <summary>Sends the webhook messages of the outbox whose time has come, and cleans the outbox.</summary>
internal sealed class WebhookDeliveryTask(
    IOutbox outbox,
    IWebhookRegister register,
    WebhookClient client,
    IDataProtectionProvider protection,
    TimeProvider time,
    ILogger<WebhookDeliveryTask> logger
) : IPeriodicTask
{
    private const int MostAtOnce = 40;

    private const int MostConnections = 8;

    private static readonly TimeSpan Cleaning = TimeSpan.FromHours(1);

    private readonly IDataProtector _secrets = protection.CreateProtector(IWebhookRegister.SecretPurpose);
    private DateTimeOffset _nextCleaning;

    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(3);

    public bool StartsAfterListeners => true;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now >= _nextCleaning)
        {
            await outbox.ForgetAsync(now, cancellationToken);
            _nextCleaning = now + Cleaning;
        }

        var due = await outbox.ClaimWebhooksAsync(now, MostAtOnce, cancellationToken);
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = MostConnections, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, bounds, async (message, cancellation) => await DeliverAsync(message, cancellation));
    }

    public void OnFailed(Exception failure) =>
        logger.LogWarning(
            failure,
            "Webhook messages that wait could not be sent; the next attempt is in {Seconds} s.",
            Interval.TotalSeconds
        );

    private async Task DeliverAsync(WebhookDelivery message, CancellationToken cancellationToken)
    {
        var result = Decrypt(message.Secret) is { } secret
            ? await client.SendAsync(message, secret, cancellationToken)
            : DeliveryResult.Failed("secret-lost");
        await outbox.ConcludeAsync(message.Id, message.Attempts, result, time.GetUtcNow(), cancellationToken);
        if (result.End == DeliveryEnd.Gone)
            await register.EndAsync(message.Webhook, "gone", time.GetUtcNow(), cancellationToken);
        if (result.End != DeliveryEnd.Delivered)
            logger.LogWarning(
                "Webhook {Webhook} did not take message {Message} at attempt {Attempts}: {Result}. {Most} attempts are made at most.",
                message.Webhook,
                message.Message,
                message.Attempts,
                result.Word,
                RetrySchedule.MaxAttempts
            );
    }

    /// <summary>Returns the secret; null when the keys that encrypted it are not those of this registry.</summary>
    private string? Decrypt(string secret)
    {
        try
        {
            return _secrets.Unprotect(secret);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Outbox;

/// <summary>
/// What waits to be sent by mail and webhooks. Registers add to it in the transaction of what they record. Every delivery is attempted
/// until it arrives or is given up, also after the process was killed: a receiver may get one twice, and knows it by its message id.
/// </summary>
public interface IOutbox
{
    /// <summary>How many mails one address gets in an hour. Further ones wait.</summary>
    const int MailsPerHour = 20;

    /// <summary>For how long a claimed delivery is left alone. It is attempted again when the process ended meanwhile.</summary>
    static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>How long something waits at most; later it would only astonish.</summary>
    static readonly TimeSpan MaxAge = TimeSpan.FromDays(4);

    /// <summary>For how long deliveries are listed.</summary>
    static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    /// <summary>Adds an occasion that no register records.</summary>
    /// <param name="once">What makes the occasion the same as an earlier one, which then stays alone.</param>
    Task AddAsync(Occasion occasion, string once, CancellationToken cancellationToken);

    /// <summary>Adds a test of one webhook. Returns false when there is no such webhook.</summary>
    Task<bool> AddTestAsync(string webhook, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes mails whose time has come, and counts an attempt for each.</summary>
    Task<ImmutableArray<MailDelivery>> ClaimMailAsync(DateTimeOffset now, int most, CancellationToken cancellationToken);

    /// <summary>Takes webhook messages whose time has come, a few of each webhook, and counts an attempt for each.</summary>
    Task<ImmutableArray<WebhookDelivery>> ClaimWebhooksAsync(DateTimeOffset now, int most, CancellationToken cancellationToken);

    /// <summary>Records how an attempt ended. The failure of one that took longer than its lease changes nothing.</summary>
    Task ConcludeAsync(long delivery, int attempts, DeliveryResult result, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives up what waited too long, and deletes what is older than its retention.</summary>
    Task ForgetAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The newest deliveries to webhooks.</summary>
    Task<ImmutableArray<ListedDelivery>> ListAsync(int most, CancellationToken cancellationToken);
}

/// <summary>A mail to send.</summary>
/// <param name="Message">The id of the message, the same for every attempt.</param>
/// <param name="StopToken">What the link that ends all mail has.</param>
public sealed record MailDelivery(long Id, int Attempts, string Message, Occasion Occasion, string Address, string StopToken);

/// <summary>A webhook message to send.</summary>
/// <param name="Message">The id of the message, the same for every attempt and every webhook.</param>
/// <param name="Body">What is sent. It was written with the occasion and never changes.</param>
/// <param name="Secret">The secret of the webhook, encrypted.</param>
public sealed record WebhookDelivery(long Id, int Attempts, string Message, string Body, string Webhook, string Url, string Secret);

/// <summary>A delivery to a webhook, as the list shows it.</summary>
/// <param name="State"><c>waiting</c>, <c>delivered</c> or <c>given-up</c>.</param>
/// <param name="NextAt">When the next attempt follows; null when none does.</param>
/// <param name="LastResult">The closed word of the last attempt; null before the first.</param>
public sealed record ListedDelivery(
    string Message,
    Occasion Occasion,
    string Webhook,
    string State,
    int Attempts,
    DateTimeOffset? NextAt,
    DateTimeOffset? LastAt,
    string? LastResult
);

using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Outbox;

/// <summary>The webhooks: addresses of other programs of the city, which get a signed message for each occasion.</summary>
public interface IWebhookRegister
{
    /// <summary>How many there may be at once.</summary>
    const int MaxWebhooks = 20;

    /// <summary>What the keys that encrypt the secrets of webhooks are for.</summary>
    const string SecretPurpose = "webhook-secret";

    /// <summary>All webhooks, the newest first, also those that have ended.</summary>
    Task<ImmutableArray<Webhook>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Adds a webhook. Returns false when there are too many.</summary>
    /// <param name="secret">The encrypted secret.</param>
    Task<bool> AddAsync(Webhook webhook, string secret, CancellationToken cancellationToken);

    /// <summary>Ends a webhook and deletes its secret. Returns false when it has ended.</summary>
    /// <param name="why">A closed word.</param>
    Task<bool> EndAsync(string id, string why, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A webhook.</summary>
/// <param name="Id"><c>wh-</c> and 12 characters.</param>
/// <param name="EndedWhy"><c>ended</c> by an administrator, or <c>gone</c> as its receiver said; null while it is in use.</param>
public sealed record Webhook(
    string Id,
    string Url,
    ImmutableArray<OccasionKind> Kinds,
    DateTimeOffset MadeAt,
    DateTimeOffset? EndedAt,
    string? EndedWhy
);

/// <summary>Decides to which addresses webhooks may go.</summary>
public interface IWebhookAddresses
{
    /// <summary>Returns a sentence about why an address is not possible; null for a possible one.</summary>
    string? RefusalOf(string url);
}

namespace SurveillanceRegistry.Domain;

/// <summary>The result of taking an idempotency key.</summary>
/// <param name="IsNew">The key was not used before. The caller executes the request, and then stores its response or gives the key
/// back.</param>
/// <param name="IsSame">The key was used for an equal request. False with <paramref name="IsNew"/> false: for another request.</param>
/// <param name="Status">HTTP status of the stored response; null while the request is executed, or when that was interrupted.</param>
public sealed record KeyUse(bool IsNew, bool IsSame, int? Status, string? Body, string? Headers);

/// <summary>The register of idempotency keys (<c>Idempotency-Key</c>): a request that a program sends twice is executed once.</summary>
public interface IIdempotencyRegister
{
    /// <summary>How long a key is stored, in hours.</summary>
    const int RetentionHours = 24;

    /// <summary>Takes a key for a request.</summary>
    /// <param name="actor">The id of the caller. Each caller has keys of its own.</param>
    /// <param name="request">SHA-256 of method, path and body.</param>
    Task<KeyUse> TakeAsync(string actor, string key, byte[] request, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Stores the response.</summary>
    Task StoreResponseAsync(string actor, string key, int status, string body, string headers, CancellationToken cancellationToken);

    /// <summary>Gives the key back, because the request was refused and may be sent again.</summary>
    Task ReleaseAsync(string actor, string key, CancellationToken cancellationToken);
}

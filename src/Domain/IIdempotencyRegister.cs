namespace SurveillanceRegistry.Domain;

/// <summary>What came of a request that may be sent twice.</summary>
/// <param name="IsNew">Nobody used the key before: the request is to be carried out, and its answer kept or the key given back.</param>
/// <param name="IsSame">The key was used for the same request. False with <paramref name="IsNew"/> false: for another one.</param>
/// <param name="Status">Status of the answer that was given; null while it is being worked out, or when that was cut off.</param>
public sealed record KeyUse(bool IsNew, bool IsSame, int? Status, string? Body, string? Headers);

/// <summary>Keys by which programs make sure that a request that they send again is carried out once (<c>Idempotency-Key</c>).</summary>
public interface IIdempotencyRegister
{
    /// <summary>How long a key is remembered, in hours.</summary>
    const int Hours = 24;

    /// <summary>Takes a key for a request.</summary>
    /// <param name="actor">Who sends it: others have keys of their own.</param>
    /// <param name="request">SHA-256 of method, path and body.</param>
    Task<KeyUse> TakeAsync(string actor, string key, byte[] request, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Keeps the answer.</summary>
    Task KeepAsync(string actor, string key, int status, string body, string headers, CancellationToken cancellationToken);

    /// <summary>Gives the key back: the request was refused, and may be sent again.</summary>
    Task GiveBackAsync(string actor, string key, CancellationToken cancellationToken);
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Http;

/// <summary>
/// Honours <c>Idempotency-Key</c>. A repeated request with the same key is carried out once and gets the same answer; another request with
/// the same key is refused. The body is read here, up to its limit, and passed on as text.
/// </summary>
internal static class IdempotencyKeys
{
    /// <summary>The most bytes of a request body.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private const int MaxKey = 200;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Carries out an act, with the body as text. Answers that are not a <see cref="StoredJsonResult"/> are not stored.</summary>
    public static async Task<IResult> ExecuteAsync(HttpContext http, Func<string, Task<IResult>> act)
    {
        if (await ReadAsync(http) is not { } bytes)
            return Problem.From(
                StatusCodes.Status413PayloadTooLarge,
                "too-large",
                "Too large",
                $"A request has at most {MaxBytes} bytes. Split it."
            );
        if (Decode(bytes) is not { } body)
            return Problem.From(
                StatusCodes.Status400BadRequest,
                "wrong-encoding",
                "Not UTF-8",
                "The body is not UTF-8: send JSON in UTF-8."
            );
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length == 0)
            return await act(body);
        if (key.Length > MaxKey)
            return Problem.BadParameter($"Idempotency-Key has {key.Length} characters: at most {MaxKey}.");
        var keys = http.RequestServices.GetRequiredService<IIdempotencyRegister>();
        var (actor, now) = (http.User.StaffId(), http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        var use = await keys.TakeAsync(
            actor,
            key,
            SHA256.HashData([
                .. Encoding.UTF8.GetBytes(
                    $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n{http.Request.Headers.IfMatch}\n"
                ),
                .. bytes,
            ]),
            now,
            http.RequestAborted
        );
        if (!use.IsSame)
            return Problem.From(
                StatusCodes.Status422UnprocessableEntity,
                "key-reused",
                "The key was used before",
                "This Idempotency-Key was used for another request: make a new key for each request."
            );
        return use.IsNew ? await ExecuteFirstAsync(keys, actor, key, () => act(body)) : Repeat(use);
    }

    /// <summary>The answer to a repeated request: the stored answer of the first.</summary>
    private static IResult Repeat(KeyUse use) =>
        use.Status is { } status
            ? JsonSerializer.Deserialize<StoredJsonResult>(use.Headers!, Json.Options)! with
            {
                Status = status,
                Body = use.Body!,
            }
            : Problem.From(
                StatusCodes.Status409Conflict,
                "in-progress",
                "Still being carried out",
                "The request with this Idempotency-Key is still being carried out, or was interrupted. "
                    + "Check whether it was done before you send it with a new key."
            );

    /// <summary>Carries out the first request with a key. Stores its answer, or gives the key back when there is none to store.</summary>
    private static async Task<IResult> ExecuteFirstAsync(IIdempotencyRegister keys, string actor, string key, Func<Task<IResult>> act)
    {
        IResult? result = null;
        try
        {
            result = await act();
        }
        finally
        {
            if (result is not StoredJsonResult)
                await keys.ReleaseAsync(actor, key, CancellationToken.None);
        }

        if (result is StoredJsonResult answer)
            await keys.StoreResponseAsync(
                actor,
                key,
                answer.Status,
                answer.Body,
                JsonSerializer.Serialize(answer with { Body = "" }, Json.Options),
                CancellationToken.None
            );
        return result;
    }

    /// <summary>The body as text; null when it is not UTF-8.</summary>
    private static string? Decode(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpContext http)
    {
        using var held = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            if (held.Length + read > MaxBytes)
                return null;
            held.Write(buffer, 0, read);
        }

        return held.ToArray();
    }
}

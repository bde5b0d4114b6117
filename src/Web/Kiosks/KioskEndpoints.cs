using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Net.Http.Headers;
using SurveillanceRegistry.Domain.Kiosks;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Connections;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>
/// What a screen requests: the signed notice of its place, the signed confirmation that it is in force, hints that it changed, and the keys
/// to verify both. A request changes nothing: anybody can make it.
/// </summary>
internal static class KioskEndpoints
{
    private const string Jose = "application/jose+json";

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/kiosks/{id}/notice", Notice).AddEndpointFilter(KioskFallback.LeaveToFallback).OpenToOtherSites();
        routes.MapGet("/kiosks/{id}/confirmation", Confirm).AddEndpointFilter(KioskFallback.LeaveToFallback).OpenToOtherSites();
        routes.MapGet("/kiosks/{id}/changes", Changes).AddEndpointFilter(KioskFallback.LeaveToFallback).LimitStreams();
        var keys = routes.MapGet(
            "/.well-known/jwks.json",
            (NoticeKey key) =>
                JsonResults.Ok(
                    new
                    {
                        keys = new[]
                        {
                            new
                            {
                                kty = "EC",
                                crv = "P-256",
                                x = key.X,
                                y = key.Y,
                                kid = key.Id,
                                use = "sig",
                                alg = "ES256",
                            },
                        },
                    }
                )
        );
        keys.OpenToOtherSites();
    }

    private static async Task<IResult> Notice(
        string id,
        HttpContext http,
        IPlaceRegister places,
        IGrainFactory grains,
        CancellationToken cancellationToken
    )
    {
        var (kiosk, refusal) = await FindAsync(id, places, cancellationToken);
        if (kiosk is null)
            return refusal!;
        if (await grains.Place(kiosk.Place).Describe() is not { } place)
            return Problem.NotFound($"The place of kiosk '{id}' is not registered.");
        var held = http.Request.GetTypedHeaders().IfNoneMatch.FirstOrDefault()?.Tag.ToString().Trim('"');
        http.Response.Headers[HeaderNames.ETag] = $"\"{place.Notice.Hash}\"";
        return held == place.Notice.Hash ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Text(place.Notice.ToJws(), Jose);
    }

    /// <summary>Signs which notice is in force now. Only this confirms a notice: it names the nonce of the request.</summary>
    private static async Task<IResult> Confirm(
        string id,
        string? nonce,
        IPlaceRegister places,
        IGrainFactory grains,
        NoticeKey key,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!NoticeConfirmation.IsNonce(nonce))
            return Problem.BadParameter(
                $"nonce is missing or wrong: send {NoticeConfirmation.MinNonceLength} to {NoticeConfirmation.MaxNonceLength} random "
                    + "characters of base64url, new for each request."
            );
        var (kiosk, refusal) = await FindAsync(id, places, cancellationToken);
        if (kiosk is null)
            return refusal!;
        if (await grains.Place(kiosk.Place).Describe() is not { } place)
            return Problem.NotFound($"The place of kiosk '{id}' is not registered.");
        var (notice, now) = (place.Notice, time.GetUtcNow());
        var confirmation = new NoticeConfirmation(id, kiosk.Place, notice.Sequence, notice.Hash, now, nonce!, place.Content.ValidSeconds)
        {
            Glass = kiosk.Glass,
        };
        return Results.Text(confirmation.ToJws(key), Jose);
    }

    private static async Task<IResult> Changes(
        string id,
        IPlaceRegister places,
        KioskEventStream stream,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken
    )
    {
        var (kiosk, refusal) = await FindAsync(id, places, cancellationToken);
        return kiosk is null
            ? refusal!
            : TypedResults.ServerSentEvents(Hints(kiosk.Place, stream, lifetime.ApplicationStopping, cancellationToken));
    }

    /// <summary>Server-sent events: "changed" without what changed, and "alive" when nothing changed for a while.</summary>
    private static async IAsyncEnumerable<SseItem<string>> Hints(
        string place,
        KioskEventStream stream,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken disconnected
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, disconnected);
        using var watch = stream.Watch(place);
        yield return new SseItem<string>("hello", "hello");
        while (!ending.IsCancellationRequested)
            yield return await watch.NextAsync(KeepAlive, ending.Token)
                ? new SseItem<string>("changed", "changed")
                : new SseItem<string>("alive", "alive");
    }

    private static async Task<(Kiosk? Kiosk, IResult? Refusal)> FindAsync(
        string id,
        IPlaceRegister places,
        CancellationToken cancellationToken
    ) =>
        (await places.KiosksAsync(cancellationToken)).FirstOrDefault(kiosk => kiosk.Id == id) switch
        {
            null => (null, Problem.NotFound($"No kiosk '{id}' is registered.")),
            { Removed: true } => (null, Problem.Gone($"Kiosk '{id}' was removed.")),
            var kiosk => (kiosk, null),
        };
}

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Policies.Api;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Places and the notices in force there, for programs.</summary>
internal static class PlacesApi
{
    private const string Instead =
        "Ask places/{id}/notice?at= for what a place said at an instant, and devices/{id}?asOf= for what a device there was doing.";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet(
                "places",
                async (IPlaceRegister places, IGrainFactory grains, CancellationToken cancellationToken) =>
                    GovernanceApi.Collection(
                        (
                            await Task.WhenAll(
                                (await places.PlacesAsync(cancellationToken)).Select(place => grains.Place(place.Id).Describe())
                            )
                        )
                            .OfType<PlaceDescription>()
                            .Select(Shape)
                    )
            )
            .OnlyCurrentVersion(Instead);
        api.MapGet(
                "places/{id}",
                async (string id, IPlaceRegister places, IGrainFactory grains, HttpContext http, CancellationToken cancellationToken) =>
                    await places.DescribeAsync(id, grains, cancellationToken) is { } place
                        ? GovernanceApi.One(http, Shape(place))
                        : NotFound(id)
            )
            .OnlyCurrentVersion(Instead);
        api.MapGet("places/{id}/notice", Notice);
        api.MapGet(
                "kiosks",
                async (IPlaceRegister places, IGrainFactory grains, CancellationToken cancellationToken) =>
                    GovernanceApi.Collection(
                        (
                            await Task.WhenAll(
                                (await places.PlacesAsync(cancellationToken)).Select(place => grains.Place(place.Id).Describe())
                            )
                        )
                            .OfType<PlaceDescription>()
                            .SelectMany(place => place.Kiosks.Where(kiosk => !kiosk.Kiosk.Removed).Select(kiosk => Shape(kiosk, place)))
                            .OrderBy(kiosk => kiosk.Id, StringComparer.Ordinal)
                    )
            )
            .OnlyCurrentVersion(Instead);
        api.MapGet(
                "kiosks/{id}",
                async (string id, IPlaceRegister places, IGrainFactory grains, CancellationToken cancellationToken) =>
                    (await places.KiosksAsync(cancellationToken)).FirstOrDefault(kiosk => kiosk.Id == id) switch
                    {
                        null => Problem.NotFound($"No kiosk '{id}' is registered."),
                        { Removed: true } => Problem.Gone($"Kiosk '{id}' was removed."),
                        var kiosk when await grains.Place(kiosk.Place).Describe() is { } place => GovernanceApi.Json(
                            Shape(place.Kiosks.Single(other => other.Kiosk.Id == id), place)
                        ),
                        _ => Problem.NotFound($"No kiosk '{id}' is registered."),
                    }
            )
            .OnlyCurrentVersion(Instead);
    }

    private static object Shape(PlaceDescription place) =>
        new
        {
            place.Place.Id,
            place.Place.Name,
            place.Place.Address,
            place.Place.Area,
            kiosks = place.Kiosks.Where(kiosk => !kiosk.Kiosk.Removed).Select(kiosk => kiosk.Kiosk.Id),
            devices = place
                .Covering.Where(covering => covering.IsInScope || covering.Device.Lifecycle != Lifecycle.Removed)
                .Select(covering => covering.Device.Id),
        };

    private static KioskResponse Shape(KioskDescription kiosk, PlaceDescription place) =>
        new(
            kiosk.Kiosk.Id,
            kiosk.Kiosk.Place,
            kiosk.LastSeenAt is { } seen ? NoticePayload.Instant(seen) : null,
            kiosk.LastSeenAt is null ? "unknown"
                : kiosk.ShownHash == place.Notice.Hash ? "current"
                : "unconfirmed",
            kiosk.ShownHash
        );

    private static async Task<IResult> Notice(
        string id,
        HttpContext http,
        IPlaceRegister places,
        IGrainFactory grains,
        INoticeRegister notices,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!QueryParameters.TryInstant(http.Request.Query, "at", time, out var at))
            return Problem.BadParameter($"at is '{http.Request.Query["at"]}': {QueryParameters.InstantExpected}.");
        if (await places.DescribeAsync(id, grains, cancellationToken) is not { } place)
            return NotFound(id);
        var notice = at >= place.Notice.IssuedAt ? place.Notice : await notices.AtAsync(id, at, cancellationToken);
        if (notice is null)
            return Problem.NotFound($"No notice had been issued for place '{id}' by {NoticePayload.Instant(at)}.");
        return Results.Json(
            new JsonObject
            {
                ["place"] = id,
                ["at"] = NoticePayload.Instant(at),
                ["notice"] = JsonNode.Parse(notice.ToJws()),
                ["hash"] = notice.Hash,
                ["displays"] = new JsonArray(),
            }
        );
    }

    private static IResult NotFound(string id) => Problem.NotFound($"No place '{id}' is registered.");

    private sealed record KioskResponse(string Id, string Place, string? LastSeenAt, string State, string? ShownHash);
}

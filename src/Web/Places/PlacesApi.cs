using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Places and the notices in force there, for programs.</summary>
internal static class PlacesApi
{
    private const int MaxItems = 1000,
        UsualItems = 200;

    private const string Alternative =
        "Use places/{id}/notice?at= for the notice of an instant, and devices/{id}?asOf= for the past of a device.";

    /// <summary>By how much a client's clock may be ahead of the registry's.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("places", ListAsync).AllowOnlyToday(Alternative).Answers<ItemsResponse<PlaceResponse>>();
        api.MapGet(
                "places/{id}",
                async (string id, IPlaceRegister places, IGrainFactory grains, HttpContext http, CancellationToken cancellationToken) =>
                    await places.DescribeAsync(id, grains, cancellationToken) is { } place
                        ? JsonResults.Resource(http, PlaceResponse.From(place))
                        : NotFound(id)
            )
            .AllowOnlyToday(Alternative)
            .Answers<PlaceResponse>("ETag");
        api.MapGet("places/{id}/notice", Notice).Answers<NoticeResponse>();
        api.MapGet("kiosks", ListKiosksAsync).AllowOnlyToday(Alternative).Answers<ItemsResponse<KioskResponse>>();
        api.MapGet("kiosks/{id}", FindKiosk).AllowOnlyToday(Alternative).Answers<KioskResponse>();
    }

    /// <summary>Lists places by id. Only the places of the page are asked for their state.</summary>
    private static async Task<IResult> ListAsync(
        HttpContext http,
        IPlaceRegister places,
        IGrainFactory grains,
        CancellationToken cancellationToken
    )
    {
        if (QueryParameters.Limit(http.Request.Query, MaxItems, out var limit, UsualItems) is { } problem)
            return problem;
        var after = http.Request.Query["after"].ToString();
        var following = (await places.PlacesAsync(cancellationToken))
            .Where(place => string.CompareOrdinal(place.Id, after) > 0)
            .OrderBy(place => place.Id, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToArray();
        var page = await Task.WhenAll(following.Take(limit).Select(place => grains.Place(place.Id).Describe()));
        return JsonResults.Ok(
            new ItemsResponse<PlaceResponse>(
                page.OfType<PlaceDescription>().Select(PlaceResponse.From),
                following.Length > limit ? following[limit - 1].Id : null
            )
        );
    }

    private static async Task<IResult> ListKiosksAsync(
        HttpContext http,
        IPlaceRegister places,
        IGrainFactory grains,
        CancellationToken cancellationToken
    ) =>
        JsonResults.Page(
            http,
            (await DescribeAllAsync(places, grains, cancellationToken)).SelectMany(place =>
                place.Kiosks.Where(kiosk => !kiosk.Removed).Select(KioskResponse.For)
            ),
            kiosk => kiosk.Id
        );

    private static async Task<IEnumerable<PlaceDescription>> DescribeAllAsync(
        IPlaceRegister places,
        IGrainFactory grains,
        CancellationToken cancellationToken
    ) =>
        (
            await Task.WhenAll((await places.PlacesAsync(cancellationToken)).Select(place => grains.Place(place.Id).Describe()))
        ).OfType<PlaceDescription>();

    private static async Task<IResult> FindKiosk(
        string id,
        IPlaceRegister places,
        IGrainFactory grains,
        CancellationToken cancellationToken
    ) =>
        (await places.KiosksAsync(cancellationToken)).FirstOrDefault(kiosk => kiosk.Id == id) switch
        {
            null => Problem.NotFound($"No kiosk '{id}' is registered."),
            { Removed: true } => Problem.Gone($"Kiosk '{id}' was removed."),
            var kiosk => JsonResults.Ok(KioskResponse.For(kiosk)),
        };

    private static async Task<IResult> Notice(
        string id,
        HttpContext http,
        IPlaceRegister places,
        IGrainFactory grains,
        INoticeRegister notices,
        IObservedPeriodRegister periods,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!QueryParameters.TryInstant(http.Request.Query, "at", time, out var at))
            return Problem.BadParameter($"at is '{http.Request.Query["at"]}': {QueryParameters.InstantExpected}.");
        if (at > time.GetUtcNow() + ClockTolerance)
            return Problem.BadParameter($"at is '{http.Request.Query["at"]}': no notice is in force at a time that has not come.");
        if (await places.DescribeAsync(id, grains, cancellationToken) is not { } place)
            return NotFound(id);
        // Without an instant the answer is the notice that the place has just brought up to date, though it is younger than the request.
        var isPast = http.Request.Query.ContainsKey("at");
        var notice = isPast && at < place.Notice.IssuedAt ? await notices.FindAtAsync(id, at, cancellationToken) : place.Notice;
        if (notice is null)
            return Problem.NotFound($"No notice had been issued for place '{id}' by {NoticePayload.FormatInstant(at)}.");
        var gap = isPast ? await periods.FindGapAsync(at, time.GetUtcNow(), cancellationToken) : null;
        return JsonResults.Ok(NoticeResponse.Create(at, notice, gap));
    }

    private static IResult NotFound(string id) => Problem.NotFound($"No place '{id}' is registered.");
}

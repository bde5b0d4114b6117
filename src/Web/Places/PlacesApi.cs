using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Registers;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Places and the notices in force there, for programs.</summary>
internal static class PlacesApi
{
    private const int MaxItems = 1000,
        UsualItems = 200;

    /// <summary>By how much a client's clock may be ahead of the registry's.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("places", ListAsync).Answers<ItemsResponse<PlaceResponse>>().OrAnswers<ItemsResponse<PlaceVersionResponse>>();
        api.MapGet("places/{id}", FindAsync).Answers<PlaceResponse>("ETag").OrAnswers<PlaceVersionResponse>();
        api.MapGet("places/{id}/notice", Notice).Answers<NoticeResponse>();
        api.MapGet("kiosks", ListKiosksAsync).Answers<ItemsResponse<KioskResponse>>().OrAnswers<ItemsResponse<KioskVersionResponse>>();
        api.MapGet("kiosks/{id}", FindKioskAsync).Answers<KioskResponse>("ETag").OrAnswers<KioskVersionResponse>();
    }

    /// <summary>Lists places by id. Only the places of the page are asked for their state.</summary>
    private static async Task<IResult> ListAsync(
        HttpContext http,
        IPlaceRegister places,
        IInventoryRegister<Place> versions,
        IInventoryRegister<Kiosk> kiosks,
        IGrainFactory grains,
        CancellationToken cancellationToken
    )
    {
        var (point, fault) = await RegisterTimes.ReadPointAsync(http);
        if (fault is not null)
            return fault;
        if (point is not null)
        {
            var then = await versions.ListAsync(point, cancellationToken);
            var shown = (await kiosks.ListAsync(point, cancellationToken)).Select(version => version.Value).ToArray();
            return then.IsEmpty
                ? RegisterApi.NothingKnown(point)
                : JsonResults.Page(
                    http,
                    then.Where(version => !version.Value.IsRetired).Select(version => PlaceVersionResponse.From(version, shown)),
                    place => place.Id
                );
        }

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

    private static async Task<IResult> FindAsync(
        string id,
        HttpContext http,
        IInventoryRegister<Place> versions,
        IInventoryRegister<Kiosk> kiosks,
        IGrainFactory grains,
        CancellationToken cancellationToken
    )
    {
        var (point, fault) = await RegisterTimes.ReadPointAsync(http);
        if (fault is not null)
            return fault;
        var version = await versions.FindAsync(id, point, cancellationToken);
        if (await RegisterApi.MissingAsync(versions, "place", id, point, version, version?.Value.IsRetired == true, http) is { } missing)
            return missing;
        if (point is null)
            return await grains.Place(id).Describe() is { } place
                ? JsonResults.Resource(http, PlaceResponse.From(place), version!.Number)
                : NotFound(id);
        var shown = (await kiosks.ListAsync(point, cancellationToken)).Select(kiosk => kiosk.Value);
        return JsonResults.Resource(http, PlaceVersionResponse.From(version!, shown), version!.Number);
    }

    private static async Task<IResult> ListKiosksAsync(
        HttpContext http,
        IInventoryRegister<Kiosk> kiosks,
        CancellationToken cancellationToken
    )
    {
        var (point, fault) = await RegisterTimes.ReadPointAsync(http);
        if (fault is not null)
            return fault;
        var all = await kiosks.ListAsync(point, cancellationToken);
        var versions = all.Where(version => !version.Value.Removed);
        if (point is not null && all.IsEmpty)
            return RegisterApi.NothingKnown(point);
        return point is null
            ? JsonResults.Page(http, versions.Select(version => KioskResponse.For(version.Value)), kiosk => kiosk.Id)
            : JsonResults.Page(http, versions.Select(KioskVersionResponse.From), kiosk => kiosk.Id);
    }

    private static async Task<IResult> FindKioskAsync(
        string id,
        HttpContext http,
        IInventoryRegister<Kiosk> kiosks,
        CancellationToken cancellationToken
    )
    {
        var (point, fault) = await RegisterTimes.ReadPointAsync(http);
        if (fault is not null)
            return fault;
        var version = await kiosks.FindAsync(id, point, cancellationToken);
        if (await RegisterApi.MissingAsync(kiosks, "kiosk", id, point, version, version?.Value.Removed == true, http) is { } missing)
            return missing;
        object answer = point is null ? KioskResponse.For(version!.Value) : KioskVersionResponse.From(version!);
        return JsonResults.Resource(http, answer, version!.Number);
    }

    private static async Task<IResult> Notice(
        string id,
        HttpContext http,
        IInventoryRegister<Place> versions,
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
        if (await versions.FindAsync(id, null, cancellationToken) is not { } version)
            return NotFound(id);
        // Without an instant the answer is the notice that the place has just brought up to date, though it is younger than the request.
        var isPast = http.Request.Query.ContainsKey("at");
        var then = isPast
            ? await versions.FindAsync(id, new RegisterPoint(at.ToUniversalTime(), at.ToUniversalTime()), cancellationToken)
            : version;
        if (then is { Value.IsRetired: true } && await RegisterApi.MissingAsync(versions, "place", id, null, then, true, http) is { } gone)
            return gone;
        // A retired place has no notice now, and the notices of before.
        var place = version.Value.IsRetired ? null : await grains.Place(id).Describe();
        var notice =
            place is null || isPast && at < place.Notice.IssuedAt ? await notices.FindAtAsync(id, at, cancellationToken) : place.Notice;
        if (notice is null)
            return Problem.NotFound($"No notice had been issued for place '{id}' by {NoticePayload.FormatInstant(at)}.");
        var gap = isPast ? await periods.FindGapAsync(at, time.GetUtcNow(), cancellationToken) : null;
        return JsonResults.Ok(NoticeResponse.Create(at, notice, gap));
    }

    private static IResult NotFound(string id) => Problem.NotFound($"No place '{id}' is registered.");
}

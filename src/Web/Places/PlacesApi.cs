using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Registers;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Places and the notices in force there, for programs.</summary>
internal static class PlacesApi
{
    private const string Word = "place";

    private const int MaxItems = 1000,
        UsualItems = 200;

    /// <summary>By how much a client's clock may be ahead of the registry's.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("places", ListAsync).Answers<ItemsResponse<PlaceResponse>>();
        api.MapGet("places/{id}", FindAsync).Answers<PlaceResponse>("ETag");
        api.MapGet("places/{id}/notice", Notice).Answers<NoticeResponse>();
        api.MapGet("kiosks", ListKiosksAsync).Answers<ItemsResponse<KioskResponse>>();
        api.MapGet("kiosks/{id}", FindKioskAsync).Answers<KioskResponse>("ETag");
    }

    /// <summary>Lists places by id. Only the places of the page are asked for their state.</summary>
    private static Task<IResult> ListAsync(HttpContext http, IInventoryRegister<Place> versions, IGrainFactory grains) =>
        RegisterRoutes.ListAsync(http, versions, (point, all) => PageAsync(http, grains, point, all));

    private static async Task<IResult> PageAsync(
        HttpContext http,
        IGrainFactory grains,
        RegisterPoint? point,
        ImmutableArray<RegisterVersion<Place>> all
    )
    {
        if (QueryParameters.Limit(http.Request.Query, MaxItems, out var limit, point is null ? UsualItems : null) is { } problem)
            return problem;
        var after = http.Request.Query["after"].ToString();
        var places = all.RemoveAll(version => version.Value.IsRetired);
        var following = places.Where(place => string.CompareOrdinal(place.Value.Id, after) > 0).Take(limit + 1).ToArray();
        if (point is not null)
        {
            var uses = await UsesAsync(point, [.. following.Take(limit).Select(version => version.Value.Id)], http);
            return Page(following.Take(limit).Select(version => PlaceResponse.From(version, uses)));
        }

        var page = await Task.WhenAll(
            following
                .Take(limit)
                .Select(async version =>
                    await grains.Place(version.Value.Id).Describe() is { } place ? PlaceResponse.From(place, version) : null
                )
        );
        return Page(page.OfType<PlaceResponse>());

        IResult Page(IEnumerable<PlaceResponse> items) =>
            JsonResults.Ok(new ItemsResponse<PlaceResponse>(items, following.Length > limit ? following[limit - 1].Value.Id : null));
    }

    private static Task<IResult> FindAsync(string id, HttpContext http, IInventoryRegister<Place> versions, IGrainFactory grains) =>
        RegisterRoutes.FindAsync(
            http,
            versions,
            Word,
            id,
            place => place.IsRetired,
            async (point, version) =>
                point is not null
                    ? JsonResults.Resource(http, PlaceResponse.From(version, await UsesAsync(point, [id], http)), version.Number)
                : await grains.Place(id).Describe() is { } place
                    ? JsonResults.Resource(http, PlaceResponse.From(place, version), version.Number)
                : NotFound(id)
        );

    /// <summary>What was at some places. What is said of devices holds from when it is recorded.</summary>
    private static Task<PastUses> UsesAsync(RegisterPoint point, string[] places, HttpContext http)
    {
        var services = http.RequestServices;
        var (kiosks, uses) = (services.GetRequiredService<IInventoryRegister<Kiosk>>(), services.GetRequiredService<IPlaceUses>());
        var then = point.AsOf < point.KnownAt ? point.AsOf : point.KnownAt;
        return services
            .GetRequiredService<PastQuestions>()
            .RunAsync(
                async wanted => new PastUses(
                    [.. (await kiosks.ListAsync(point, wanted)).Select(version => version.Value).Where(kiosk => !kiosk.Removed)],
                    await uses.DevicesByPlaceAsync(places, then, wanted),
                    await uses.FleetsByPlaceAsync(places, point, wanted)
                ),
                http
            );
    }

    private static Task<IResult> ListKiosksAsync(HttpContext http, IInventoryRegister<Kiosk> kiosks) =>
        RegisterRoutes.ListAsync(
            http,
            kiosks,
            (_, all) =>
                Task.FromResult(
                    JsonResults.Page(http, all.Where(version => !version.Value.Removed).Select(KioskResponse.From), kiosk => kiosk.Id)
                )
        );

    private static Task<IResult> FindKioskAsync(string id, HttpContext http, IInventoryRegister<Kiosk> kiosks) =>
        RegisterRoutes.FindAsync(
            http,
            kiosks,
            "kiosk",
            id,
            kiosk => kiosk.Removed,
            (_, version) => Task.FromResult(JsonResults.Resource(http, KioskResponse.From(version), version.Number))
        );

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
        if (then is { Value.IsRetired: true })
            return RegisterRoutes.Gone(http, Word, id, then);
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

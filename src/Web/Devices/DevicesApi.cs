using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Devices.Responses;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>Devices, for programs. The public sees fixed devices only; single mobile devices only users who may read them.</summary>
internal static class DevicesApi
{
    private const int MaxItems = 1000,
        UsualItems = 200;

    private const string Alternative =
        "Use devices/{id}?asOf= or devices/{id}/history for the past of a device, and changes and log/… for how it was registered.";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("devices", ListAsync).AllowOnlyToday(Alternative).Answers<ItemsResponse<FixedDeviceResponse>>();
        api.MapGet("devices/{id}", FindAsync)
            .Answers<FixedDeviceResponse>("ETag")
            .OrAnswers<FixedPastDeviceResponse>()
            .OrAnswers<DeviceResponse>()
            .OrAnswers<PastDeviceResponse>();
    }

    private static async Task<IResult> FindAsync(
        string id,
        IDeviceRegister devices,
        IMobileReadAudit audit,
        IGrainFactory grains,
        TimeProvider time,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        // The version is read at the same time as the device, not later: a change made from a state newer than its version is refused.
        var (found, version) = (MobileReadPolicy.FindAsync(devices, id, http), devices.VersionAsync(id, cancellationToken));
        await Task.WhenAll(found, version);
        if (await found is not { } device)
            return Problem.NotFound($"No fixed device '{id}' is registered.");
        if (http.Request.Query["asOf"].ToString() is { Length: > 0 } || http.Request.Query["knownAt"].ToString() is { Length: > 0 })
            return await HistoryApi.AsOf(device, http);
        if (device.KindOf.IsMobile)
            await audit.RecordAsync(http.User.StaffId(), id, "state", time.GetUtcNow(), cancellationToken);
        if (device.Lifecycle == Lifecycle.Removed)
            return Problem.Gone($"Device '{id}' was removed.");
        return await grains.Device(id).Describe() is { } described
            ? JsonResults.Resource(http, DeviceResponse.From(described), await version)
            : Problem.NotFound($"No fixed device '{id}' is registered.");
    }

    /// <summary>
    /// Lists fixed devices by id. A request looks at a bounded number of devices: with a filter of states a page may hold fewer than its
    /// limit and still have a next one.
    /// </summary>
    private static async Task<IResult> ListAsync(
        string? technology,
        string? place,
        string? kind,
        HttpContext http,
        IDeviceRegister devices,
        DeviceListReader reader,
        CancellationToken cancellationToken
    )
    {
        var query = http.Request.Query;
        if (QueryParameters.Limit(query, MaxItems, out var limit, UsualItems) is { } limitProblem)
            return limitProblem;
        if (QueryParameters.Words<PresenceState>(query, "presence", out var presences) is { } presenceProblem)
            return presenceProblem;
        if (query["exceeds"].ToString() is not ("" or "true" or "false") and var invalid)
            return Problem.BadParameter($"exceeds is '{invalid}': expected true or false.");
        if (await CheckFilterAsync(technology, place, kind, http) is { } filterProblem)
            return filterProblem;
        bool? exceeds = query["exceeds"].ToString() is { Length: > 0 } word ? word == "true" : null;

        var isFiltered = presences is not null || exceeds is not null;
        var filter = new DeviceFilter(Place: place, Kind: kind) { Technology = technology, WithoutRemoved = true };
        var candidates = await devices.ListAsync(
            filter,
            query["after"].ToString() is { Length: > 0 } after ? after : null,
            isFiltered ? MaxItems + 1 : limit + 1,
            cancellationToken
        );
        var seen = candidates.Take(isFiltered ? MaxItems : limit).ToArray();
        var observed = (await reader.ObserveAsync(seen, cancellationToken)).Where(one =>
            presences?.Contains(one.Last?.Presence ?? PresenceState.Unknown) != false
        );
        var found = (await reader.DescribeAsync([.. observed], cancellationToken))
            .Where(described => exceeds is null || exceeds == !DeviceResponse.ExceededBy(described).IsEmpty)
            .ToArray();
        var next =
            found.Length > limit ? found[limit - 1].Device.Id
            : candidates.Length > seen.Length ? seen[^1].Id
            : null;
        return JsonResults.Ok(new ItemsResponse<FixedDeviceResponse>(found.Take(limit).Select(DeviceResponse.FromFixed), next));
    }

    /// <summary>The problem of a filter that names nothing registered: an empty list would say that there are no such devices.</summary>
    private static async Task<IResult?> CheckFilterAsync(string? technology, string? place, string? kind, HttpContext http)
    {
        if (kind is not null && DeviceKind.Find(kind) is null)
            return QueryParameters.NotAmong("kind", kind, DeviceKind.All.Select(one => one.Id));
        var services = http.RequestServices;
        if (technology is not null)
        {
            var known = (await services.GetRequiredService<IGrainFactory>().Governance())
                .Table.Technologies.Select(one => one.Id)
                .ToArray();
            if (!known.Contains(technology, StringComparer.Ordinal))
                return QueryParameters.NotAmong("technology", technology, known);
        }

        if (place is null)
            return null;
        var places = await services.GetRequiredService<IPlaceRegister>().PlacesAsync(http.RequestAborted);
        return places.Any(one => one.Id == place) ? null : QueryParameters.NotAmong("place", place, places.Select(one => one.Id));
    }
}

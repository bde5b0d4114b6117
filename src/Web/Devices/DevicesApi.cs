using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>Devices, for programs. The public sees fixed devices only; single mobile devices only users who may read them.</summary>
internal static class DevicesApi
{
    private const int MaxItems = 1000;

    private const string Alternative =
        "Use devices/{id}?asOf= or devices/{id}/history for the past of a device, and changes and log/… for how it was registered.";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("devices", ListAsync).AllowOnlyToday(Alternative);
        api.MapGet("devices/{id}", FindAsync);
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
        if (AsOfTodayOnly.RefusalOfKnownAt(http, Alternative) is { } refusal)
            return refusal;
        if (http.Request.Query["asOf"].ToString() is { Length: > 0 })
            return await HistoryApi.AsOf(device, http);
        if (device.KindOf.IsMobile)
            await audit.RecordAsync(http.User.StaffId(), id, "state", time.GetUtcNow(), cancellationToken);
        if (device.Lifecycle == Lifecycle.Removed)
            return Problem.Gone($"Device '{id}' was removed.");
        return await grains.Device(id).Describe() is { } described
            ? JsonResults.Resource(http, ToResponse(described), await version)
            : Problem.NotFound($"No fixed device '{id}' is registered.");
    }

    /// <summary>
    /// Lists fixed devices by id. Grains are asked only for the devices that the filters and the page need.
    /// </summary>
    private static async Task<IResult> ListAsync(
        string? technology,
        string? place,
        string? kind,
        HttpContext http,
        IDeviceRegister devices,
        IGrainFactory grains,
        CancellationToken cancellationToken
    )
    {
        var query = http.Request.Query;
        if (QueryParameters.Limit(query, MaxItems, out var limit) is { } limitProblem)
            return limitProblem;
        if (QueryParameters.Words<PresenceState>(query, "presence", out var presences) is { } presenceProblem)
            return presenceProblem;
        if (query["exceeds"].ToString() is not ("" or "true" or "false") and var invalid)
            return Problem.BadParameter($"exceeds is '{invalid}': expected true or false.");
        bool? exceeds = query["exceeds"].ToString() is { Length: > 0 } filter ? filter == "true" : null;

        var after = query["after"].ToString();
        var candidates = (await devices.AllAsync(cancellationToken))
            .Where(device =>
                !device.KindOf.IsMobile
                && device.Lifecycle != Lifecycle.Removed
                && (technology is null || device.Technology == technology)
                && (place is null || device.Place == place)
                && (kind is null || device.Kind == kind)
                && string.CompareOrdinal(device.Id, after) > 0
            )
            .OrderBy(device => device.Id, StringComparer.Ordinal);
        var found = await DescribeAsync(candidates, presences, exceeds, limit, grains);
        return JsonResults.Ok(
            new { items = found.Take(limit).Select(ToResponse), next = found.Count > limit ? found[limit - 1].Device.Id : null }
        );
    }

    /// <summary>
    /// Describes the devices that pass the filters, in the order of the candidates. Stops when it has found more than
    /// <paramref name="limit"/>.
    /// </summary>
    private static async Task<List<DeviceDescription>> DescribeAsync(
        IEnumerable<Device> candidates,
        HashSet<PresenceState>? presences,
        bool? exceeds,
        int limit,
        IGrainFactory grains
    )
    {
        var found = new List<DeviceDescription>();
        foreach (var chunk in candidates.Chunk(limit + 1))
        {
            // The presence filter needs only the last observation, not the rules.
            var matching = presences is null
                ? chunk
                : (
                    await Task.WhenAll(
                        chunk.Select(async device => (Device: device, Last: await grains.Device(device.Id).LastObservation()))
                    )
                )
                    .Where(observed => presences.Contains(observed.Last?.Presence ?? PresenceState.Unknown))
                    .Select(observed => observed.Device);
            found.AddRange(
                (await Task.WhenAll(matching.Select(device => grains.Device(device.Id).Describe())))
                    .OfType<DeviceDescription>()
                    .Where(described =>
                        presences?.Contains(described.Last?.Presence ?? PresenceState.Unknown) != false
                        && (exceeds is null || exceeds == !Exceeds(described).IsEmpty)
                    )
            );
            if (found.Count > limit)
                break;
        }

        return found;
    }

    private static ImmutableArray<Capture> Exceeds(DeviceDescription described) =>
        described.Last is { } last && described.Expected is { } expected ? expected.ExceededBy(last) : [];

    private static object ToResponse(DeviceDescription described)
    {
        var (device, last, _, governedBy) = described;
        return new
        {
            device.Id,
            device.Kind,
            device.Technology,
            device.Sensors,
            device.Place,
            device.Fleet,
            device.Department,
            device.Lifecycle,
            device.Gateway,
            presence = last?.Presence ?? PresenceState.Unknown,
            deadlineSeconds = device.DeadlineSeconds,
            capture = last?.Capture ?? default,
            // Captures that it reported and that are not registered: it may be recording them although `capture` does not say so.
            beyond = last?.UnregisteredCaptures ?? default,
            expected = described.Expected,
            // Captures beyond its rules, and whether it applies an old version of them. Public.
            exceeds = Exceeds(described),
            ruleVersion = last?.RuleVersion,
            isBehind = last is not null && described.Expected?.IsBehind(last) == true,
            evidence = last?.Evidence,
            sessionEnd = last?.SessionEnd,
            clockFellBack = last?.ClockFellBack ?? false,
            skewSeconds = last?.SkewSeconds,
            lastHeardAt = last?.LastHeardAt is { } heardAt ? NoticePayload.FormatInstant(heardAt) : null,
            governedBy = governedBy.Select(row => new
            {
                instrument = row.Instrument.Id,
                row.Instrument.Citation,
                row.Version?.Title,
                effectiveFrom = row.Version?.Effective.From,
                row.Status,
            }),
        };
    }
}

using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Policies.Api;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>Fixed units, for programs. Mobile units never appear singly: they have no place here.</summary>
internal static class DevicesApi
{
    private const int MaxItems = 1000;

    private const string Instead =
        "Ask devices/{id}?asOf= or devices/{id}/history for what one device was doing, and changes and log/… for how it came to be registered.";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("devices", ListAsync).OnlyCurrentVersion(Instead);
        api.MapGet(
            "devices/{id}",
            async (
                string id,
                IDeviceRegister devices,
                IMobileReadAudit readings,
                IGrainFactory grains,
                TimeProvider time,
                HttpContext http,
                CancellationToken cancellationToken
            ) =>
            {
                // Asked for beside the rest, and no later: a state that is newer than its version is refused where somebody wants to change
                // it.
                var (found, version) = (devices.FindAsync(id, cancellationToken), devices.VersionAsync(id, cancellationToken));
                await Task.WhenAll(found, version);
                if (await found is not { } device || device.KindOf.IsMobile && !MayReadSingly(http.User))
                    return Problem.NotFound($"No fixed device '{id}' is registered.");
                if (CurrentVersionOnly.RefusalOfKnownAt(http, Instead) is { } refusal)
                    return refusal;
                if (http.Request.Query["asOf"].ToString() is { Length: > 0 })
                    return await HistoryApi.AsOf(device, http);
                if (device.KindOf.IsMobile)
                    await readings.RecordAsync(http.User.StaffId(), id, "state", time.GetUtcNow(), cancellationToken);
                if (device.Lifecycle == Lifecycle.Removed)
                    return Problem.Gone($"Device '{id}' was removed.");
                return await grains.Device(id).Describe() is { } described
                    ? GovernanceApi.One(http, Shape(described), $"{await version}.")
                    : Problem.NotFound($"No fixed device '{id}' is registered.");
            }
        );
    }

    /// <summary>
    /// The fixed devices, in order of their ids. What they do is asked of them only as far as the question and the page reach.
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
        if (!QueryParameters.TryLimit(query, MaxItems, out var limit))
            return Problem.BadParameter($"limit is '{query["limit"]}': expected a number from 1 to {MaxItems}.");
        HashSet<PresenceState>? presences = null;
        foreach (
            var word in query["presence"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            if (!Domain.Json.TryWord<PresenceState>(word, out var presence))
                return Problem.BadParameter(
                    $"presence is '{word}': expected one or several of {string.Join(", ", Enum.GetValues<PresenceState>().Select(Domain.Json.Word))}, with commas between them."
                );
            (presences ??= []).Add(presence);
        }

        if (query["exceeds"].ToString() is not ("" or "true" or "false") and var neither)
            return Problem.BadParameter($"exceeds is '{neither}': expected true or false.");
        bool? exceeds = query["exceeds"].ToString() is { Length: > 0 } asks ? asks == "true" : null;

        var after = query["after"].ToString();
        var asked = (await devices.AllAsync(cancellationToken))
            .Where(device =>
                !device.KindOf.IsMobile
                && device.Lifecycle != Lifecycle.Removed
                && (technology is null || device.Technology == technology)
                && (place is null || device.Place == place)
                && (kind is null || device.Kind == kind)
                && string.CompareOrdinal(device.Id, after) > 0
            )
            .OrderBy(device => device.Id, StringComparer.Ordinal);
        var found = new List<DeviceDescription>();
        foreach (var some in asked.Chunk(limit + 1))
        {
            // Whether a device is heard is known without asking what governs it.
            var alike = presences is null
                ? some
                : (
                    await Task.WhenAll(
                        some.Select(async device => (Device: device, Last: await grains.Device(device.Id).LastObservation()))
                    )
                )
                    .Where(one => presences.Contains(one.Last?.Presence ?? PresenceState.Unknown))
                    .Select(one => one.Device);
            found.AddRange(
                (await Task.WhenAll(alike.Select(device => grains.Device(device.Id).Describe())))
                    .OfType<DeviceDescription>()
                    .Where(described =>
                        presences?.Contains(described.Last?.Presence ?? PresenceState.Unknown) != false
                        && (exceeds is null || exceeds == !Exceeds(described).IsEmpty)
                    )
            );
            if (found.Count > limit)
                break;
        }

        return GovernanceApi.Json(
            new { items = found.Take(limit).Select(Shape), next = found.Count > limit ? found[limit - 1].Device.Id : null }
        );
    }

    private static ImmutableArray<Capture> Exceeds(DeviceDescription described) =>
        described.Last is { } last && described.Expected is { } expected ? expected.ExceededBy(last) : [];

    /// <summary>Who may read what a single mobile unit does; each reading is written down.</summary>
    public static bool MayReadSingly(ClaimsPrincipal who) => who.Is(Role.DeviceClerk) || who.Is(Role.Auditor);

    /// <summary>The devices behind a gateway, as far as whoever asks may see them.</summary>
    public static async Task<ImmutableArray<Device>> BehindAsync(
        string gateway,
        HttpContext http,
        IEnrolment enrolment,
        IMobileReadAudit readings,
        TimeProvider time
    )
    {
        var behind = await enrolment.AllBehindAsync(gateway, http.RequestAborted);
        if (!MayReadSingly(http.User))
            return [.. behind.Where(device => !device.KindOf.IsMobile)];
        await NoteListAsync(behind, http, readings, time);
        return behind;
    }

    /// <summary>Writes down that the mobile units among some were read, before they are shown.</summary>
    public static async Task NoteListAsync(ImmutableArray<Device> devices, HttpContext http, IMobileReadAudit readings, TimeProvider time)
    {
        if (devices.Where(device => device.KindOf.IsMobile).Select(device => device.Id).ToArray() is { Length: > 0 } mobile)
            await readings.RecordAsync(http.User.StaffId(), mobile, "list", time.GetUtcNow(), http.RequestAborted);
    }

    private static object Shape(DeviceDescription described)
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
            // What it named and the register has no sensor for: it may be recording where 'capture' does not say.
            beyond = last?.UnregisteredCaptures ?? default,
            expected = described.Expected,
            // More than its rules allow, or another version of them than it was told: state, for everybody to see.
            exceeds = Exceeds(described),
            ruleVersion = last?.RuleVersion,
            isBehind = last is not null && described.Expected?.IsBehind(last) == true,
            evidence = last?.Evidence,
            sessionEnd = last?.SessionEnd,
            clockFellBack = last?.ClockFellBack ?? false,
            skewSeconds = last?.SkewSeconds,
            lastHeardAt = last?.LastHeardAt is { } heardAt ? NoticePayload.Instant(heardAt) : null,
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

using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Web.Policies;
using SurveillanceRegistry.Web.Staff;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>Fixed units, for programs. Mobile units never appear singly: they have no place here.</summary>
internal static class DevicesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("devices", async (string? technology, string? place, string? kind, IDeviceRegister devices, IGrainFactory grains, CancellationToken cancellationToken) =>
        {
            var asked = (await devices.AllAsync(cancellationToken)).Where(device => !device.KindOf.IsMobile && device.Lifecycle != Lifecycle.Removed
                && (technology is null || device.Technology == technology) && (place is null || device.Place == place) && (kind is null || device.Kind == kind));
            var described = await Task.WhenAll(asked.Select(device => grains.Device(device.Id).Describe()));
            return GovernanceApi.Collection(described.OfType<DeviceDescription>().Select(Shape));
        });
        api.MapGet("devices/{id}", async (string id, IDeviceRegister devices, IReadings readings, IGrainFactory grains, TimeProvider time, HttpContext http, CancellationToken cancellationToken) =>
        {
            if (await devices.FindAsync(id, cancellationToken) is not { } device || device.KindOf.IsMobile && !MayReadSingly(http.User))
                return Problem.NotFound($"No fixed device '{id}' is registered.");
            if (http.Request.Query["asOf"].ToString() is { Length: > 0 })
                return await HistoryApi.AsOf(device, http);
            if (device.KindOf.IsMobile)
                await readings.NoteAsync(http.User.StaffId(), id, "state", time.GetUtcNow(), cancellationToken);
            if (device.Lifecycle == Lifecycle.Removed)
                return Problem.Gone($"Device '{id}' was removed.");
            return await grains.Device(id).Describe() is { } described ? GovernanceApi.One(http, Shape(described), $"{await devices.VersionAsync(id, cancellationToken)}.") : Problem.NotFound($"No fixed device '{id}' is registered.");
        });
    }

    /// <summary>Who may read what a single mobile unit does; each reading is written down.</summary>
    public static bool MayReadSingly(ClaimsPrincipal who) => who.Is(Role.DeviceClerk) || who.Is(Role.Auditor);

    /// <summary>The devices behind a gateway, as far as whoever asks may see them.</summary>
    public static async Task<ImmutableArray<Device>> BehindAsync(string gateway, HttpContext http, IEnrolment enrolment, IReadings readings, TimeProvider time)
    {
        var behind = await enrolment.AllBehindAsync(gateway, http.RequestAborted);
        if (!MayReadSingly(http.User))
            return [.. behind.Where(device => !device.KindOf.IsMobile)];
        await NoteListAsync(behind, http, readings, time);
        return behind;
    }

    /// <summary>Writes down that the mobile units among some were read, before they are shown.</summary>
    public static async Task NoteListAsync(ImmutableArray<Device> devices, HttpContext http, IReadings readings, TimeProvider time)
    {
        if (devices.Where(device => device.KindOf.IsMobile).Select(device => device.Id).ToArray() is { Length: > 0 } mobile)
            await readings.NoteAsync(http.User.StaffId(), mobile, "list", time.GetUtcNow(), http.RequestAborted);
    }

    private static object Shape(DeviceDescription described)
    {
        var (device, last, _, governedBy) = described;
        return new
        {
            device.Id, device.Kind, device.Technology, device.Sensors, device.Place, device.Fleet, device.Department, device.Lifecycle, device.Gateway,
            presence = last?.Presence ?? PresenceState.Unknown,
            deadlineSeconds = device.DeadlineSeconds,
            capture = last?.Capture ?? default,
            expected = described.Expected,
            // More than its rules allow, or another version of them than it was told: state, for everybody to see.
            exceeds = last is null ? [] : described.Expected?.ExceededBy(last) ?? [],
            ruleVersion = last?.RuleVersion,
            isBehind = last is not null && described.Expected?.IsBehind(last) == true,
            evidence = last?.Evidence,
            sessionEnd = last?.SessionEnd,
            clockFellBack = last?.ClockFellBack ?? false,
            skewSeconds = last?.SkewSeconds,
            lastHeardAt = last is null ? null : NoticePayload.Instant(last.LastHeardAt),
            governedBy = governedBy.Select(row => new { instrument = row.Instrument.Id, row.Instrument.Citation, row.Version?.Title, effectiveFrom = row.Version?.Effective.From, row.Status }),
        };
    }
}

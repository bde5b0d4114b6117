using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>
/// The past of devices and the fleets, for programs. The past of a mobile device is only for users who may read it; each reading is
/// recorded.
/// </summary>
internal static class HistoryApi
{
    private static readonly TimeSpan UsualSpan = TimeSpan.FromDays(1);

    /// <summary>The shortest time that the database tells apart.</summary>
    private static readonly TimeSpan OneMicrosecond = TimeSpan.FromMicroseconds(1);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet(
            "devices/{id}/history",
            (string id, HttpContext http, IDeviceRegister devices, IStateHistoryRegister history) =>
                OverAsync(id, http, devices, history, (past, _) => new { items = past.Intervals.Select(Shape), next = (string?)null })
        );
        api.MapGet(
            "devices/{id}/availability",
            (string id, HttpContext http, IDeviceRegister devices, IStateHistoryRegister history) =>
                OverAsync(id, http, devices, history, (past, now) => Shares(past.Availability(now)))
        );
        api.MapGet(
            "fleets",
            async (IDeviceRegister devices, TimeProvider time, CancellationToken cancellationToken) =>
                JsonResults.Ok(
                    new
                    {
                        items = (await PublicFleets.FindAsync(devices, time.GetUtcNow(), cancellationToken)).Parts.Select(Shape),
                        next = (string?)null,
                    }
                )
        );
        api.MapGet(
            "fleets/{id}",
            async (string id, IDeviceRegister devices, TimeProvider time, CancellationToken cancellationToken) =>
                (await PublicFleets.FindAsync(devices, time.GetUtcNow(), cancellationToken))
                    .Parts.Where(fleet => fleet.Id == id)
                    .Select(Shape)
                    .ToArray()
                    is { Length: > 0 } parts
                    ? JsonResults.Ok(new { id, kinds = parts })
                    : Problem.NotFound($"No fleet '{id}' is registered.")
        );
    }

    private static object Shape(RegisteredFleet fleet) =>
        new
        {
            fleet.Id,
            fleet.Kind,
            fleet.Technology,
            fleet.Department,
            units = PublishedFleetCount.Of(fleet.Units), // Rounded to 5; null for fewer than 13.
        };

    /// <summary>What a device was doing at an instant, or over a day in the city.</summary>
    public static async Task<IResult> AsOf(Device device, HttpContext http)
    {
        var services = http.RequestServices;
        var (city, time) = (
            (await services.GetRequiredService<IGrainFactory>().Governance()).City,
            services.GetRequiredService<TimeProvider>()
        );
        DateTimeOffset from,
            to;
        if (
            QueryParameters.TryDay(http.Request.Query, city, time, out var day)
            && StateHistory.Instants(day.ToDateTime(TimeOnly.MinValue), city) is [var begins, ..]
            && StateHistory.Instants(day.NextDay().ToDateTime(TimeOnly.MinValue), city) is [var ends, ..]
        )
            (from, to) = (begins, ends);
        else if (QueryParameters.TryInstant(http.Request.Query, "asOf", time, out var at))
            (from, to) = (at.ToUniversalTime(), at.Shift(OneMicrosecond));
        else
            return Problem.BadParameter($"asOf is '{http.Request.Query["asOf"]}': {QueryParameters.DayExpected}, or an instant.");
        if (await CheckReadAsync(device, "history", http) is { } refusal)
            return refusal;
        var past = await services.GetRequiredService<IStateHistoryRegister>().FindAsync(device.Id, from, to, http.RequestAborted);
        return JsonResults.Ok(
            new
            {
                device.Id,
                device.Kind,
                device.Technology,
                device.Place,
                asOf = http.Request.Query["asOf"].ToString(),
                states = past.Intervals.Select(Shape),
            }
        );
    }

    private static async Task<IResult> OverAsync(
        string id,
        HttpContext http,
        IDeviceRegister devices,
        IStateHistoryRegister history,
        Func<StateHistory, DateTimeOffset, object> shape
    )
    {
        if (await MobileReadPolicy.FindAsync(devices, id, http) is not { } device)
            return Problem.NotFound($"No fixed device '{id}' is registered.");
        if (await CheckReadAsync(device, "history", http) is { } refusal)
            return refusal;
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        var now = time.GetUtcNow();
        if (!QueryParameters.TryInstant(http.Request.Query, "to", time, out var to))
            return Problem.BadParameter($"to is '{http.Request.Query["to"]}': {QueryParameters.InstantExpected}.");
        if (!QueryParameters.TryInstant(http.Request.Query, "from", time, out var from))
            return Problem.BadParameter($"from is '{http.Request.Query["from"]}': {QueryParameters.InstantExpected}.");
        from = http.Request.Query["from"].ToString().Length == 0 ? to.Shift(-UsualSpan) : from;
        if (to <= from || to - from > IStateHistoryRegister.MaxSpan)
            return Problem.BadParameter(
                $"from {LedgerEntry.FormatTime(from)} to {LedgerEntry.FormatTime(to)}: "
                    + $"expected a span of at most {IStateHistoryRegister.MaxSpan.TotalDays} days."
            );
        return JsonResults.Ok(shape(await history.FindAsync(id, from.ToUniversalTime(), to.ToUniversalTime(), http.RequestAborted), now));
    }

    /// <summary>
    /// Returns the problem when the user may not read a device's past. Returns null otherwise, and records the reading of a mobile device.
    /// </summary>
    private static async Task<IResult?> CheckReadAsync(Device device, string what, HttpContext http)
    {
        if (!device.KindOf.IsMobile)
            return null;
        if (!MobileReadPolicy.MayRead(http.User))
            return Problem.NotFound($"No fixed device '{device.Id}' is registered.");
        var services = http.RequestServices;
        await services
            .GetRequiredService<IMobileReadAudit>()
            .RecordAsync(
                http.User.StaffId(),
                device.Id,
                what,
                services.GetRequiredService<TimeProvider>().GetUtcNow(),
                http.RequestAborted
            );
        return null;
    }

    private static object Shape(StateInterval interval) =>
        new
        {
            from = LedgerEntry.FormatTime(interval.From),
            to = interval.To is { } to ? LedgerEntry.FormatTime(to) : null,
            interval.Presence,
            interval.Evidence,
            interval.SessionEnd,
            capture = interval.IsHeard ? interval.Capture : default,
            lastReported = interval.Capture,
            interval.Health,
        };

    private static object Shares(TimeShares shares) =>
        new
        {
            seconds = Math.Round(shares.Whole.TotalSeconds, 3),
            heard = Share(shares.Heard, shares.Whole),
            notHeard = Share(shares.NotHeard, shares.Whole),
            unseen = Share(shares.Unseen, shares.Whole),
        };

    private static object Share(TimeSpan part, TimeSpan whole) =>
        new { seconds = Math.Round(part.TotalSeconds, 3), percent = whole == TimeSpan.Zero ? 0 : Math.Round(100 * part / whole, 3) };
}

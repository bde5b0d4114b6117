using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Devices.Responses;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>
/// The past of devices, for programs. The past of a mobile device is only for users who may read it; each reading is
/// recorded.
/// </summary>
internal static class HistoryApi
{
    private static readonly TimeSpan UsualSpan = TimeSpan.FromDays(1);

    /// <summary>The shortest time that the database tells apart.</summary>
    private static readonly TimeSpan OneMicrosecond = TimeSpan.FromMicroseconds(1);

    private static readonly string[] Times = ["asOf", "knownAt"];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet(
                "devices/{id}/history",
                (string id, HttpContext http, IDeviceRegister devices, IStateHistoryRegister history) =>
                    OverAsync(
                        id,
                        http,
                        devices,
                        history,
                        (past, _) => new ItemsResponse<StateResponse>(past.Intervals.Select(StateResponse.Create), null)
                    )
            )
            .Answers<ItemsResponse<StateResponse>>();
        api.MapGet(
                "devices/{id}/availability",
                (string id, HttpContext http, IDeviceRegister devices, IStateHistoryRegister history) =>
                    OverAsync(id, http, devices, history, (past, now) => AvailabilityResponse.From(past.Availability(now)))
            )
            .Answers<AvailabilityResponse>();
    }

    /// <summary>
    /// A device as it was at an instant, or over a day in the city: what the register said of it then, and what it was doing.
    /// </summary>
    public static async Task<IResult> AsOf(Device device, HttpContext http)
    {
        var services = http.RequestServices;
        var (city, time) = (
            (await services.GetRequiredService<IGrainFactory>().Governance()).City,
            services.GetRequiredService<TimeProvider>()
        );
        var asOf = http.Request.Query["asOf"].ToString() is { Length: > 0 } asked ? asked : LedgerEntry.FormatTime(time.GetUtcNow());
        DateTimeOffset from,
            to;
        if (
            http.Request.Query.ContainsKey("asOf")
            && QueryParameters.TryDay(http.Request.Query, city, time, out var day)
            && StateHistory.Instants(day.ToDateTime(TimeOnly.MinValue), city) is [var begins, ..]
            && StateHistory.Instants(day.NextDay().ToDateTime(TimeOnly.MinValue), city) is [var ends, ..]
        )
            (from, to) = (begins, ends);
        else if (QueryParameters.TryInstant(http.Request.Query, "asOf", time, out var at))
            (from, to) = (at.ToUniversalTime(), at.Shift(OneMicrosecond));
        else
            return Problem.BadParameter($"asOf is '{asOf}': {QueryParameters.DayExpected}, or an instant.");
        if (from > time.GetUtcNow())
            return Problem.BadParameter($"asOf is '{asOf}': that time has not come.");
        if (!QueryParameters.TryInstant(http.Request.Query, "knownAt", time, out var knownAt) || knownAt > time.GetUtcNow())
            return Problem.BadParameter($"knownAt is '{http.Request.Query["knownAt"]}': {QueryParameters.InstantExpected}, of the past.");
        if (knownAt < to)
            (from, to) = (knownAt < from ? knownAt : from, knownAt.Shift(OneMicrosecond));
        if (await CheckReadAsync(device, "history", http) is { } refusal)
            return refusal;
        var registered = await services.GetRequiredService<IDeviceRegister>().RegisteredAsync(device.Id, from, to, http.RequestAborted);
        if (registered.IsEmpty)
            return Problem.NotFound($"Device '{device.Id}' was not registered yet: {Asked(http)}.");
        if (registered.FirstOrDefault(entry => entry.Device is null) is { } unsaid)
            return Problem.NotFound(
                $"What was registered of device '{device.Id}' then is not known: the entry of {LedgerEntry.FormatTime(unsaid.Since)} "
                    + "is of an older version of the registry, which did not write the sensors."
            );
        var past = await services.GetRequiredService<IStateHistoryRegister>().FindAsync(device.Id, from, to, http.RequestAborted);
        return JsonResults.Resource(http, PastDeviceResponse.Create(asOf, knownAt, registered, past));
    }

    /// <summary>The times that a request asks about.</summary>
    private static string Asked(HttpContext http) =>
        string.Join(", ", Times.Where(http.Request.Query.ContainsKey).Select(name => $"{name} is '{http.Request.Query[name]}'"));

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
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>Reads the times that registers are asked for, and those since which a version holds. A day is a day in the city.</summary>
internal static class RegisterTimes
{
    /// <summary>
    /// Reads <c>?asOf=</c>, a day or an instant, and <c>?knownAt=</c>. A day means its end, and today means now. An instant in the future
    /// is refused as <c>asOf</c>, and means now as <c>knownAt</c>.
    /// </summary>
    /// <returns>The point, which is null when neither is given; or the problem.</returns>
    public static async Task<(RegisterPoint? Point, IResult? Problem)> ReadPointAsync(HttpContext http)
    {
        if (http.Request.Query["asOf"].ToString().Length == 0 && http.Request.Query["knownAt"].ToString().Length == 0)
            return (null, null);
        var services = http.RequestServices;
        var city = (await services.GetRequiredService<IGrainFactory>().Governance()).City;
        return ReadPoint(http.Request.Query, city, services.GetRequiredService<TimeProvider>()) is var (point, fault) && fault is null
            ? (point, null)
            : (null, Problem.BadParameter(fault));
    }

    /// <summary>As <see cref="ReadPointAsync"/>; now when neither is given. A local time of the city may stand for an instant.</summary>
    public static (RegisterPoint Point, string? Fault) ReadPoint(IQueryCollection query, City city, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var present = new RegisterPoint(now, now);
        var (asOf, known) = (query["asOf"].ToString(), query["knownAt"].ToString());
        if (!QueryParameters.TryLocalInstant(query, "knownAt", city, time, out var knownAt))
            return (present, $"knownAt is '{known}': {QueryParameters.InstantExpected}.");
        if (!TryEnd(query, city, time, now, out var at))
            return (present, $"asOf is '{asOf}': {QueryParameters.DayExpected}, or an instant.");
        return at > now
            ? (present, $"asOf is '{asOf}': that time has not come.")
            : (new RegisterPoint(at.ToUniversalTime(), (knownAt > now ? now : knownAt).ToUniversalTime()), null);
    }

    /// <summary>Reads the time since which something holds: a day, which means its beginning, or an instant.</summary>
    /// <param name="since">Null when the text is empty.</param>
    /// <returns>The refusal of a text that is neither; null otherwise.</returns>
    public static Refusal? ReadSince(string? text, City city, out DateTimeOffset? since)
    {
        since = null;
        if (string.IsNullOrEmpty(text))
            return null;
        var query = new QueryCollection(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues> { ["since"] = text });
        if (TryDay(text, out var day))
            since = Begin(day, city);
        else if (QueryParameters.TryInstant(query, "since", TimeProvider.System, out var at))
            since = at.ToUniversalTime();
        else
            return new Refusal(
                RefusalCodes.Invalid,
                $"since is '{text}': {QueryParameters.DayExpected}, or an instant with its zone.",
                "since"
            );
        return null;
    }

    /// <param name="now">The clock goes on: a later reading would lie after the time of the request.</param>
    private static bool TryEnd(IQueryCollection query, City city, TimeProvider time, DateTimeOffset now, out DateTimeOffset at)
    {
        at = now;
        var text = query["asOf"].ToString();
        if (text.Length == 0)
            return true;
        if (!TryDay(text, out var day))
            return QueryParameters.TryLocalInstant(query, "asOf", city, time, out at);
        if (day != city.DayAt(now))
            at = Begin(day.NextDay(), city).AddMicroseconds(-1);
        return true;
    }

    private static bool TryDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private static DateTimeOffset Begin(DateOnly day, City city)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return CalendarEdges.Instant(midnight, TimeZoneInfo.FindSystemTimeZoneById(city.TimeZone).GetUtcOffset(midnight));
    }
}

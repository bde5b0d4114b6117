using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Http;

/// <summary>
/// An endpoint filter for lists that exist only as they are now; their past is in the ledger and in histories. A request for another day
/// is refused, so that it is not answered with today's data.
/// </summary>
internal static class AsOfTodayOnly
{
    /// <summary>Refuses <c>?asOf=</c> of any day but the city's today, and <c>?knownAt=</c>.</summary>
    /// <param name="alternative">What to use instead, in a sentence.</param>
    public static RouteHandlerBuilder AllowOnlyToday(this RouteHandlerBuilder endpoint, string alternative) =>
        endpoint
            .ExplainsKnownAt()
            .AddEndpointFilter(
                async (call, next) =>
                {
                    var (http, query) = (call.HttpContext, call.HttpContext.Request.Query);
                    if (RefusalOfKnownAt(http, alternative) is { } refusal)
                        return refusal;
                    if (!query.ContainsKey("asOf"))
                        return await next(call);
                    var (city, time) = (
                        (await http.RequestServices.GetRequiredService<IGrainFactory>().Governance()).City,
                        http.RequestServices.GetRequiredService<TimeProvider>()
                    );
                    return !QueryParameters.TryDay(query, city, time, out var day)
                            ? Problem.BadParameter($"asOf is '{query["asOf"]}': {QueryParameters.DayExpected}.")
                        : day == city.DayAt(time.GetUtcNow()) ? await next(call)
                        : Refused($"as of {day:yyyy-MM-dd}", alternative);
                }
            );

    /// <summary>Says of an endpoint that it answers <c>?knownAt=</c> itself, with what to use instead.</summary>
    public static RouteHandlerBuilder ExplainsKnownAt(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new KnownAtExplained());

    /// <summary>The refusal of <c>?knownAt=</c>; null when the request has none.</summary>
    public static IResult? RefusalOfKnownAt(HttpContext http, string alternative) =>
        http.Request.Query.ContainsKey("knownAt") ? Refused("as known at another time", alternative) : null;

    private static IResult Refused(string when, string alternative) =>
        Problem.From(
            StatusCodes.Status400BadRequest,
            "only-today",
            "Available only as of today",
            $"This is not available {when}: the registry has only its current version. {alternative}"
        );
}

/// <summary>The endpoint refuses <c>?knownAt=</c> with what to use instead.</summary>
internal sealed record KnownAtExplained;

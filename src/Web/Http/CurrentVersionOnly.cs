using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Http;

/// <summary>
/// What is registered is kept as it stands, and its past in the ledger and in histories: whoever asks a list for another day is not
/// answered with today.
/// </summary>
internal static class CurrentVersionOnly
{
    /// <summary>Refuses <c>?asOf=</c> of any day but the city's today, and <c>?knownAt=</c>.</summary>
    /// <param name="instead">What can be asked, in a sentence.</param>
    public static RouteHandlerBuilder OnlyCurrentVersion(this RouteHandlerBuilder endpoint, string instead) =>
        endpoint.AddEndpointFilter(
            async (call, next) =>
            {
                var (http, query) = (call.HttpContext, call.HttpContext.Request.Query);
                if (RefusalOfKnownAt(http, instead) is { } refusal)
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
                    : Refused($"as of {day:yyyy-MM-dd}", instead);
            }
        );

    /// <summary>The refusal of <c>?knownAt=</c> where the register has only one time; null when nobody asks.</summary>
    public static IResult? RefusalOfKnownAt(HttpContext http, string instead) =>
        http.Request.Query.ContainsKey("knownAt") ? Refused("as it was known at another time", instead) : null;

    private static IResult Refused(string when, string instead) =>
        Problem.From(
            StatusCodes.Status400BadRequest,
            "only-today",
            "Only answered as of today",
            $"This is not answered {when}: the register keeps it as it stands. {instead}"
        );
}

using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Present;

/// <summary>
/// The refusal of <c>?asOf=</c> of another day, and of <c>?knownAt=</c>, by what shows only the present: it would show the present as if it
/// were that day.
/// </summary>
internal static class PresentOnly
{
    /// <summary>Whether the query asks for today in the city, or for no day.</summary>
    public static async Task<bool> AsksForPresentAsync(HttpContext http)
    {
        if (http.Request.Query["knownAt"].ToString().Length > 0)
            return false;
        if (http.Request.Query["asOf"].ToString().Length == 0)
            return true;
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        var city = (await http.RequestServices.GetRequiredService<IGrainFactory>().Governance()).City;
        return QueryParameters.TryDay(http.Request.Query, city, time, out var day) && day == city.DayAt(time.GetUtcNow());
    }

    /// <summary>Whether the query names a day or an instant at all.</summary>
    public static bool NamesDay(HttpContext http) =>
        http.Request.Query["asOf"].ToString().Length > 0 || http.Request.Query["knownAt"].ToString().Length > 0;

    /// <summary>Answers 400, and says why to the page that is sent in place of the one that was asked for.</summary>
    public static void Refuse(HttpContext http)
    {
        http.Features.Set(new Refusal());
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
    }

    /// <summary>Whether this request was refused because it asks for another day.</summary>
    public static bool WasRefused(HttpContext http) => http.Features.Get<Refusal>() is not null;

    /// <summary>Whether the page is sent in place of another.</summary>
    public static bool IsInPlaceOfAnother(HttpContext http) => http.Features.Get<IStatusCodeReExecuteFeature>() is not null;

    private sealed class Refusal;
}

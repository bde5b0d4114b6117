using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>
/// Answers every browser below <c>/kiosks</c> with the page of a screen, whatever happened. The page tries again by itself: no person
/// stands at a wall to press reload. Programs get problem details.
/// </summary>
internal static class KioskFallback
{
    /// <summary>The address of the page without a kiosk: no id of a kiosk begins with a hyphen.</summary>
    private const string Nowhere = "/kiosks/-";

    /// <summary>
    /// Refuses a screen of another day. Its own page would not do: its script fills it with what is shown now.
    /// </summary>
    public static void UsePresentKiosks(this WebApplication app) =>
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments("/kiosks") && PresentOnly.NamesDay(http),
            past =>
            {
                past.UseWhen(http => IsForPerson(http.Request), persons => persons.UseStatusCodePagesWithReExecute("/missing/{0}"));
                past.Use(
                    async (http, next) =>
                    {
                        if (PresentOnly.IsInPlaceOfAnother(http) || await PresentOnly.AsksForPresentAsync(http))
                            await next(http);
                        else
                            PresentOnly.Refuse(http);
                    }
                );
            }
        );

    /// <summary>Adds the fallback. Must stand before the endpoints and after the handler of exceptions.</summary>
    public static void UseKioskFallback(this WebApplication app) =>
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments("/kiosks") && IsForPerson(http.Request),
            screens =>
            {
                screens.UseStatusCodePagesWithReExecute(Nowhere);
                screens.Use(CatchAsync);
            }
        );

    /// <summary>Leaves a refusal without a body when a person asked, so that the page of a screen is sent in its place.</summary>
    public static async ValueTask<object?> LeaveToFallback(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var result = await next(call);
        return
            result is IStatusCodeHttpResult { StatusCode: >= StatusCodes.Status400BadRequest and var status }
            && IsForPerson(call.HttpContext.Request)
            ? Results.StatusCode(status)
            : result;
    }

    private static bool IsForPerson(HttpRequest request) =>
        request.Headers.Accept.Any(accepted => accepted?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    private static async Task CatchAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception failure) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            http.RequestServices.GetRequiredService<ILoggerFactory>()
                .CreateLogger(typeof(KioskFallback))
                .LogError(failure, "The page of a screen could not be made; the screen gets one that tries again.");
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }
}

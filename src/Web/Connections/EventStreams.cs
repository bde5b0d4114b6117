using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Connections;

/// <summary>Limits the open event streams, each of which holds its connection for as long as the client likes.</summary>
internal sealed class EventStreams(HttpLimits limits) : IDisposable
{
    /// <summary>After how many seconds a refused client may try again. A screen asks for its notice meanwhile.</summary>
    private const int RetryAfterSeconds = 15;

    private readonly NetworkLimiter _places = new(limits.Streams, limits.StreamsPerAddress);

    /// <summary>Takes a place until the response ends. Returns null, or the answer when there is no place.</summary>
    public IResult? RefusalOf(HttpContext http)
    {
        if (_places.TryTake(http.Connection.RemoteIpAddress) is not { } place)
            return Problem.Busy(http, RetryAfterSeconds, "Too many event streams are open. Ask for the notice itself, and try again.");
        http.Response.RegisterForDispose(place);
        return null;
    }

    public void Dispose() => _places.Dispose();
}

/// <summary>Applies <see cref="EventStreams"/> to an endpoint.</summary>
internal static class EventStreamsSetup
{
    public static RouteHandlerBuilder LimitStreams(this RouteHandlerBuilder endpoint) =>
        endpoint.AddEndpointFilter(
            async (call, next) =>
                call.HttpContext.RequestServices.GetRequiredService<EventStreams>().RefusalOf(call.HttpContext) ?? await next(call)
        );
}

using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Web.Policies.Api;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Presence;

/// <summary>
/// How the registry takes in what devices say: what was dropped for everybody, the figures of this moment for those who run it. No device
/// in either.
/// </summary>
internal static class IngestApi
{
    public static void Map(IEndpointRouteBuilder app, IEndpointRouteBuilder api)
    {
        // Neither how many heartbeats nor anything that came through a gateway of mobile units: whoever knows the fixed devices could
        // subtract them, and would see how many mobile units are out.
        api.MapGet(
            "ingest",
            (HttpContext http, IngestStatistics figures, IDroppedFields dropped, TimeProvider time) =>
            {
                http.Response.Headers.CacheControl = "no-cache";
                return GovernanceApi.Json(
                    new
                    {
                        at = NoticePayload.Instant(time.GetUtcNow()),
                        since = NoticePayload.Instant(figures.Since),
                        droppedFields = dropped.InPublic,
                    }
                );
            }
        );
        app.MapGet(
                "/staff/ingest/figures",
                async (IngestOverview now, CancellationToken cancellationToken) =>
                    GovernanceApi.Json(Shape(await now.LookAsync(cancellationToken)))
            )
            .RequireAuthorization(StaffAuthentication.IngestWatchers);
    }

    private static object Shape(IngestView view)
    {
        var reading = view.Reading;
        return new
        {
            at = NoticePayload.Instant(reading.At),
            since = NoticePayload.Instant(reading.Since),
            view.State,
            lastSecond = Shape(reading.LastSecond),
            lastMinute = Shape(reading.LastMinute),
            reading.Acknowledged,
            refused = Of(reading.Refused),
            reading.SignInsRefused,
            reading.ConnectionsRefused,
            view.Queued,
            reading.InFlight,
            reading.Connections,
            reading.Sessions,
            presence = view.Presence?.ToDictionary(one => Domain.Json.Word(one.State), one => one.Units),
            view.DroppedFields,
            view.Words,
        };
    }

    private static object Shape(IngestWindow window) =>
        new
        {
            window.Seconds,
            window.Acknowledged,
            window.PerSecond,
            window.AckP50Ms,
            window.AckP99Ms,
            refused = Of(window.Refused),
            window.SignInsRefused,
            window.ConnectionsRefused,
        };

    private static Dictionary<string, long> Of(ImmutableArray<(string Reason, long Count)> counts) =>
        counts.ToDictionary(one => one.Reason, one => one.Count);
}

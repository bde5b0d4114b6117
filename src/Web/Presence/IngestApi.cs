using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Presence;

/// <summary>
/// Figures about the ingest of heartbeats: dropped vendor fields for the public, current figures for staff who run the registry. Neither
/// has data of a single device.
/// </summary>
internal static class IngestApi
{
    public static void Map(IEndpointRouteBuilder app, IEndpointRouteBuilder api)
    {
        // Without the number of heartbeats and without gateways of mobile devices: a reader who knows the fixed devices could subtract
        // them, and would see how many mobile devices are out.
        api.MapGet(
                "ingest",
                (IngestStatistics figures, IDroppedFields dropped, TimeProvider time) =>
                    JsonResults.Ok(
                        new IngestResponse(
                            NoticePayload.FormatInstant(time.GetUtcNow()),
                            NoticePayload.FormatInstant(figures.Since),
                            dropped.InPublic
                        )
                    )
            )
            .Answers<IngestResponse>();
        app.MapGet(
                "/staff/ingest/figures",
                async (IngestOverview overview, CancellationToken cancellationToken) =>
                    JsonResults.Ok(Shape(await overview.ReadAsync(cancellationToken)))
            )
            .RequireAuthorization(StaffPolicies.IngestViewer);
    }

    /// <summary>How many fields of vendors' messages were dropped unread.</summary>
    /// <param name="Since">The start of the server.</param>
    /// <param name="DroppedFields">The number of fields by adapter.</param>
    internal sealed record IngestResponse(
        [property: Instant] string At,
        [property: Instant] string Since,
        IReadOnlyDictionary<string, long> DroppedFields
    );

    private static object Shape(IngestView view)
    {
        var snapshot = view.Reading;
        return new
        {
            at = NoticePayload.FormatInstant(snapshot.At),
            since = NoticePayload.FormatInstant(snapshot.Since),
            view.State,
            lastSecond = Shape(snapshot.LastSecond),
            lastMinute = Shape(snapshot.LastMinute),
            snapshot.Acknowledged,
            refused = ByReason(snapshot.Refused),
            snapshot.SignInsRefused,
            snapshot.ConnectionsRefused,
            view.Queued,
            snapshot.InFlight,
            snapshot.Connections,
            snapshot.Sessions,
            presence = view.Presence?.ToDictionary(count => Domain.Json.Word(count.State), count => count.Units),
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
            refused = ByReason(window.Refused),
            window.SignInsRefused,
            window.ConnectionsRefused,
        };

    private static Dictionary<string, long> ByReason(ImmutableArray<(string Reason, long Count)> counts) =>
        counts.ToDictionary(count => count.Reason, count => count.Count);
}

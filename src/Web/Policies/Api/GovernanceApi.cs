using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Api;

/// <summary>The governance table, for programs.</summary>
internal static class GovernanceApi
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = Domain.Json.Options.Encoder, SkipValidation = true };

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("governance", Table).Answers<TableResponse>("ETag", "Link");

    /// <summary>Adds a link to the next page (RFC 8288), at the same point on both time axes.</summary>
    /// <param name="hasDay">False for a list that does not depend on the day of the law.</param>
    public static void LinkNext(HttpContext http, BitemporalPoint point, string? next, bool hasDay = true)
    {
        if (next is null)
            return;
        var query = http
            .Request.Query.Where(parameter => parameter.Key is not ("after" or "asOf" or "knownAt"))
            .Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value.ToString()))
            .Concat(hasDay ? [new KeyValuePair<string, string>("asOf", point.AsOf)] : [])
            .Append(new("knownAt", LedgerEntry.FormatTime(point.KnownAt)))
            .Append(new("after", next));
        http.Response.Headers.Link = $"<{http.Request.Path}{QueryString.Create(query!)}>; rel=\"next\"";
    }

    private static async Task<IResult> Table(HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var query = http.Request.Query;
        var point = await BitemporalPoint.OfAsync(query, grains, time);
        if (point.Fault is { } fault)
            return Problem.BadParameter(fault);
        if (QueryParameters.Limit(query, TablePage.MaxRows, out var limit) is { } limitProblem)
            return limitProblem;
        if (QueryParameters.Words<RuleStatus>(query, "status", out var statuses) is { } statusProblem)
            return statusProblem;
        var after = query["after"].ToString() is { Length: > 0 } requested ? requested : null;
        var page = point.Known is { } known ? TablePage.Create(known.Table, point.Day, statuses, after, limit) : new TablePage([], null);
        if (page is null)
            return QueryParameters.AfterExpected(after);
        LinkNext(http, point, page.Next);
        return Answer(http, point, page);
    }

    private static IResult Answer(HttpContext http, BitemporalPoint point, TablePage page)
    {
        var bytes = new ArrayBufferWriter<byte>(1024 + page.Rows.Length * 768);
        int timeEnds;
        using (var json = new Utf8JsonWriter(bytes, Compact))
        {
            json.WriteStartObject();
            json.WriteString("asOf", point.AsOf);
            json.WriteString("knownAt", LedgerEntry.FormatTime(point.KnownAt));
            json.Flush();
            timeEnds = bytes.WrittenCount;
            json.WriteString("knownSince", LedgerEntry.FormatTime(point.History.Beginning));
            json.WriteStartArray("rows");
            foreach (var row in page.Rows)
                JsonSerializer.Serialize(json, RowResponse.From(row), Domain.Json.Options);
            json.WriteEndArray();
            json.WriteString("next", page.Next);
            json.WriteEndObject();
        }

        // An answer about now contains the time of the request. Two such answers differ in bytes and have the same content: RFC 9110
        // §8.8.1, weak tags.
        var tag = point.IsNow
            ? new EntityTagHeaderValue(EntityTags.FromBytes(bytes.WrittenSpan[timeEnds..], point.AsOf), isWeak: true)
            : new EntityTagHeaderValue(EntityTags.FromBytes(bytes.WrittenSpan));
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(bytes.WrittenMemory, "application/json; charset=utf-8", entityTag: tag);
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Api;

/// <summary>The governance table, for programs.</summary>
internal static class GovernanceApi
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = Domain.Json.Options.Encoder, SkipValidation = true };

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("governance", Table);

    /// <summary>A collection as every list of the API is: items, and where the next page begins.</summary>
    public static IResult Collection<T>(IEnumerable<T> items) => Json(new { items = items.ToArray(), next = (string?)null });

    /// <summary>One resource with a strong ETag; 304 for a reader that holds it already.</summary>
    /// <param name="version">What its tag begins with, for whoever changes it; empty for nothing.</param>
    public static IResult One(HttpContext http, object value, string version = "")
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, Domain.Json.Options);
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(bytes, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue(Tag(bytes).Insert(1, version)));
    }

    public static IResult Json(object value) => Results.Json(value, Domain.Json.Options);

    /// <summary>Says where the next page is, as RFC 8288 does: from the same point on both axes of time.</summary>
    public static void LinkNext(HttpContext http, BitemporalPoint standpoint, string? next)
    {
        if (next is null)
            return;
        var query = http
            .Request.Query.Where(one => one.Key is not ("after" or "asOf" or "knownAt"))
            .Select(one => KeyValuePair.Create(one.Key, one.Value.ToString()))
            .Append(new("asOf", standpoint.AsOf))
            .Append(new("knownAt", LedgerEntry.Time(standpoint.KnownAt)))
            .Append(new("after", next));
        http.Response.Headers.Link = $"<{http.Request.Path}{QueryString.Create(query!)}>; rel=\"next\"";
    }

    private static async Task<IResult> Table(HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var query = http.Request.Query;
        var standpoint = await BitemporalPoint.OfAsync(query, grains, time);
        if (standpoint.Fault is { } fault)
            return Problem.BadParameter(fault);
        if (!QueryParameters.TryLimit(query, TablePage.MaxRows, out var limit))
            return Problem.BadParameter($"limit is '{query["limit"]}': expected a number from 1 to {TablePage.MaxRows}.");
        HashSet<RuleStatus>? statuses = null;
        foreach (var word in query["status"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Domain.Json.TryWord<RuleStatus>(word, out var status))
                return Problem.BadParameter(
                    $"status is '{word}': expected one or several of {string.Join(", ", Enum.GetValues<RuleStatus>().Select(Domain.Json.Word))}, with commas between them."
                );
            (statuses ??= []).Add(status);
        }

        var after = query["after"].ToString() is { Length: > 0 } asked ? asked : null;
        var page = standpoint.Known is { } known
            ? TablePage.Create(known.Table, standpoint.Day, statuses, after, limit)
            : new TablePage([], null);
        if (page is null)
            return Problem.BadParameter($"after is '{after}': expected what an answer gave as 'next'.");
        LinkNext(http, standpoint, page.Next);
        return Answer(http, standpoint, page);
    }

    private static IResult Answer(HttpContext http, BitemporalPoint standpoint, TablePage page)
    {
        var bytes = new ArrayBufferWriter<byte>(1024 + page.Rows.Length * 768);
        int clock;
        using (var json = new Utf8JsonWriter(bytes, Compact))
        {
            json.WriteStartObject();
            json.WriteString("asOf", standpoint.AsOf);
            json.WriteString("knownAt", LedgerEntry.Time(standpoint.KnownAt));
            json.Flush();
            clock = bytes.WrittenCount;
            json.WriteString("knownSince", LedgerEntry.Time(standpoint.History.Beginning));
            json.WriteStartArray("rows");
            foreach (var row in page.Rows)
                JsonSerializer.Serialize(json, RowResponse.From(row), Domain.Json.Options);
            json.WriteEndArray();
            json.WriteString("next", page.Next);
            json.WriteEndObject();
        }

        // An answer about now holds the clock: no two are the same to the byte, and yet they say the same. That is what a weak tag is for.
        var tag = standpoint.IsNow
            ? new EntityTagHeaderValue(Tag(bytes.WrittenSpan[clock..], standpoint.AsOf), isWeak: true)
            : new EntityTagHeaderValue(Tag(bytes.WrittenSpan));
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(bytes.WrittenMemory, "application/json; charset=utf-8", entityTag: tag);
    }

    /// <summary>A tag of bytes: as long as they are the same, so is it.</summary>
    public static string Tag(ReadOnlySpan<byte> bytes, string beside = "")
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        hash.AppendData(Encoding.UTF8.GetBytes(beside));
        return $"\"{Convert.ToHexStringLower(hash.GetHashAndReset())[..32]}\"";
    }
}

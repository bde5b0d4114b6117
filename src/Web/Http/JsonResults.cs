using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SurveillanceRegistry.Web.Http;

/// <summary>Answers of the API as JSON, written as the domain writes it.</summary>
internal static class JsonResults
{
    private const int MaxItems = 1000;

    public static IResult Ok(object value) => Results.Json(value, Domain.Json.Options);

    /// <summary>
    /// A page of a collection that is read whole: as many items as the request's limit, and at most <see cref="MaxItems"/> without one.
    /// </summary>
    /// <param name="keyOf">By which the collection is in order, and after which the next page continues.</param>
    public static IResult Page<T>(HttpContext http, IEnumerable<T> items, Func<T, string> keyOf)
    {
        if (QueryParameters.Limit(http.Request.Query, MaxItems, out var limit) is { } problem)
            return problem;
        var after = http.Request.Query["after"].ToString();
        var following = items
            .Where(item => string.CompareOrdinal(keyOf(item), after) > 0)
            .OrderBy(keyOf, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToArray();
        return Ok(new ItemsResponse<T>(following.Take(limit), following.Length > limit ? keyOf(following[limit - 1]) : null));
    }

    /// <summary>A resource with a strong ETag; 304 for a client that has it already.</summary>
    /// <param name="version">The version that a change of the resource must name in If-Match; null when it has none.</param>
    public static IResult Resource(HttpContext http, object value, int? version = null)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, Domain.Json.Options);
        var tag = version is { } number ? EntityTags.FromBytes(number, bytes) : EntityTags.FromBytes(bytes);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(bytes, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue(tag));
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Next">What `after` must be for the next page; null on the last one.</param>
internal sealed record ItemsResponse<T>(IEnumerable<T> Items, string? Next);

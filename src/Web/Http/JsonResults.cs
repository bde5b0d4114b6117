using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SurveillanceRegistry.Web.Http;

/// <summary>Answers of the API as JSON, written as the domain writes it.</summary>
internal static class JsonResults
{
    public static IResult Ok(object value) => Results.Json(value, Domain.Json.Options);

    /// <summary>A whole collection in the form of every list of the API, without a next page.</summary>
    public static IResult Collection<T>(IEnumerable<T> items) => Ok(new ItemsResponse<T>(items.ToArray(), null));

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

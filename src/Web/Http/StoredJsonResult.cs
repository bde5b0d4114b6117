using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace SurveillanceRegistry.Web.Http;

/// <summary>An answer that can be stored under an Idempotency-Key and sent again: status, JSON body, ETag and Location.</summary>
internal sealed record StoredJsonResult(int Status, string Body, string? ETag = null, string? Location = null) : IResult
{
    public static StoredJsonResult Create(int status, object value, string? etag = null, string? location = null) =>
        new(status, JsonSerializer.Serialize(value, Domain.Json.Options), etag, location);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        (response.StatusCode, response.ContentType) = (Status, "application/json; charset=utf-8");
        response.Headers.CacheControl = "no-cache";
        if (ETag is not null)
            response.Headers.ETag = ETag;
        if (ETag is not null && HttpMethods.IsGet(httpContext.Request.Method) && httpContext.Request.Headers.IfNoneMatch == ETag)
        {
            (response.StatusCode, response.ContentType) = (StatusCodes.Status304NotModified, null);
            return;
        }

        if (Location is not null)
            response.Headers.Location = Location;
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(Body), httpContext.RequestAborted);
    }
}

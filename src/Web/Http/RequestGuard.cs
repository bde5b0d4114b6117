using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace SurveillanceRegistry.Web.Http;

/// <summary>
/// What holds for every request and answer, whatever its address: headers that restrict browsers, and the refusal of requests that no page
/// and no operation could mean.
/// </summary>
internal static class RequestGuard
{
    /// <summary>
    /// Allows only resources of this site, the scripts that stand in pages by their hashes, no inline style, and no framing.
    /// </summary>
    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; script-src 'self' {Assets.InlineHashes}; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>A year, for this host and those below it.</summary>
    private const string StrictTransportSecurity = "max-age=31536000; includeSubDomains";

    private static readonly string[] Methods =
    [
        HttpMethods.Get,
        HttpMethods.Head,
        HttpMethods.Post,
        HttpMethods.Put,
        HttpMethods.Patch,
        HttpMethods.Delete,
        HttpMethods.Options,
    ];

    /// <summary>Runs before everything else, so that its headers stand on the answers of every other part.</summary>
    public static void UseRequestGuard(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                // Set when the answer begins: the handler of exceptions clears the headers that were set before.
                http.Response.OnStarting(static http => SetHeaders((HttpContext)http), http);
                return RefusalOf(http) is { } refusal ? refusal.ExecuteAsync(http) : next(http);
            }
        );

    /// <summary>
    /// Answers HEAD as GET without its body, which the server leaves out (RFC 9110 §9.3.2). Not for streams, which do not end, and not
    /// below <c>/staff</c>, where a sign-in that comes back from a provider is a GET.
    /// </summary>
    public static void UseHeadAsGet(this IApplicationBuilder app) =>
        app.Use(
            async (http, next) =>
            {
                var path = http.Request.Path;
                if (
                    !HttpMethods.IsHead(http.Request.Method)
                    || path.StartsWithSegments("/staff")
                    || path.StartsWithSegments("/kiosks")
                        && path.Value!.TrimEnd('/').EndsWith("/changes", StringComparison.OrdinalIgnoreCase)
                )
                {
                    await next(http);
                    return;
                }

                http.Request.Method = HttpMethods.Get;
                try
                {
                    await next(http);
                }
                finally
                {
                    http.Request.Method = HttpMethods.Head;
                }
            }
        );

    private static Task SetHeaders(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (http.Request.IsHttps)
            headers.StrictTransportSecurity = StrictTransportSecurity;
        // What is true now is not true for ever: only an endpoint that says otherwise may be stored, and never one that needs a role.
        if (headers.CacheControl.Count == 0 || http.Request.Path.StartsWithSegments("/staff") || IsForStaff(http))
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    private static bool IsForStaff(HttpContext http) =>
        http.GetEndpoint()?.Metadata is { } endpoint
        && endpoint.GetMetadata<IAuthorizeData>() is not null
        && endpoint.GetMetadata<IAllowAnonymous>() is null;

    private static IResult? RefusalOf(HttpContext http)
    {
        if (!Methods.Contains(http.Request.Method, StringComparer.Ordinal))
        {
            http.Response.Headers.Allow = string.Join(", ", Methods);
            return Problem.From(
                StatusCodes.Status405MethodNotAllowed,
                "method",
                "Method not allowed",
                "This method is not used here: GET reads, POST, PUT and PATCH change."
            );
        }

        return http.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true
            ? Problem.BadParameter("The query has the character U+0000, which no text may have.")
            : null;
    }
}

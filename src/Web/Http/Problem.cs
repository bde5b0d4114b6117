using System.Globalization;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Web.Http;

/// <summary>Problem details of the API (RFC 9457): a stable type, a title, and a sentence that says what to do.</summary>
internal static class Problem
{
    private const string Types = "/problems/";

    public static IResult NotFound(string sentence) => From(StatusCodes.Status404NotFound, RefusalCodes.NotFound, "Not found", sentence);

    public static IResult Gone(string sentence) => From(StatusCodes.Status410Gone, "gone", "Removed", sentence);

    public static IResult BadParameter(string sentence) =>
        From(StatusCodes.Status400BadRequest, "bad-parameter", "Invalid parameter", sentence);

    public static IResult Unauthorized() =>
        From(
            StatusCodes.Status401Unauthorized,
            "unauthorized",
            "Sign in first",
            "This needs a token: send it as 'Authorization: Bearer …'. 'registry token create --role …' makes one."
        );

    public static IResult Forbidden(string sentence) => From(StatusCodes.Status403Forbidden, "forbidden", "Not allowed", sentence);

    /// <summary>
    /// Refusals by the rules: every reason, with its place and what to do. The first decides type and status: 412 for a stale version,
    /// 403 for an act that only another person may do.
    /// </summary>
    public static IResult Refused(IReadOnlyList<Refusal> refusals)
    {
        var first = refusals[0];
        var (status, title) = first.Code switch
        {
            RefusalCodes.NotFound => (StatusCodes.Status404NotFound, "Not found"),
            RefusalCodes.OwnRequest
            or RefusalCodes.NotTheAuthor
            or RefusalCodes.NotEntitled
            or RefusalCodes.OwnChange
            or RefusalCodes.NotAPerson
            or RefusalCodes.ProgramDecides => (StatusCodes.Status403Forbidden, "Not allowed"),
            RefusalCodes.Stale => (StatusCodes.Status412PreconditionFailed, "Changed since"),
            RefusalCodes.WrongState or RefusalCodes.BaseMoved => (StatusCodes.Status409Conflict, "Another change came first"),
            _ => (StatusCodes.Status422UnprocessableEntity, "Refused by the rules"),
        };
        return Results.Problem(
            first.Sentence,
            statusCode: status,
            title: title,
            type: Types + first.Code,
            extensions: new Dictionary<string, object?>
            {
                ["errors"] = refusals
                    .Select(refusal => new
                    {
                        code = refusal.Code,
                        where = refusal.Where,
                        detail = refusal.Sentence,
                    })
                    .ToArray(),
            }
        );
    }

    public static IResult PreconditionRequired() =>
        From(
            StatusCodes.Status428PreconditionRequired,
            "precondition-required",
            "If-Match is missing",
            "Send the header If-Match with the ETag that GET gave you, so that you do not overwrite a change that you have not seen."
        );

    public static IResult PreconditionFailed() =>
        From(
            StatusCodes.Status412PreconditionFailed,
            RefusalCodes.Stale,
            "Changed since",
            "It changed since you read it. GET it again, check what changed, and send the new ETag as If-Match."
        );

    /// <summary>A limit is reached. The connection is closed after the answer, so that it does not count against the limit.</summary>
    public static IResult Busy(HttpContext http, int retryAfterSeconds, string sentence)
    {
        http.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        if (HttpProtocol.IsHttp10(http.Request.Protocol) || HttpProtocol.IsHttp11(http.Request.Protocol))
            http.Response.Headers.Connection = "close";
        else
            http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        return From(StatusCodes.Status503ServiceUnavailable, "busy", "Try again later", sentence);
    }

    /// <summary>One client asks too often.</summary>
    public static IResult TooMany(HttpContext http, TimeSpan wait, string sentence)
    {
        http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return From(StatusCodes.Status429TooManyRequests, "too-many-tries", "Too many tries", sentence);
    }

    public static IResult From(int status, string type, string title, string detail) =>
        Results.Problem(detail, statusCode: status, title: title, type: Types + type);
}

using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
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
        return Write(
            new ProblemResponse(
                Types + first.Code,
                title,
                status,
                first.Sentence,
                [.. refusals.Select(refusal => new RefusalResponse(refusal.Code, refusal.Where, refusal.Sentence))]
            )
        );
    }

    public static IResult PreconditionRequired() =>
        From(
            StatusCodes.Status428PreconditionRequired,
            "precondition-required",
            "If-Match is missing",
            "Send the header If-Match with the ETag that GET gave you, so that you do not overwrite a change that you have not seen."
        );

    /// <summary>
    /// RFC 9110 §13.1.1 knows <c>*</c> and lists of tags. Here each would let a change overwrite what its author has not seen, so they are
    /// refused for what they are, and not as stale.
    /// </summary>
    public static IResult OneTagExpected() =>
        From(
            StatusCodes.Status400BadRequest,
            "one-tag",
            "If-Match names no single version",
            "Send the one ETag that GET gave you as If-Match: '*' or a list could overwrite a change that you have not seen."
        );

    public static IResult PreconditionFailed() =>
        From(
            StatusCodes.Status412PreconditionFailed,
            RefusalCodes.Stale,
            "Changed since",
            "It changed since you read it. GET it again, check what changed, and send the new ETag as If-Match."
        );

    /// <summary>
    /// Gives a problem that the framework made, of an exception, the form of the document: no name of a type, no number of a trace.
    /// </summary>
    public static void Describe(ProblemDetailsOptions options) =>
        options.CustomizeProblemDetails = made =>
        {
            var problem = made.ProblemDetails;
            problem.Extensions.Clear();
            if (problem.Type?.StartsWith(Types, StringComparison.Ordinal) == true)
                return;
            (problem.Type, problem.Title) = (Types + "fault", "A fault of the registry");
            problem.Detail = "The registry could not answer. The fault is in its log. Nothing was half recorded: you can try again.";
        };

    /// <summary>The problem of an answer with a status and without a body: no operation made it.</summary>
    public static IResult ForStatus(HttpContext http)
    {
        const string Document = "/openapi/v1.json lists every operation.";
        return http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => NotFound($"Nothing is at this address. {Document}"),
            StatusCodes.Status405MethodNotAllowed => From(
                StatusCodes.Status405MethodNotAllowed,
                "method",
                "Method not allowed",
                $"This address does not take {http.Request.Method}. It takes {http.Response.Headers.Allow}."
            ),
            StatusCodes.Status415UnsupportedMediaType => From(
                StatusCodes.Status415UnsupportedMediaType,
                "media-type",
                "Media type not taken",
                $"Send the body in the media type of the operation, usually application/json. {Document}"
            ),
            var status => From(status, "refused", ReasonPhrases.GetReasonPhrase(status), $"No operation takes this request. {Document}"),
        };
    }

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
        Write(new ProblemResponse(Types + type, title, status, detail));

    private static IResult Write(ProblemResponse problem) =>
        Results.Json(problem, Json.Options, "application/problem+json", problem.Status);
}

/// <summary>A problem (RFC 9457).</summary>
/// <param name="Type">The stable name of the problem, e.g. `/problems/not-found`.</param>
/// <param name="Detail">What is wrong and what to do, in a sentence.</param>
/// <param name="Errors">Every reason of a refusal; missing for other problems.</param>
internal sealed record ProblemResponse(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<RefusalResponse>? Errors = null
);

/// <summary>One reason of a refusal.</summary>
/// <param name="Code">A stable word.</param>
/// <param name="Where">The value that it is about; null when it is about none.</param>
/// <param name="Detail">What is wrong and what to do, in a sentence.</param>
internal sealed record RefusalResponse(string Code, string? Where, string Detail);

using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Web.Http;

/// <summary>What goes wrong in the API, as RFC 9457 says it: a stable type, a title, and a sentence that says what to do.</summary>
internal static class Problem
{
    private const string Types = "/problems/";

    public static IResult NotFound(string what) => From(StatusCodes.Status404NotFound, "not-found", "Not found", what);

    public static IResult Gone(string what) => From(StatusCodes.Status410Gone, "gone", "No longer there", what);

    public static IResult BadParameter(string sentence) =>
        From(StatusCodes.Status400BadRequest, "bad-parameter", "A parameter cannot be read", sentence);

    public static IResult Unauthorized() =>
        From(
            StatusCodes.Status401Unauthorized,
            "unauthorized",
            "Sign in first",
            "This needs a token: send it as 'Authorization: Bearer …'. 'registry token create --role …' makes one."
        );

    public static IResult Forbidden(string sentence) => From(StatusCodes.Status403Forbidden, "forbidden", "Not allowed", sentence);

    /// <summary>
    /// The rules say no: every reason, with where and what to do. The first gives the type; stale is 412, somebody else's right 403.
    /// </summary>
    public static IResult Refused(IReadOnlyList<Refusal> refusals)
    {
        var first = refusals[0];
        var (status, title) = first.Code switch
        {
            "not-found" => (StatusCodes.Status404NotFound, "Not found"),
            "own-request" or "not-the-author" => (StatusCodes.Status403Forbidden, "Not allowed"),
            "stale" => (StatusCodes.Status412PreconditionFailed, "Changed meanwhile"),
            "wrong-state" or "base-moved" => (StatusCodes.Status409Conflict, "Somebody was first"),
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
                    .Select(one => new
                    {
                        code = one.Code,
                        where = one.Where,
                        detail = one.Sentence,
                    })
                    .ToArray(),
            }
        );
    }

    public static IResult PreconditionRequired() =>
        From(
            StatusCodes.Status428PreconditionRequired,
            "precondition-required",
            "Say which version you have seen",
            "A change of what exists needs the header If-Match with the ETag that GET gave you: then nobody's change is overwritten unseen."
        );

    public static IResult PreconditionFailed() =>
        From(
            StatusCodes.Status412PreconditionFailed,
            "stale",
            "Changed meanwhile",
            "What you have seen is no longer current: GET it again, look at what changed, and send the new ETag as If-Match."
        );

    public static IResult From(int status, string type, string title, string detail) =>
        Results.Problem(detail, statusCode: status, title: title, type: Types + type);
}

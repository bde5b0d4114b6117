using Microsoft.AspNetCore.Http;

namespace SurveillanceRegistry.Web;

/// <summary>What goes wrong in the API, as RFC 9457 says it: a stable type, a title, and a sentence that says what to do.</summary>
internal static class Problem
{
    private const string Types = "/problems/";

    public static IResult NotFound(string what) => Of(StatusCodes.Status404NotFound, "not-found", "Not found", what);

    public static IResult Gone(string what) => Of(StatusCodes.Status410Gone, "gone", "No longer there", what);

    public static IResult BadParameter(string sentence) => Of(StatusCodes.Status400BadRequest, "bad-parameter", "A parameter cannot be read", sentence);

    public static IResult Unauthorized() => Of(StatusCodes.Status401Unauthorized, "unauthorized", "Sign in first", "This needs a token: send it as 'Authorization: Bearer …'. 'registry token create --role …' makes one.");

    public static IResult Forbidden(string sentence) => Of(StatusCodes.Status403Forbidden, "forbidden", "Not allowed", sentence);

    public static IResult Of(int status, string type, string title, string detail) => Results.Problem(detail, statusCode: status, title: title, type: Types + type);
}

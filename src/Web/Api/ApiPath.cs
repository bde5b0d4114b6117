using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Web.Api;

/// <summary>The paths of operations.</summary>
internal static partial class ApiPath
{
    /// <summary>What stands before the path of each operation, in a route without its first slash.</summary>
    public const string Below = "api/v1/";

    /// <summary>
    /// A route below <c>/api/v1/</c> as the document writes it: without the constraints of route parameters and without a final slash.
    /// </summary>
    public static string Of(string route) => Constraint().Replace(route[Below.Length..].TrimEnd('/'), "{$1}");

    [GeneratedRegex(@"\{\**(\w+)(?::[^}]*)?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Constraint();
}

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Web.Http;

/// <summary>Bodies of requests as JSON. An unknown member is refused: a misspelled one would otherwise be ignored.</summary>
internal static partial class JsonBody
{
    private static readonly JsonSerializerOptions Strict = new(Json.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads a body; an empty one is an empty object. Returns null, or the problem when it cannot be read.</summary>
    public static IResult? Read<T>(string body, out T value)
        where T : class
    {
        value = null!;
        try
        {
            value = JsonSerializer.Deserialize<T>(body.Length == 0 ? "{}" : body, Strict)!;
        }
        catch (JsonException exception)
        {
            return Problem.Refused([new Refusal(RefusalCodes.Invalid, $"The body cannot be read: {Sentence(exception)}", exception.Path)]);
        }

        return value is null ? Problem.Refused([new Refusal(RefusalCodes.Invalid, "The body is null: expected an object.")]) : null;
    }

    /// <summary>
    /// Says what is wrong with JSON in words for its writer, who does not know the types of this program. The serializer's own message
    /// names them.
    /// </summary>
    public static string Sentence(JsonException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var message = exception.Message.Split(" Path:")[0];
        if (Unmapped().Match(message) is { Success: true } unmapped)
            return $"'{unmapped.Groups["member"].Value}' is not a member of the object at {PathOf(exception)}.";
        if (Missing().Match(message) is { Success: true } missing)
            return $"the object at {PathOf(exception)} lacks {missing.Groups["members"].Value.TrimEnd('.')}.";
        return message.Contains("SurveillanceRegistry", StringComparison.Ordinal) || message.Contains("System.", StringComparison.Ordinal)
            ? $"the value at {PathOf(exception)} is of another kind than expected there."
            : message;
    }

    private static string PathOf(JsonException exception) => exception.Path is { Length: > 0 } path ? path : "$";

    [GeneratedRegex("^The JSON property '(?<member>.*)' could not be mapped to any .NET member", RegexOptions.Singleline)]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: (?<members>.*)$", RegexOptions.Singleline)]
    private static partial Regex Missing();
}

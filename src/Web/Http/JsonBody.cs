using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Web.Http;

/// <summary>Bodies of requests as JSON. A member that is unknown or stands twice is refused: it would otherwise be ignored.</summary>
internal static partial class JsonBody
{
    private static readonly JsonSerializerOptions Strict = new(Json.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        // Two programs may read two values of one member differently (ASVS 5.0, 1.5.3).
        AllowDuplicateProperties = false,
    };

    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a body; an empty one is an empty object. Returns null, or the problem when it cannot be read.</summary>
    public static IResult? Read<T>(string body, out T value)
        where T : class
    {
        value = null!;
        try
        {
            value = Deserialize<T>(body)!;
        }
        catch (JsonException exception)
        {
            return Problem.Refused([new Refusal(RefusalCodes.Invalid, $"The body cannot be read: {Sentence(exception)}", exception.Path)]);
        }

        return value is null ? Problem.Refused([new Refusal(RefusalCodes.Invalid, "The body is null: expected an object.")]) : null;
    }

    /// <summary>Reads a body; an empty one is an empty object.</summary>
    /// <exception cref="JsonException">It is no JSON of this shape, or a text in it is none.</exception>
    public static T? Deserialize<T>(string body)
        where T : class
    {
        if (body.Length == 0)
            return JsonSerializer.Deserialize<T>("{}", Strict);
        RequireText(Encoding.UTF8.GetBytes(body));
        // The serializer does not look into members that are kept as JSON.
        using var whole = JsonDocument.Parse(body, NoDuplicates);
        return JsonSerializer.Deserialize<T>(body, Strict);
    }

    /// <summary>
    /// Requires that every text is one. An escape may write half a character, and the reader looks at a text only when it is asked for:
    /// of members that are kept as JSON that is long after the body was read.
    /// </summary>
    private static void RequireText(byte[] body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
                continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw new JsonException($"the text at byte {reader.TokenStartIndex} holds half a character: expected whole characters.");
            }
        }
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

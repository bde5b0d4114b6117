using System.Text.Json;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain;

/// <summary>
/// The one JSON form of Domain values: camelCase members, kebab-case words for enum members (<c>manual-chapter</c>, <c>in-force</c>),
/// numbers never as strings. Used in the database, between silos and in the API.
/// </summary>
public static class Json
{
    /// <summary>The options for Domain values; shared and read-only.</summary>
    public static JsonSerializerOptions Options { get; } = CreateOptions();

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>The public word for an enum member, e.g. <c>not-known</c>.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>Reads the public word of an enum member; false for any other word.</summary>
    public static bool TryWord<T>(string? word, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (Word(candidate) == word)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain;

/// <summary>
/// The one JSON form of Domain values: camelCase members, kebab-case words for closed families
/// (<c>manual-chapter</c>, <c>in-force</c>), numbers never as strings. Used in the database, between silos and in the API.
/// </summary>
public static class Json
{
    /// <summary>Options to read and write Domain values with; shared, never changed.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
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

    /// <summary>The word for one member of a closed family as every public face writes it, e.g. <c>not-known</c>.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>Reads the word of a closed family; false for any other word.</summary>
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

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>What a value must look like, in words and as a reader. A value that does not is reported and read as nothing.</summary>
/// <param name="Nothing">What is read where nothing can be: a value that later checks can bear. It reaches nobody, for a problem stands
/// beside it.</param>
internal sealed record FieldSchema<T>(string Expected, Func<YamlNode, YamlFile, T> Read, T Nothing = default!);

/// <summary>Parses a text; false when it is none of the kind.</summary>
internal delegate bool TryRead<T>(string text, out T value);

/// <summary>The forms of values that these files are made of.</summary>
internal static class FieldSchema
{
    /// <summary>The most characters of a text that may reach a notice.</summary>
    public const int MaxCharacters = 600;

    /// <summary>The most words that a problem lists.</summary>
    private const int MaxListed = 100;

    public static FieldSchema<string> Text { get; } =
        Scalar(
            $"a text of 1 to {MaxCharacters} characters on one line, without markup",
            (string text, out string value) => IsLine(value = text) && !string.IsNullOrWhiteSpace(text) && !PolicyValidator.HasMarkup(text)
        );

    /// <summary>A text that may be only blanks, or nothing at all in quotes: what stands between two sentences.</summary>
    public static FieldSchema<string> Separator { get; } =
        Scalar(
            "what stands between, in quotes",
            (string text, out string value) => IsLine(value = text) && !PolicyValidator.HasMarkup(text)
        );

    public static FieldSchema<string> Id { get; } =
        Scalar(
            "an id of small letters, digits and hyphens, at most 64",
            (string text, out string value) => Identifier.IsValid(value = text)
        );

    public static FieldSchema<string> InstrumentId { get; } =
        Scalar(
            "an id of small letters, digits, hyphens and dots, at most 64",
            (string text, out string value) => Identifier.IsValid(value = text, dots: true)
        );

    public static FieldSchema<LawDate> Date { get; } =
        Scalar<LawDate>("a date that the calendar has: YYYY, YYYY-MM or YYYY-MM-DD", LawDate.TryParse);

    public static FieldSchema<DateOnly> Day { get; } =
        Scalar(
            "a day that the calendar has: YYYY-MM-DD",
            (string text, out DateOnly value) =>
                DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out value)
        );

    public static FieldSchema<bool> Flag { get; } =
        Scalar("true or false", (string text, out bool value) => (value = text == "true") || text == "false");

    public static FieldSchema<string> WebAddress { get; } =
        Scalar(
            "a web address that begins with https://",
            (string text, out string value) =>
                Uri.TryCreate(value = text, UriKind.Absolute, out var address)
                && address.Scheme == Uri.UriSchemeHttps
                && text.Length <= MaxCharacters
        );

    public static FieldSchema<int> Number(int least, int most) =>
        Scalar(
            $"a whole number from {least} to {most}",
            (string text, out int value) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most
        );

    /// <summary>A word of a closed family.</summary>
    public static FieldSchema<T> Word<T>()
        where T : struct, Enum => WordsOf<T>.Form;

    /// <summary>An id that must be known.</summary>
    /// <param name="what">What it must be the id of, and where those are listed.</param>
    /// <param name="known">Null when the file that lists them could not be read: then every id passes here.</param>
    public static FieldSchema<string> Known(string what, IReadOnlyCollection<string>? known) =>
        Scalar(
            known is null ? what : $"{what}: {OneOf(known)}",
            (string text, out string value) => known?.Contains(value = text) ?? (value = text) is not null
        );

    public static FieldSchema<ImmutableArray<T>> ListOf<T>(FieldSchema<T> item, int least = 0) =>
        new(
            least > 0 ? $"a list with at least {least} of: {item.Expected}" : $"a list, each: {item.Expected}",
            (node, file) =>
            {
                if (node is not YamlList list || list.Items.Length < least)
                {
                    file.Add(node, node.Found, ListOf(item, least).Expected);
                    return [];
                }

                return [.. list.Items.Select(value => item.Read(value, file))];
            },
            Nothing: []
        );

    /// <summary>Keys with values; a key that is never asked for is reported.</summary>
    public static FieldSchema<T> Keys<T>(string what, Func<YamlKeys, T> read) =>
        new(
            what,
            (node, file) =>
            {
                if (node is not YamlMap map)
                {
                    file.Add(node, node.Found, what + ", as keys with values");
                    return default!;
                }

                var keys = new YamlKeys(map, file);
                var value = read(keys);
                keys.NothingElse();
                return value;
            }
        );

    public static FieldSchema<T> Scalar<T>(string expected, TryRead<T> tryRead) =>
        new(
            expected,
            (node, file) =>
            {
                if (node is YamlText { IsNothing: false } text && tryRead(text.Text, out var value))
                    return value;
                file.Add(node, node.Found, expected);
                return default!;
            }
        );

    /// <summary>
    /// Whether a text is one line that every reader, screen and signature can hold: no control characters, no half characters.
    /// </summary>
    private static bool IsLine(string text) =>
        text.Length <= MaxCharacters && !text.Any(char.IsControl) && text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar);

    /// <summary>The form of a closed family's words, made once.</summary>
    private static class WordsOf<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<string, T> Values = Enum.GetValues<T>()
            .ToDictionary(Json.Word, value => value, StringComparer.Ordinal);

        public static readonly FieldSchema<T> Form = Scalar(
            OneOf(Values.Keys),
            (string text, out T value) => Values.TryGetValue(text, out value)
        );
    }

    private static string OneOf(IReadOnlyCollection<string> words) =>
        "one of " + string.Join(", ", words.Take(MaxListed)) + (words.Count > MaxListed ? $", … ({words.Count} in all)" : "");
}

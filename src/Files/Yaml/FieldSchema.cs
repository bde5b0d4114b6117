using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>
/// What a value in a file must look like. <c>Expected</c> describes it in error messages. <c>Read</c> converts the YAML node, and reports
/// an error when it does not fit.
/// </summary>
/// <param name="Placeholder">
/// Returned after an error, so that later checks do not fail. It never leaves the reader, because an error was reported.
/// </param>
internal sealed record FieldSchema<T>(string Expected, Func<YamlNode, YamlFile, T> Read, T Placeholder = default!);

/// <summary>Parses a text; returns false when the text does not have the form.</summary>
internal delegate bool TryRead<T>(string text, out T value);

/// <summary>The forms of the values in policy, inventory and profile files, and ways to combine them.</summary>
internal static class FieldSchema
{
    /// <summary>An error text lists at most this many allowed values.</summary>
    private const int MaxListedValues = 100;

    public static FieldSchema<string> Text { get; } =
        Scalar(
            $"a text of 1 to {PolicyValidator.MaxTextLength} characters on one line, without markup",
            (string text, out string value) => IsLine(value = text) && !string.IsNullOrWhiteSpace(text) && !PolicyValidator.HasMarkup(text)
        );

    /// <summary>A text between two parts of a sentence; in quotes it may be blank or empty.</summary>
    public static FieldSchema<string> Separator { get; } =
        Scalar(
            "the text between two parts, in quotes",
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
                && text.Length <= PolicyValidator.MaxTextLength
        );

    public static FieldSchema<int> Number(int min, int max) =>
        Scalar(
            $"a whole number from {min} to {max}",
            (string text, out int value) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max
        );

    /// <summary>One of the words of an enum.</summary>
    public static FieldSchema<T> OneOf<T>()
        where T : struct, Enum => EnumSchema<T>.Instance;

    /// <summary>An id from a given list.</summary>
    /// <param name="what">What the id stands for, and which file lists the ids; for error texts.</param>
    /// <param name="known">The allowed ids. Null when the file that lists them could not be read: then every id is accepted.</param>
    public static FieldSchema<string> Known(string what, IReadOnlyCollection<string>? known) =>
        Scalar(
            known is null ? what : $"{what}: {OneOf(known)}",
            (string text, out string value) =>
            {
                value = text;
                return known?.Contains(text) ?? true;
            }
        );

    public static FieldSchema<ImmutableArray<T>> ListOf<T>(FieldSchema<T> item, int minItems = 0)
    {
        var expected = minItems > 0 ? $"a list with at least {minItems} of: {item.Expected}" : $"a list, each: {item.Expected}";
        return new(expected, Read, Placeholder: []);

        ImmutableArray<T> Read(YamlNode node, YamlFile file)
        {
            if (node is YamlList list && list.Items.Length >= minItems)
                return [.. list.Items.Select(value => item.Read(value, file))];
            file.Report(node, node.Found, expected);
            return [];
        }
    }

    /// <summary>A map. Every key that <paramref name="read"/> does not request is reported.</summary>
    public static FieldSchema<T> Map<T>(string what, Func<YamlKeys, T> read) =>
        new(
            what,
            (node, file) =>
            {
                if (node is not YamlMap map)
                {
                    file.Report(node, node.Found, what + ", as keys with values");
                    return default!;
                }

                var keys = new YamlKeys(map, file);
                var value = read(keys);
                keys.ReportUnknown();
                return value;
            }
        );

    public static FieldSchema<T> Scalar<T>(string expected, TryRead<T> tryRead) =>
        new(
            expected,
            (node, file) =>
            {
                if (node is YamlText { IsNull: false } text && tryRead(text.Text, out var value))
                    return value;
                file.Report(node, node.Found, expected);
                return default!;
            }
        );

    /// <summary>True for one line that every reader, screen and signature can hold: no control character, no unpaired surrogate.</summary>
    private static bool IsLine(string text) => FreeText.FindProblem(text, PolicyValidator.MaxTextLength) is null;

    private static string OneOf(IReadOnlyCollection<string> words) =>
        "one of " + string.Join(", ", words.Take(MaxListedValues)) + (words.Count > MaxListedValues ? $", … ({words.Count} in all)" : "");

    /// <summary>The schema of an enum, built once for each enum type.</summary>
    private static class EnumSchema<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<string, T> Values = Enum.GetValues<T>()
            .ToDictionary(Json.Word, value => value, StringComparer.Ordinal);

        public static readonly FieldSchema<T> Instance = Scalar(
            OneOf(Values.Keys),
            (string text, out T value) => Values.TryGetValue(text, out value)
        );
    }
}

using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>
/// A file under <c>notices/</c>: the texts of notices, pages and screens in one language. Every text must be there with each of its
/// placeholders: a sentence that omits what is captured would understate.
/// </summary>
/// <param name="technologies">The ids of <c>technologies.yaml</c>; null when that file could not be read.</param>
/// <param name="languages">The languages of <c>city.yaml</c>; null when that file could not be read.</param>
internal sealed class WordingFile(IReadOnlyCollection<string>? technologies, IReadOnlyCollection<string>? languages)
{
    private static readonly FieldSchema<string> Direction = FieldSchema.Scalar(
        "ltr or rtl",
        (string text, out string value) => (value = text) is "ltr" or "rtl"
    );

    public Wording? Read(YamlFile file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var schema = FieldSchema.Map("the texts of notices, pages and screens in one language", keys => ReadKeys(keys, name));
        return file.Root is { } root ? schema.Read(root, file) : null;
    }

    private Wording ReadKeys(YamlKeys keys, string fileName)
    {
        keys.OptionalValue("revision", RevisionKey.Number);
        var wording = new Wording(
            keys.Required("language", FieldSchema.Known("a language of city.yaml", languages)),
            keys.Required("direction", Direction),
            keys.Required("reviewed", FieldSchema.Flag),
            keys.Required("texts", FieldSchema.Map("a sentence for each key", ReadTexts)) ?? ImmutableSortedDictionary<string, string>.Empty
        );
        if (wording.Language is not null && wording.Language != fileName)
            keys.Report("language", YamlNode.Quote(wording.Language), $"'{fileName}', as the file is named");
        return wording;
    }

    private ImmutableSortedDictionary<string, string> ReadTexts(YamlKeys keys)
    {
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in keys.All())
            texts[key.Text] = ReadText(key, value, keys.File);
        foreach (var (key, placeholders) in WordingKeys.Required.Where(required => !texts.ContainsKey(required.Key)))
            keys.Report($"no '{key}'", placeholders.IsEmpty ? $"'{key}': a text" : $"'{key}': a sentence with {InBraces(placeholders)}");
        return texts.ToImmutable();
    }

    /// <summary>Reads the text of a key; returns an empty text for an unknown key and for a text that cannot be read.</summary>
    private string ReadText(YamlText key, YamlNode value, YamlFile file)
    {
        if (!WordingKeys.Required.TryGetValue(key.Text, out var placeholders))
        {
            placeholders = [];
            if (!IsNameKey(key.Text))
            {
                file.Report(
                    key,
                    $"the unknown key {YamlNode.Quote(key.Text)}",
                    "a key of the registry (see schema/notice-wording.json), "
                        + "or technology.<id>, purpose.<id>, why.<id>, class.<word>, note.<word>"
                );
                return "";
            }
        }

        var problems = file.Problems.Count;
        var text = SchemaOf(key.Text).Read(value, file);
        if (file.Problems.Count > problems)
            return "";
        CheckPlaceholders(key.Text, text, placeholders, value, file);
        if (key.Text.StartsWith("format.", StringComparison.Ordinal))
            CheckFormat(key.Text, text, value, file);
        return text;
    }

    /// <summary>True for a key that names a technology, a purpose, a class of data or a note.</summary>
    private bool IsNameKey(string key)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        var (family, name) = dot > 0 ? (key[..dot], key[(dot + 1)..]) : (key, "");
        return family switch
        {
            "technology" or "purpose" or "why" => technologies is null || technologies.Contains(name),
            "class" or "note" => name.Length > 0,
            _ => false,
        };
    }

    private static FieldSchema<string> SchemaOf(string key) =>
        key.EndsWith(".separator", StringComparison.Ordinal) || key == "list.last" ? FieldSchema.Separator : FieldSchema.Text;

    /// <summary>Requires exactly the given placeholders, and no other brace.</summary>
    private static void CheckPlaceholders(string key, string text, ImmutableArray<string> expected, YamlNode position, YamlFile file)
    {
        var found = Wording.PlacesIn(text).ToArray();
        var unknown = found.Except(expected).ToArray();
        foreach (var name in unknown)
            file.Report(
                position,
                $"{{{name}}} in '{key}'",
                expected.IsEmpty ? "a text without placeholders" : "only " + InBraces(expected)
            );
        if (unknown.Length == 0)
        {
            foreach (var name in expected.Except(found))
                file.Report(position, $"no {{{name}}} in '{key}'", "a sentence with " + InBraces(expected));
        }

        if (text.Count(c => c is '{' or '}') != 2 * found.Length)
            file.Report(
                position,
                $"a brace that belongs to no placeholder in '{key}'",
                expected.IsEmpty ? "a text without braces" : "braces only around " + string.Join(", ", expected)
            );
    }

    private static string InBraces(ImmutableArray<string> placeholders) => string.Join(", ", placeholders.Select(name => $"{{{name}}}"));

    private static void CheckFormat(string key, string pattern, YamlNode position, YamlFile file)
    {
        if (key is "format.time" or "format.exact" or "format.short" or "format.short.year")
        {
            if (!DistinguishesTimes(pattern, withSeconds: key == "format.exact"))
                file.Report(position, YamlNode.Quote(pattern), "a pattern for a time and day, such as HH:mm, d MMMM yyyy");
        }
        else if (!DistinguishesDays(pattern))
        {
            file.Report(position, YamlNode.Quote(pattern), "a pattern for a day, such as d MMMM yyyy");
        }
    }

    /// <summary>
    /// Returns whether the pattern is valid, and writes the next minute, the next day and, if asked, the next second differently.
    /// </summary>
    private static bool DistinguishesTimes(string pattern, bool withSeconds)
    {
        var time = new DateTimeOffset(2019, 2, 1, 13, 45, 0, TimeSpan.Zero);
        try
        {
            var written = Format(time);
            return written != Format(time.AddMinutes(1))
                && written != Format(time.AddDays(1))
                && (!withSeconds || written != Format(time.AddSeconds(1)));
        }
        catch (FormatException)
        {
            return false;
        }

        string Format(DateTimeOffset value) => value.ToString(pattern, CultureInfo.InvariantCulture);
    }

    /// <summary>True if the pattern is valid for days, and writes two days differently.</summary>
    private static bool DistinguishesDays(string pattern)
    {
        try
        {
            return Format(new DateOnly(2019, 2, 1)) != Format(new DateOnly(2020, 2, 2));
        }
        catch (FormatException)
        {
            return false;
        }

        string Format(DateOnly value) => value.ToString(pattern, CultureInfo.InvariantCulture);
    }
}

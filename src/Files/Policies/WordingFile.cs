using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>
/// A file under <c>notices/</c>: the sentences of notices in one language. Every sentence must be there with every place that it fills:
/// one that left out what is captured would say less than is true.
/// </summary>
/// <param name="technologies">Ids of <c>technologies.yaml</c>; null when that could not be read.</param>
/// <param name="languages">Languages of <c>city.yaml</c>; null when that could not be read.</param>
internal sealed class WordingFile(IReadOnlyCollection<string>? technologies, IReadOnlyCollection<string>? languages)
{
    private static readonly FieldSchema<string> Direction = FieldSchema.Scalar(
        "ltr or rtl",
        (string text, out string value) => (value = text) is "ltr" or "rtl"
    );

    public Wording? Read(YamlFile file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var whole = FieldSchema.Keys(
            "the sentences of notices in one language",
            keys =>
            {
                var wording = new Wording(
                    keys.Required("language", FieldSchema.Known("a language of city.yaml", languages)),
                    keys.Required("direction", Direction),
                    keys.Required("reviewed", FieldSchema.Flag),
                    keys.Required("texts", FieldSchema.Keys("a sentence for each key", Texts))
                        ?? ImmutableSortedDictionary<string, string>.Empty
                );
                if (wording.Language is not null && wording.Language != name)
                    keys.Report("language", YamlNode.Quote(wording.Language), $"'{name}', as the file is named");
                return wording;
            }
        );
        return file.Root is null ? null : whole.Read(file.Root, file);
    }

    private ImmutableSortedDictionary<string, string> Texts(YamlKeys keys)
    {
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in keys.Every())
            texts[key.Text] = Text(keys, key, value);
        foreach (var (key, places) in WordingKeys.Required.Where(required => !texts.ContainsKey(required.Key)))
            keys.Report($"no '{key}'", places.IsEmpty ? $"'{key}': a text" : $"'{key}': a sentence with {Braced(places)}");
        return texts.ToImmutable();
    }

    private string Text(YamlKeys keys, YamlText key, YamlNode value)
    {
        if (!WordingKeys.Required.TryGetValue(key.Text, out var places))
        {
            places = [];
            if (!IsName(key.Text))
            {
                keys.File.Add(
                    key,
                    $"the unknown key {YamlNode.Quote(key.Text)}",
                    "a key of the registry (see schema/notice-wording.json), or technology.<id>, purpose.<id>, class.<word>, note.<word>"
                );
                return "";
            }
        }

        var problems = keys.File.Problems.Count;
        var text = (
            key.Text.EndsWith(".separator", StringComparison.Ordinal) || key.Text == "list.last" ? FieldSchema.Separator : FieldSchema.Text
        ).Read(value, keys.File);
        if (keys.File.Problems.Count > problems)
            return "";
        CheckPlaces(key.Text, text, places, value, keys.File);
        if (key.Text.StartsWith("format.", StringComparison.Ordinal) && !IsPattern(key.Text, text))
            keys.File.Add(
                value,
                YamlNode.Quote(text),
                key.Text == "format.time"
                    ? "a pattern for a time and day, such as HH:mm, d MMMM yyyy"
                    : "a pattern for a day, such as d MMMM yyyy"
            );
        return text;
    }

    /// <summary>A sentence holds its places, no others, and no brace besides.</summary>
    private static void CheckPlaces(string key, string text, ImmutableArray<string> places, YamlNode at, YamlFile file)
    {
        var held = Wording.PlacesIn(text).ToArray();
        var foreign = held.Except(places).ToArray();
        foreach (var place in foreign)
            file.Add(at, $"{{{place}}} in '{key}'", places.IsEmpty ? "a text without places" : "only " + Braced(places));
        foreach (var place in foreign.Length > 0 ? [] : places.Except(held))
            file.Add(at, $"no {{{place}}} in '{key}'", "a sentence with " + Braced(places));
        if (text.Count(c => c is '{' or '}') != 2 * held.Length)
            file.Add(
                at,
                $"a brace that belongs to no place in '{key}'",
                places.IsEmpty ? "a text without braces" : "braces only around " + string.Join(", ", places)
            );
    }

    private bool IsName(string key)
    {
        var (family, name) = key.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? (key[..dot], key[(dot + 1)..]) : (key, "");
        return family switch
        {
            "technology" or "purpose" => technologies is null || technologies.Contains(name),
            "class" or "note" => name.Length > 0,
            _ => false,
        };
    }

    /// <summary>Whether a pattern writes days, or times, that can be told apart.</summary>
    private static bool IsPattern(string key, string pattern)
    {
        var (one, other) = (
            new DateTimeOffset(2019, 2, 1, 13, 45, 0, TimeSpan.Zero),
            new DateTimeOffset(2020, 2, 2, 13, 46, 0, TimeSpan.Zero)
        );
        try
        {
            return key == "format.time"
                ? one.ToString(pattern, CultureInfo.InvariantCulture) != one.AddMinutes(1).ToString(pattern, CultureInfo.InvariantCulture)
                    && one.ToString(pattern, CultureInfo.InvariantCulture) != one.AddDays(1).ToString(pattern, CultureInfo.InvariantCulture)
                : DateOnly.FromDateTime(one.DateTime).ToString(pattern, CultureInfo.InvariantCulture)
                    != DateOnly.FromDateTime(other.DateTime).ToString(pattern, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Braced(ImmutableArray<string> places) => string.Join(", ", places.Select(place => $"{{{place}}}"));
}

using System.Collections.Immutable;
using System.Globalization;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>
/// Checks the texts of a wording, alike in a file and in a change request: its keys, its placeholders, and the patterns of days and times.
/// </summary>
public static class TextCheck
{
    /// <summary>What is expected instead of a key that the registry does not have.</summary>
    public const string ExpectedKey =
        "a key of the registry (see schema/notice-wording.json), "
        + "or technology.<id>, purpose.<id>, why.<id>, class.<word>, note.<word>";

    /// <summary>Whether the registry has a key: one that is required, or one that names a technology, a class of data or a note.</summary>
    /// <param name="technologies">The ids of the technologies; null when they are not known.</param>
    public static bool IsKnown(string key, IReadOnlyCollection<string>? technologies)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (WordingKeys.Required.ContainsKey(key))
            return true;
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        var (family, name) = dot > 0 ? (key[..dot], key[(dot + 1)..]) : (key, "");
        return family switch
        {
            "technology" or "purpose" or "why" => technologies is null || technologies.Contains(name),
            "class" or "note" => name.Length > 0,
            _ => false,
        };
    }

    /// <summary>Whether a text may be blank, and begin or end with a blank: it stands between others.</summary>
    public static bool IsSeparator(string key) => key?.EndsWith(".separator", StringComparison.Ordinal) == true || key == "list.last";

    /// <summary>Everything that is wrong with the text of a known key.</summary>
    public static IEnumerable<(string Found, string Expected)> Problems(string key, string text)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(text);
        var expected = WordingKeys.Required.GetValueOrDefault(key, []);
        var found = Wording.PlacesIn(text).ToArray();
        var unknown = found.Except(expected).ToArray();
        foreach (var name in unknown)
            yield return ($"{{{name}}} in '{key}'", expected.IsEmpty ? "a text without placeholders" : "only " + InBraces(expected));
        if (unknown.Length == 0)
        {
            foreach (var name in expected.Except(found))
                yield return ($"no {{{name}}} in '{key}'", "a sentence with " + InBraces(expected));
        }

        if (text.Count(c => c is '{' or '}') != 2 * found.Length)
            yield return (
                $"a brace that belongs to no placeholder in '{key}'",
                expected.IsEmpty ? "a text without braces" : "braces only around " + string.Join(", ", expected)
            );
        if (key.StartsWith("format.", StringComparison.Ordinal) && !IsPattern(key, text))
            yield return (
                $"'{text}'",
                WritesTimes(key) ? "a pattern for a time and day, such as HH:mm, d MMMM yyyy" : "a pattern for a day, such as d MMMM yyyy"
            );
    }

    /// <summary>The placeholders as they stand in a text: <c>{citation}, {title}</c>.</summary>
    public static string InBraces(ImmutableArray<string> placeholders) => string.Join(", ", placeholders.Select(name => $"{{{name}}}"));

    private static bool WritesTimes(string key) => key is "format.time" or "format.exact" or "format.short" or "format.short.year";

    /// <summary>
    /// Returns whether the pattern is valid, and writes the next day differently; one for times also the next minute, and the exact one the
    /// next second. A month's pattern writes the next year differently.
    /// </summary>
    private static bool IsPattern(string key, string pattern)
    {
        var time = new DateTimeOffset(2019, 2, 1, 13, 45, 0, TimeSpan.Zero);
        try
        {
            if (!WritesTimes(key))
                return Day(new DateOnly(2019, 2, 1)) != Day(new DateOnly(2020, 2, 2));
            var written = Time(time);
            return written != Time(time.AddMinutes(1))
                && written != Time(time.AddDays(1))
                && (key != "format.exact" || written != Time(time.AddSeconds(1)));
        }
        catch (FormatException)
        {
            return false;
        }

        string Time(DateTimeOffset value) => value.ToString(pattern, CultureInfo.InvariantCulture);
        string Day(DateOnly value) => value.ToString(pattern, CultureInfo.InvariantCulture);
    }
}

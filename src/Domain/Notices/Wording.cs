using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>
/// The texts of notices and public pages in one language, from a file under <c>policies/notices</c>. <see cref="Texts.NoticeTextComposer"/>
/// chooses the text and fills its placeholders: <c>{citation}</c>.
/// </summary>
/// <param name="Language">BCP 47 tag.</param>
/// <param name="Direction"><c>ltr</c> or <c>rtl</c>.</param>
/// <param name="Reviewed">Whether a qualified person has reviewed the translation.</param>
/// <param name="Texts">A text for every key of <see cref="WordingKeys"/>, and the names of technologies and purposes.</param>
public sealed partial record Wording(string Language, string Direction, bool Reviewed, ImmutableSortedDictionary<string, string> Texts)
{
    /// <summary>
    /// The English wording of the pages that exist in English only.
    /// </summary>
    public static Wording English { get; } = new("en", "ltr", Reviewed: true, PageTexts.English);

    /// <summary>Whether a text is a language tag (BCP 47) that the registry takes: a language, perhaps a script and a region.</summary>
    public static bool IsLanguageTag(string text) => LanguageTag().IsMatch(text);

    /// <summary>
    /// The text for a key, with its placeholders. A page text that an older version did not store is the English one.
    /// Throws <see cref="KeyNotFoundException"/> for a key that the registry does not have.
    /// </summary>
    public string TextOf(string key) =>
        Texts.TryGetValue(key, out var text) || PageTexts.English.TryGetValue(key, out text)
            ? text
            : throw new KeyNotFoundException($"The wording of '{Language}' has no text '{key}'.");

    /// <summary>
    /// The text for a key with its placeholders filled.
    /// Throws <see cref="KeyNotFoundException"/> for a key that the registry does not have.
    /// </summary>
    public string Say(string key, params ReadOnlySpan<(string Place, string Value)> values)
    {
        var text = TextOf(key);
        foreach (var (place, value) in values)
            text = text.Replace("{" + place + "}", value, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Returns <see cref="Say"/> with a capital first letter where the language has them: a value may be first.</summary>
    public string Sentence(string key, params ReadOnlySpan<(string Place, string Value)> values) => Capitalize(Say(key, values));

    /// <summary>A text with a capital first letter where the language has them.</summary>
    public string Capitalize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? text : char.ToUpper(text[0], Culture) + text[1..];
    }

    /// <summary>Sentences one after another, each once; empty ones are left out.</summary>
    public string Sentences(IEnumerable<string> sentences) =>
        string.Join(Say("sentence.separator"), sentences.Where(text => text.Length > 0).Distinct());

    /// <summary>The text for an optional key, or the given text.</summary>
    public string SayOr(string key, string fallback) => Texts.TryGetValue(key, out var text) ? text : fallback;

    /// <summary>What the language says for the note of a period, which texts of law write in English; null when it has no words for
    /// it.</summary>
    public string? NoteIn(string note)
    {
        ArgumentNullException.ThrowIfNull(note);
        return Texts.GetValueOrDefault("note." + note.Replace(' ', '-'));
    }

    public bool SpeaksEnglish() => Language.Split('-')[0] == "en";

    /// <summary>English words inside another language, as pages and screens find them to mark them.</summary>
    public static string Quoted(string english) => $"“{english}”";

    /// <summary>A list as the language writes it: <c>a, b and c</c>.</summary>
    public string List(IReadOnlyList<string> parts) =>
        parts.Count switch
        {
            0 => "",
            1 => parts[0],
            _ => string.Join(Say("list.separator"), parts.Take(parts.Count - 1)) + Say("list.last") + parts[^1],
        };

    /// <summary>A day as the language writes it.</summary>
    public string Date(DateOnly day) => day.ToString(Say("format.date"), Culture);

    /// <summary>A local time and day as the language writes it.</summary>
    public string Time(DateTimeOffset local) => local.ToString(Say("format.time"), Culture);

    /// <summary>A local time and day in few letters; without the year where that is the given one.</summary>
    public string ShortTime(DateTimeOffset local, int year) =>
        local.ToString(Say(local.Year == year ? "format.short" : "format.short.year"), Culture);

    /// <summary>A local time and day to the second, as the language writes it.</summary>
    public string ExactTime(DateTimeOffset local) => local.ToString(Say("format.exact"), Culture);

    /// <summary>A number with at most one decimal, as the language writes it.</summary>
    public string Number(double value) => value.ToString("0.#", Culture);

    /// <summary>A date of law, no more exact than it was stated.</summary>
    public string Date(LawDate date) =>
        date.Precision switch
        {
            DatePrecision.Day => Date(date.Earliest),
            DatePrecision.Month => date.Earliest.ToString(Say("format.month"), Culture),
            DatePrecision.Year or DatePrecision.Unknown or DatePrecision.Open => date.ToString(),
            _ => throw new ArgumentOutOfRangeException(nameof(date), date.Precision, null),
        };

    /// <summary>The names of the placeholders in a text: <c>citation</c> for <c>{citation}</c>.</summary>
    public static IEnumerable<string> PlacesIn(string text) => Placeholder().Matches(text).Select(match => match.Groups[1].Value);

    private CultureInfo Culture => CultureInfo.GetCultureInfo(Language);

    [GeneratedRegex(@"\{([a-z-]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}

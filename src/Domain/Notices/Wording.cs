using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>
/// The words of notices in one language, as policy staff keep them under <c>policies/notices</c>. The composer says what is true;
/// these sentences say how. Each may hold places for values: <c>{citation}</c>.
/// </summary>
/// <param name="Language">BCP 47 tag.</param>
/// <param name="Direction"><c>ltr</c> or <c>rtl</c>.</param>
/// <param name="Reviewed">Whether a qualified person has reviewed the translation.</param>
/// <param name="Texts">A sentence for every key of <see cref="WordingKeys"/>; names of technologies and purposes beside them.</param>
public sealed partial record Wording(string Language, string Direction, bool Reviewed, ImmutableSortedDictionary<string, string> Texts)
{
    /// <summary>
    /// The sentence for a key with its places filled. Throws <see cref="KeyNotFoundException"/> for a key that no file may lack.
    /// </summary>
    public string Say(string key, params ReadOnlySpan<(string Place, string Value)> values)
    {
        var text = Texts[key];
        foreach (var (place, value) in values)
            text = text.Replace("{" + place + "}", value, StringComparison.Ordinal);
        return text;
    }

    /// <summary>As <see cref="Say"/>, beginning with a capital letter where the language has them: a value may stand first.</summary>
    public string Sentence(string key, params ReadOnlySpan<(string Place, string Value)> values)
    {
        var text = Say(key, values);
        return text.Length == 0 ? text : char.ToUpper(text[0], Culture) + text[1..];
    }

    /// <summary>The sentence for a key that a file may lack, or the words given.</summary>
    public string SayOr(string key, string otherwise) => Texts.TryGetValue(key, out var text) ? text : otherwise;

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

    /// <summary>A date of law, no more exact than it was stated.</summary>
    public string Date(Policies.Law.LawDate date) =>
        date.Precision switch
        {
            Policies.Law.DatePrecision.Day => Date(date.Earliest),
            Policies.Law.DatePrecision.Month => date.Earliest.ToString(Say("format.month"), Culture),
            _ => date.ToString(),
        };

    /// <summary>The places in a text: <c>citation</c> for <c>{citation}</c>.</summary>
    public static IEnumerable<string> PlacesIn(string text) => Place().Matches(text).Select(match => match.Groups[1].Value);

    private CultureInfo Culture => CultureInfo.GetCultureInfo(Language);

    [GeneratedRegex(@"\{([a-z-]+)\}")]
    private static partial Regex Place();
}

/// <summary>The keys that every wording file holds, and the places that each may use.</summary>
public static class WordingKeys
{
    /// <summary>
    /// Key → the places it holds. A file without one of the keys, without one of its places, or with another place, is refused.
    /// </summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Required { get; } =
        Build(
            "list.separator",
            "list.last",
            "sentence.separator",
            "format.date",
            "format.month",
            "format.time",
            "capture.video",
            "capture.stills",
            "capture.audio",
            "capture.plates",
            "capture.faces",
            "capture.location",
            "mode.live",
            "mode.recorded",
            // One fact.
            "fact.line capture mode",
            "fact.maybe capture",
            "fact.now line technology certainty",
            "certainty.reported time",
            "certainty.silent time",
            "certainty.never",
            "certainty.unconfirmed",
            "rule.line citation title date",
            "rule.undated citation title",
            "rule.none technology",
            "rule.review capture",
            "retention.minimum days",
            "retention.limit days",
            "retention.practice days",
            "retention.until.end-of-shift",
            "retention.until.end-of-sentence",
            "retention.of text class",
            "retention.note text note",
            "retention.by text citation",
            "retention.none technology",
            // First layer.
            "retention.for technology text",
            "what.captures captures",
            "what.none devices",
            "what.no-device",
            "now.none",
            "now.no-device",
            "who.department name phone",
            "who.none",
            "access.ask portal phone days law",
            "access.exempt citation",
            "rights.ask url phone",
            "surprise.audio",
            "surprise.plates",
            "surprise.live",
            "surprise.faces",
            "surprise.unknown",
            "surprise.none",
            "more.link url",
            "version.line sequence time",
            "scope.line",
            "scope.sample",
            "not-stated",
            "not-captured",
            // Second layer.
            "second.rule citation title authority",
            "second.disagree one other",
            "second.access.open",
            "second.access.conditions",
            "second.access.exempt",
            "second.access.not-known",
            "second.devices count technology",
            "second.law citation text"
        );

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Build(params ReadOnlySpan<string> lines)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var words = line.Split(' ');
            keys.Add(words[0], [.. words.Skip(1)]);
        }

        return keys.ToImmutable();
    }
}

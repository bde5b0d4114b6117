using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes.Descriptions;

/// <summary>
/// The phrases that descriptions of changes are made of. All read JSON values and throw <see cref="JsonException"/> for a value in an
/// unknown form.
/// </summary>
internal static class DescriptionPhrases
{
    /// <summary>A longer text is quoted in part.</summary>
    private const int MaxQuoted = 240;

    /// <summary>A value that was recorded, removed, corrected or changed.</summary>
    public static string Changed<T>(string what, Difference difference, Func<T, string> format)
    {
        var before = Format(difference.Before);
        var after = Format(difference.After);
        return (before, after) switch
        {
            (null, null) => $"changed {what}",
            (null, _) => $"recorded {what}: {after}",
            (_, null) => $"removed {what}: {before}",
            _ when before == after => $"corrected {what}: {after}",
            _ => $"changed {what} from {before} to {after}",
        };

        string? Format(string? json) => json is null or "null" ? null : format(Read<T>(json)!);
    }

    public static string Date(string what, Difference difference) => Changed(what, difference, (LawDate date) => PlainLanguage.Date(date));

    public static string Text(string what, Difference difference)
    {
        if (Read<string>(difference.Before) is not { } before || Read<string>(difference.After) is not { } after)
            return Changed(what, difference, (string text) => Quoted(text));
        // Two long texts are quoted around the place where they begin to differ, because their beginnings are equal.
        var commonLength = before.AsSpan().CommonPrefixLength(after);
        var start = Math.Max(before.Length, after.Length) <= MaxQuoted || commonLength < MaxQuoted / 3 ? 0 : commonLength - MaxQuoted / 3;
        var from = Quoted(before, start);
        var to = Quoted(after, start);
        return from == to ? $"corrected {what}: {to}" : $"changed {what} from {from} to {to}";
    }

    /// <summary>A member of a source; null for a member that has no sentence.</summary>
    public static string? Source(string source, string field, Difference difference) =>
        field switch
        {
            "title" => Text(source, difference),
            "url" => Text($"the address of {source}", difference),
            "readOn" => Changed($"the date on which {source} was read", difference, (DateOnly day) => PlainLanguage.Date(day)),
            "confidence" => Changed(
                $"the reliability of {source}",
                difference,
                (Confidence confidence) => Quoted(PlainLanguage.For(confidence))
            ),
            _ => null,
        };

    /// <summary>A list whose items have no key: what was added and what was removed, or else the list in its new order.</summary>
    public static string Listed<T>(string what, Difference difference, Func<T, string> format)
    {
        string[] before = [.. ReadMany<T>(difference.Before).Select(format)];
        string[] after = [.. ReadMany<T>(difference.After).Select(format)];
        string[] added = [.. after.Except(before)];
        string[] removed = [.. before.Except(after)];
        var sentences = new List<string>();
        if (added.Length > 0)
            sentences.Add($"added to {what}: {PlainLanguage.List(added)}");
        if (removed.Length > 0)
            sentences.Add($"removed from {what}: {PlainLanguage.List(removed)}");
        if (sentences.Count == 0)
            sentences.Add($"listed {what} differently: {PlainLanguage.List(after)}");
        return string.Join("; ", sentences);
    }

    /// <summary>One item of a list with keys.</summary>
    public static string Item<T>(Difference difference, Func<T, string> format)
        where T : class
    {
        var before = Read<T>(difference.Before);
        var after = Read<T>(difference.After);
        if (before is null)
            return $"added {format(after!)}";
        return after is null ? $"removed {format(before)}" : $"changed {format(before)} to {format(after)}";
    }

    /// <summary>A list whose items lost their keys, or are compared as a whole; null when only the order of the items differs.</summary>
    public static string? Items<T>(Difference difference, Func<T, string> format)
    {
        string[] before = [.. ReadMany<T>(difference.Before).Select(format)];
        string[] after = [.. ReadMany<T>(difference.After).Select(format)];
        string[] sentences =
        [
            .. after.Except(before).Select(item => "added " + item),
            .. before.Except(after).Select(item => "removed " + item),
        ];
        return sentences.Length > 0 ? string.Join("; ", sentences) : null;
    }

    /// <summary>
    /// The sentence for a part of a document that has no sentence of its own: the name of the part, and its value when that is a single
    /// number, truth value or text.
    /// </summary>
    public static string Fallback(Difference difference)
    {
        var name = string.Join(" ", difference.Path.Select(SplitWords));
        var what = name.Length == 0 ? "the document" : Quoted(name);
        return (Scalar(difference.Before), Scalar(difference.After)) switch
        {
            ({ } before, { } after) when before != after => $"changed {what} from {before} to {after}",
            (null, { } after) when difference.Before is null or "null" => $"recorded {what}: {after}",
            ({ } before, null) when difference.After is null or "null" => $"removed {what}: {before}",
            _ => $"changed {what}",
        };
    }

    private static string SplitWords(string camelCase) =>
        string.Concat(camelCase.Select(letter => char.IsAsciiLetterUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));

    private static string? Scalar(string? json)
    {
        if (json is null)
            return null;
        using var value = JsonDocument.Parse(json);
        var kind = value.RootElement.ValueKind;
        return kind is JsonValueKind.String ? Quoted(value.RootElement.GetString()!)
            : kind is JsonValueKind.Number ? value.RootElement.GetRawText()
            : kind is JsonValueKind.True ? "yes"
            : kind is JsonValueKind.False ? "no"
            : null;
    }

    public static string Technology(string id, GovernanceSnapshot names) =>
        Plain(names.Table.Technologies.FirstOrDefault(technology => technology.Id == id)?.Name.Trim() ?? id);

    public static string Instrument(string id, GovernanceSnapshot names) =>
        Plain(names.Table.Instruments.FirstOrDefault(instrument => instrument.Id == id)?.Citation ?? id);

    public static string Department(string id, GovernanceSnapshot names) => Plain(names.City.Department(id)?.Name ?? id);

    /// <summary>The English name of a BCP 47 tag; the tag itself when it is unknown.</summary>
    public static string Language(string tag)
    {
        try
        {
            return Plain(CultureInfo.GetCultureInfo(tag).EnglishName);
        }
        catch (CultureNotFoundException)
        {
            return Plain(tag);
        }
    }

    public static string Quoted(string text) => Quoted(text, 0);

    private static string Quoted(string text, int start)
    {
        var end = Math.Min(text.Length, start + MaxQuoted);
        return $"“{(start > 0 ? "…" : "")}{Plain(text[Math.Min(start, end)..end])}{(end < text.Length ? "…" : "")}”";
    }

    /// <summary>A text on one line, and without the braces that mark placeholders in notice texts.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            plain.Append(
                rune.Value switch
                {
                    '{' => "‹",
                    '}' => "›",
                    _ when Rune.IsControl(rune) => " ",
                    _ => rune.ToString(),
                }
            );
        return plain.ToString();
    }

    public static T? Read<T>(string? json)
    {
        if (json is null or "null")
            return default;
        using var value = JsonDocument.Parse(json);
        return HasNullItem(value.RootElement)
            ? throw new JsonException("A list has a null item.")
            : value.Deserialize<T>(PolicyDocument.Strict);
    }

    public static ImmutableArray<T> ReadMany<T>(string? json) => Read<ImmutableArray<T>?>(json) ?? [];

    /// <summary>No list of any document may have a null item, which the type of a list cannot express.</summary>
    private static bool HasNullItem(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array
            ? value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Null || HasNullItem(item))
            : value.ValueKind is JsonValueKind.Object && value.EnumerateObject().Any(member => HasNullItem(member.Value));
}

using System.Collections.Immutable;
using System.Text;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// The words inside cells: a list has one item on each line, <c>limit 21 days | patrol reads | with exceptions</c> is how long recordings of
/// a class of data stay and what the text adds, <c>posted-sign 30 days</c> is a duty to tell the public.
/// </summary>
internal static class Cells
{
    private const char Bar = '|', Escape = '\\';

    /// <summary>How a retention or a duty must be written.</summary>
    private const string RetentionForm = "words such as 'limit 21 days | patrol reads | with exceptions' or 'limit end-of-shift'", NoticeForm = "a duty, and days where the text states them, such as 'posted-sign 30 days'";

    public static string List(IEnumerable<string> items) => string.Join('\n', items);

    public static string Of(Retention retention)
    {
        var words = $"{Json.Word(retention.Bound)} {(retention.Event is { } ends ? Json.Word(ends) : Days(retention.Days))}";
        return retention switch
        {
            { Note: { } note } => $"{words} | {Escaped(retention.DataClass ?? "")} | {Escaped(note)}",
            { DataClass: { } data } => $"{words} | {Escaped(data)}",
            _ => words,
        };
    }

    public static string Of(RequiredNotice notice) => Json.Word(notice.Duty) + (notice.Days is { } days ? " " + Days(days) : "");

    /// <summary>The lines of a cell, as a list at its place; lines with nothing on them do not count.</summary>
    public static YamlList Lines(YamlText cell) => new(
        [.. cell.Text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).Select(line => cell with { Text = line, IsPlain = false })], cell.Line, cell.Column);

    /// <summary>A retention as the keys that the files write it in; what is not understood is reported and left out.</summary>
    public static YamlNode? Retention(YamlText line, YamlFile file)
    {
        var parts = Parts(line.Text);
        var words = parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > 3 || words.Length is < 2 or > 3)
            return Wrong(line, file, RetentionForm);
        (string Key, string Value) kept;
        if (words.Length == 2)
            kept = ("event", words[1]);
        else if (words[2] is "days" or "day")
            kept = ("days", words[1]);
        else
            return Wrong(line, file, $"an amount of days ('21 days'), or one of {string.Join(", ", Enum.GetValues<RetentionEvent>().Select(Json.Word))}");
        return Map(line, ("bound", words[0]), kept, ("data_class", parts.ElementAtOrDefault(1)), ("note", parts.ElementAtOrDefault(2)));
    }

    /// <summary>A duty as the keys that the files write it in.</summary>
    public static YamlNode? Notice(YamlText line, YamlFile file) => line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        [var duty] => Map(line, ("duty", duty)),
        [var duty, var days, "days" or "day"] => Map(line, ("duty", duty), ("days", days)),
        _ => Wrong(line, file, NoticeForm),
    };

    private static string Days(int? days) => FormattableString.Invariant($"{days} days");

    private static YamlNode? Wrong(YamlText line, YamlFile file, string expected)
    {
        file.Add(line, line.Found, expected);
        return null;
    }

    private static YamlMap Map(YamlText line, params ReadOnlySpan<(string Key, string? Value)> keys)
    {
        var entries = ImmutableArray.CreateBuilder<(YamlText, YamlNode)>(keys.Length);
        foreach (var (key, value) in keys)
        {
            if (!string.IsNullOrEmpty(value))
                entries.Add((line with { Text = key }, line with { Text = value }));
        }

        return new YamlMap(entries.ToImmutable(), line.Line, line.Column);
    }

    /// <summary>A part between bars: what would be taken for a bar, an escape or a blank beside a bar is marked as none.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 4);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is Bar or Escape || text[at] == ' ' && (at == 0 || at == text.Length - 1))
                escaped.Append(Escape);
            escaped.Append(text[at]);
        }

        return escaped.ToString();
    }

    /// <summary>The parts between bars, without the blanks beside the bars.</summary>
    private static string[] Parts(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var meant = 0; // So much of the part is not to be trimmed.
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == Escape && at + 1 < text.Length)
            {
                part.Append(text[++at]);
                meant = part.Length;
            }
            else if (text[at] == Bar)
            {
                Close();
            }
            else if (text[at] != ' ' || part.Length > 0)
            {
                part.Append(text[at]);
            }
        }

        Close();
        return [.. parts];

        void Close()
        {
            var length = part.Length;
            while (length > meant && part[length - 1] == ' ')
                length--;
            parts.Add(part.ToString(0, length));
            part.Clear();
            meant = 0;
        }
    }
}

using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// What stands inside cells: a list has one item on each line, and <see cref="Domain.Policies.Rules.RuleText"/> are read into the keys of
/// the other files, so that the same forms check them.
/// </summary>
internal static class CsvCellFormat
{
    public static string List(IEnumerable<string> items) => string.Join('\n', items);

    /// <summary>The lines of a cell, as a list at its place; lines with nothing on them do not count.</summary>
    public static YamlList Items(YamlText cell) =>
        new(
            [
                .. cell
                    .Text.Split('\n')
                    .Select(line => line.TrimEnd('\r'))
                    .Where(line => line.Length > 0)
                    .Select(line => cell with { Text = line, IsPlain = false }),
            ],
            cell.Line,
            cell.Column
        );

    /// <summary>A retention; what is not understood is reported and left out.</summary>
    public static YamlNode? Retention(YamlText line, YamlFile file)
    {
        if (RuleText.TryRead(line.Text, out Retention retention))
            return Map(
                line,
                ("bound", Json.Word(retention.Bound)),
                ("days", Days(retention.Days)),
                ("event", retention.Event is { } ends ? Json.Word(ends) : null),
                ("data_class", retention.DataClass),
                ("note", retention.Note)
            );
        file.Add(line, line.Found, RuleText.RetentionExpected);
        return null;
    }

    /// <summary>A duty to tell the public; what is not understood is reported and left out.</summary>
    public static YamlNode? Notice(YamlText line, YamlFile file)
    {
        if (RuleText.TryRead(line.Text, out RequiredNotice duty))
            return Map(line, ("duty", Json.Word(duty.Duty)), ("days", Days(duty.Days)));
        file.Add(line, line.Found, RuleText.NoticeExpected);
        return null;
    }

    private static string? Days(int? days) => days?.ToString(CultureInfo.InvariantCulture);

    private static YamlMap Map(YamlText line, params ReadOnlySpan<(string Key, string? Value)> keys)
    {
        var entries = ImmutableArray.CreateBuilder<(YamlText, YamlNode)>(keys.Length);
        foreach (var (key, value) in keys)
        {
            if (value is not null)
                entries.Add((line with { Text = key }, line with { Text = value }));
        }

        return new YamlMap(entries.ToImmutable(), line.Line, line.Column);
    }
}

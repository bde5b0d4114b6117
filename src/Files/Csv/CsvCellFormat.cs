using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// The format inside cells. A list has one item on each line. A line of <see cref="RuleText"/> becomes the same map as in a policy file,
/// so that the same schemas check it.
/// </summary>
internal static class CsvCellFormat
{
    public static string JoinLines(IEnumerable<string> items) => string.Join('\n', items);

    /// <summary>Returns the lines of a cell as a list at the cell's position, without empty lines.</summary>
    public static YamlList SplitLines(YamlText cell) =>
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

    /// <summary>Parses a retention; returns null, with a problem, for any other text.</summary>
    public static YamlNode? ParseRetention(YamlText line, YamlFile file)
    {
        if (RuleText.TryRead(line.Text, out Retention retention))
            return Map(
                line,
                ("bound", Json.Word(retention.Bound)),
                ("days", Number(retention.Days)),
                ("months", Number(retention.Months)),
                ("years", Number(retention.Years)),
                ("event", retention.Event is { } ends ? Json.Word(ends) : null),
                ("data_class", retention.DataClass),
                ("note", retention.Note)
            );
        file.Report(line, line.Found, RuleText.RetentionExpected);
        return null;
    }

    /// <summary>Parses a notice duty; returns null, with a problem, for any other text.</summary>
    public static YamlNode? ParseNotice(YamlText line, YamlFile file)
    {
        if (RuleText.TryRead(line.Text, out RequiredNotice notice))
            return Map(line, ("duty", Json.Word(notice.Duty)), ("days", Number(notice.Days)));
        file.Report(line, line.Found, RuleText.NoticeExpected);
        return null;
    }

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);

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

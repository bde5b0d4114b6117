using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>Builds the map of a policy file from the cells of a row, so that the schemas of policy files can read it.</summary>
internal static class CsvRowMap
{
    /// <summary>Returns the cell of a column, also when it is empty: the schema then reports it as missing.</summary>
    public static (YamlText, YamlNode)? Required(CsvRow row, string column, string? key = null) => Entry(key ?? column, row[column]);

    /// <summary>Returns the cell of a column; null when it is empty.</summary>
    public static (YamlText, YamlNode)? Optional(CsvRow row, string column, string? key = null) =>
        row[column] is { Text.Length: > 0 } cell ? Entry(key ?? column, cell) : null;

    /// <summary>Returns the date of a column, also when it is empty: the schema then reports it as missing.</summary>
    public static (YamlText, YamlNode)? RequiredDate(CsvRow row, string column, string? key = null) =>
        Entry(key ?? column, InFormOfFiles(row[column]));

    /// <summary>Returns the date of a column; null when it is empty.</summary>
    public static (YamlText, YamlNode)? OptionalDate(CsvRow row, string column) =>
        row[column] is { Text.Length: > 0 } cell ? Entry(column, InFormOfFiles(cell)) : null;

    /// <summary>
    /// Returns a date as policy files have it. Spreadsheets and people write dates in their own form. A date that can mean two days, or
    /// none, stays as it is, with the reason, so that the schema reports it.
    /// </summary>
    private static YamlText InFormOfFiles(YamlText cell) =>
        LawDateReader.Read(cell.Text, out _) is { } date ? cell with { Text = date.ToString() }
        : LawDateReader.FindReason(cell.Text) is { } reason ? cell with { Remark = $", which {reason}" }
        : cell;

    /// <summary>Returns a flag in lower case, because spreadsheets write TRUE; null when the cell is empty.</summary>
    public static (YamlText, YamlNode)? OptionalFlag(CsvRow row, string column) =>
        row[column] is { Text.Length: > 0 } cell ? Entry(column, cell with { Text = cell.Text.ToLowerInvariant() }) : null;

    /// <summary>Returns the lines of a cell as a list; null when it is empty.</summary>
    /// <param name="parseLine">Turns a line into a node; a line for which it returns null is left out.</param>
    public static (YamlText, YamlNode)? OptionalLines(CsvRow row, string column, Func<YamlText, YamlNode?>? parseLine = null)
    {
        var list = CsvCellFormat.SplitLines(row[column]);
        if (list.Items.IsEmpty)
            return null;
        return Entry(
            column,
            parseLine is null ? list : list with { Items = [.. list.Items.Select(item => parseLine((YamlText)item)).OfType<YamlNode>()] }
        );
    }

    /// <summary>Returns a map under a key, at the position of a cell.</summary>
    public static (YamlText, YamlNode)? Nested(YamlText position, string key, params ReadOnlySpan<(YamlText, YamlNode)?> entries) =>
        Entry(key, Map(position, entries));

    public static (YamlText, YamlNode) Entry(string key, YamlNode value) => (new YamlText(key, true, value.Line, value.Column), value);

    /// <summary>Returns a map of all entries that are not null, at the position of a cell.</summary>
    public static YamlMap Map(YamlText position, params ReadOnlySpan<(YamlText, YamlNode)?> entries)
    {
        var present = ImmutableArray.CreateBuilder<(YamlText, YamlNode)>(entries.Length);
        foreach (var entry in entries)
        {
            if (entry is { } pair)
                present.Add(pair);
        }

        return new YamlMap(present.ToImmutable(), position.Line, position.Column);
    }
}

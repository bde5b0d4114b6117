using System.Collections.Immutable;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>A row of a sheet; its cells are unescaped.</summary>
/// <param name="Number">The row number of a spreadsheet: the header is row 1.</param>
/// <param name="Line">The line of the file on which the row begins.</param>
internal sealed record CsvRow(CsvSheet Sheet, int Number, int Line, ImmutableArray<string> Texts)
{
    /// <summary>Returns the cell of a column; an empty cell when the sheet does not have the column.</summary>
    public YamlText this[string column]
    {
        get
        {
            var index = Sheet.ColumnOf(column);
            var text = index < 0 ? "" : Texts[index];
            return new YamlText(text, IsPlain: text.Length == 0, Line, Math.Max(index, 0) + 1);
        }
    }
}

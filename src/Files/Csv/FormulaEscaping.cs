using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// Prevents CSV injection: a cell that begins like a formula is written with an apostrophe before it and read without it. So is what stands
/// after a semicolon, a tab or a line break in a cell: where a spreadsheet separates cells by semicolons, it does not see the quotes around
/// a cell, and begins a new one there. A text that itself has an apostrophe before such a character gets one more, so that every text is
/// read back unchanged.
/// </summary>
internal static partial class FormulaEscaping
{
    private const string RefusedCharacters = "=+@";

    public static string Escape(string cell) => Formula().Replace(cell, "'$0");

    public static string Unescape(string cell) => Formula().Replace(cell, one => one.Value.StartsWith('\'') ? one.Value[1..] : one.Value);

    /// <summary>True when a spreadsheet would run the cell as a formula. A leading minus is not counted: it may begin a number.</summary>
    public static bool IsFormula(string cell) => cell.Length > 0 && RefusedCharacters.Contains(cell[0], StringComparison.Ordinal);

    /// <summary>Apostrophes and the first character of a formula, where a spreadsheet may begin a cell.</summary>
    [GeneratedRegex(@"(?<=\A|[;\t\r\n])'*[=+\-@\t\r]", RegexOptions.CultureInvariant)]
    private static partial Regex Formula();
}

namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// Prevents CSV injection: a cell that begins like a formula is written with an apostrophe before it and read without it. A text that
/// itself begins with an apostrophe and such a character gets one more, so that every text is read back unchanged.
/// </summary>
internal static class FormulaEscaping
{
    private const string EscapedCharacters = "=+-@\t\r",
        RefusedCharacters = "=+@";

    public static string Escape(string cell) => NeedsEscape(cell) ? "'" + cell : cell;

    public static string Unescape(string cell) => cell is ['\'', ..] && NeedsEscape(cell) ? cell[1..] : cell;

    /// <summary>True when a spreadsheet would run the cell as a formula. A leading minus is not counted: it may begin a number.</summary>
    public static bool IsFormula(string cell) => cell.Length > 0 && RefusedCharacters.Contains(cell[0], StringComparison.Ordinal);

    private static bool NeedsEscape(string cell)
    {
        var text = cell.AsSpan().TrimStart('\'');
        return text.Length > 0 && EscapedCharacters.Contains(text[0], StringComparison.Ordinal);
    }
}

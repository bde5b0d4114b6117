namespace SurveillanceRegistry.Files.Csv;

/// <summary>
/// Keeps spreadsheets from running what people wrote: a cell that begins as a formula does goes out with <c>'</c> before it, and comes in
/// without. A text that begins with <c>'</c> and such a sign by itself gets one more, so that every text comes back as it was.
/// </summary>
internal static class FormulaEscaping
{
    private const string Signs = "=+-@\t\r",
        MustBeGuarded = "=+@";

    public static string Out(string cell) => BeginsSo(cell) ? "'" + cell : cell;

    public static string In(string cell) => cell is ['\'', ..] && BeginsSo(cell) ? cell[1..] : cell;

    /// <summary>Whether a cell came in as a spreadsheet would run it.</summary>
    public static bool IsFormula(string cell) => cell.Length > 0 && MustBeGuarded.Contains(cell[0], StringComparison.Ordinal);

    private static bool BeginsSo(string cell)
    {
        var text = cell.AsSpan().TrimStart('\'');
        return text.Length > 0 && Signs.Contains(text[0], StringComparison.Ordinal);
    }
}

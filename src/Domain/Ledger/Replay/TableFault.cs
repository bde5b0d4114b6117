namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>A row that differs from what the entries of the ledger say, or that only the ledger or only the table has.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The key of the row: its values, separated by blanks.</param>
/// <param name="Column">The column, with the member of a JSON value, e.g. <c>body.sensors</c>; null when the whole row is meant.</param>
/// <param name="LedgerSays">The value by the ledger; null when that is a null or when the ledger has no such row.</param>
/// <param name="TableSays">The value in the table; null when that is a null or when the table has no such row.</param>
public sealed record TableFault(string Table, string Key, string? Column, string? LedgerSays, string? TableSays)
{
    private const int MaxShown = 300;

    /// <summary>The fault in a sentence.</summary>
    public string Sentence =>
        Column is not null
            ? $"Table {Table}, row {Key}, column {Column}: the ledger says {Show(LedgerSays)}, the table says {Show(TableSays)}."
        : LedgerSays is null ? $"Table {Table}, row {Key}: no entry of the ledger made this row."
        : $"Table {Table}, row {Key}: {LedgerSays} made this row, and the table does not have it.";

    /// <summary>A row that no entry made.</summary>
    internal static TableFault WithoutEntry(string table, string key) => new(table, key, null, null, key);

    /// <summary>A row that an entry made and the table does not have.</summary>
    internal static TableFault Missing(string table, string key, long entry) => new(table, key, null, $"entry {entry} of the ledger", null);

    private static string Show(string? value) =>
        value switch
        {
            null => "nothing",
            { Length: > MaxShown } => $"'{value[..MaxShown]}…'",
            _ => $"'{value}'",
        };
}

using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>
/// A table as the entries of the ledger say it must be. Entries change the expected rows; each stored row is compared with its expected
/// row, which is then forgotten. Expected rows that remain are missing in the table.
/// </summary>
/// <param name="name">The name of the table.</param>
/// <param name="keyColumns">The columns that identify a row.</param>
/// <param name="columns">The compared columns, after those of the key.</param>
internal abstract class ReplayedTable(string name, ImmutableArray<string> keyColumns, ImmutableArray<string> columns)
{
    private readonly Dictionary<string, ExpectedRow> _rows = new(StringComparer.Ordinal);
    private readonly long[] _notHeld = new long[columns.Length];

    /// <summary>The name of the table.</summary>
    public string Name => name;

    /// <summary>The columns of a row in the order in which they are compared, those of the key first.</summary>
    public ImmutableArray<string> Columns { get; } = [.. keyColumns, .. columns];

    /// <summary>The kinds of entry that change the table.</summary>
    public abstract ImmutableArray<string> Kinds { get; }

    /// <summary>
    /// Whether each row is made by one entry and never changed, and its first stored value is the number of that entry. Such rows are
    /// compared while the entries are read, so that none waits in memory.
    /// </summary>
    public virtual bool IsInEntryOrder => false;

    /// <summary>Whether its rows are so many that the database begins to read them before all entries are applied.</summary>
    public virtual bool IsPrepared => false;

    /// <summary>The number of rows that older entries made without saying what is in them.</summary>
    public long OlderRows { get; private set; }

    /// <summary>For each column the number of rows of which the entries do not say it, because an older version wrote them.</summary>
    public IEnumerable<KeyValuePair<string, long>> NotHeld =>
        columns.Zip(_notHeld, (column, rows) => KeyValuePair.Create(column, rows)).Where(column => column.Value > 0);

    /// <summary>Changes the expected rows as an entry says.</summary>
    public abstract void Apply(in ReplayedEntry entry);

    /// <summary>Compares a stored row. Returns the fault, or null.</summary>
    public TableFault? Compare(string?[] stored)
    {
        try
        {
            return CompareReadable(stored);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            return new TableFault(name, string.Join(' ', stored.Take(keyColumns.Length)), "*", "a readable row", failure.Message);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TableFault? CompareReadable(string?[] stored)
    {
        var row = Read(stored);
        var key = keyColumns.Length == 1 ? row[0]! : string.Join(' ', row[..keyColumns.Length]);
        if (CheckOrder(key, stored) is { } disorder)
            return disorder;
        if (!_rows.Remove(key, out var expected))
        {
            if (!IsOlder(stored))
                return TableFault.WithoutEntry(name, key);
            if (CountsOlderRows)
                OlderRows++;
            return null;
        }

        for (var i = 0; i < columns.Length; i++)
        {
            var held = Value(key, expected.Entry, expected.Values, i);
            if (held.Compare(row[keyColumns.Length + i]) is { } difference)
            {
                return new TableFault(name, key, columns[i] + difference.Path, difference.LedgerSays, difference.TableSays);
            }

            if (!held.IsHeld)
                _notHeld[i]++;
        }

        OnEqual(stored);
        return null;
    }

    /// <summary>Returns the fault of an expected row that was not compared; null when there is none.</summary>
    public TableFault? FindMissing() =>
        _rows.Count == 0
            ? null
            : _rows.OrderBy(row => row.Value.Entry).Select(row => TableFault.Missing(name, row.Key, row.Value.Entry)).First();

    /// <summary>Turns the stored values into those of <see cref="Columns"/>; without a change where they are the same.</summary>
    protected virtual string?[] Read(string?[] stored) => stored;

    /// <summary>Whether a row may be there without an entry that says what is in it.</summary>
    protected virtual bool IsOlder(string?[] stored) => false;

    /// <summary>Whether only older versions made rows without an entry.</summary>
    protected virtual bool CountsOlderRows => true;

    /// <summary>Returns the fault of a row that does not follow the one before it; null when it does.</summary>
    protected virtual TableFault? CheckOrder(string key, string?[] stored) => null;

    /// <summary>Called for a row that is as the ledger says.</summary>
    protected virtual void OnEqual(string?[] stored) { }

    /// <summary>The value of a compared column.</summary>
    /// <param name="entry">The entry that made the row.</param>
    /// <param name="values">The values that <see cref="Expect"/> was given.</param>
    /// <param name="column">Its position among the compared columns.</param>
    protected virtual Held Value(string key, long entry, Held[] values, int column) => values[column];

    /// <summary>Expects a row from now on. An expected row with the same key is replaced.</summary>
    protected void Expect(string key, long entry, params Held[] values) => _rows[key] = new ExpectedRow(entry, values);

    /// <summary>The values of an expected row, which may be changed; null when no such row is expected.</summary>
    protected Held[]? Find(string key) => _rows.TryGetValue(key, out var row) ? row.Values : null;

    /// <param name="Entry">The entry that made the row.</param>
    private readonly record struct ExpectedRow(long Entry, Held[] Values);
}

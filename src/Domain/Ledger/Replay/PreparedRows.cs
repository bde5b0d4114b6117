using System.Runtime.CompilerServices;

namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>
/// The rows of a table that the database sorts or groups for long before the first of them comes. It does so from the beginning, while the
/// entries are read: a verification would otherwise wait for it at the end.
/// </summary>
public sealed class PreparedRows : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending;
    private readonly IAsyncEnumerator<string?[]> _rows;
    private readonly Task<bool> _first;

    /// <summary>Asks for the rows, and waits for none.</summary>
    public PreparedRows(ILedgerSnapshot snapshot, string table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Table = table;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _rows = snapshot.RowsAsync(table, _ending.Token).GetAsyncEnumerator(_ending.Token);
        _first = _rows.MoveNextAsync().AsTask();
    }

    /// <summary>The name of the table.</summary>
    public string Table { get; }

    /// <summary>Reads the rows. They can be read once.</summary>
    public async IAsyncEnumerable<string?[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var isThere = await _first; isThere; isThere = await _rows.MoveNextAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return _rows.Current;
        }
    }

    /// <summary>Ends the statement, also when a fault was found before its first row came.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_first.IsCompleted)
            await _ending.CancelAsync();
        await ((Task)_first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _rows.DisposeAsync();
        _ending.Dispose();
    }
}

using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Replay;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>The ledger and its tables as an open transaction sees them, so that a test can alter rows and roll back.</summary>
internal sealed class TransactionSnapshot(NpgsqlConnection connection) : ILedgerSnapshot
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<LedgerHead> HeadAsync(CancellationToken cancellationToken)
    {
        var (size, frontier) = await connection.QuerySingleAsync<(long Size, byte[][] Frontier)>(
            "select size, frontier from registry.ledger_head"
        );
        return new LedgerHead(size, [.. frontier.Select(hash => (ReadOnlyMemory<byte>)hash)]);
    }

    public Task<ImmutableArray<(int Level, long Index, ReadOnlyMemory<byte> Hash)>> NodesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<(int, long, ReadOnlyMemory<byte>)>.Empty);

    public async Task<ImmutableArray<(long Size, string Note)>> CheckpointsAsync(CancellationToken cancellationToken) =>
        [.. await connection.QueryAsync<(long, string)>("select size, note from registry.ledger_checkpoint order by size")];

    public async IAsyncEnumerable<StoredEntry> EntriesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await _turn.WaitAsync(cancellationToken);
        var rows = await connection.QueryAsync<(long, DateTime, string, byte[], byte[])>(
            "select index, at, kind, bytes, leaf_hash from registry.ledger_entry order by index"
        );
        _turn.Release();
        foreach (var (index, at, kind, bytes, hash) in rows)
            yield return new StoredEntry(index, new DateTimeOffset(at), kind, bytes, hash);
    }

    public async IAsyncEnumerable<string?[]> RowsAsync(
        string table,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var rows = new List<string?[]>();
        await _turn.WaitAsync(cancellationToken); // A connection answers one statement at a time.
        await using (var copied = await CopiedRows.BeginAsync(connection, TableQueries.For(table), cancellationToken))
        {
            while (await copied.ReadAsync(cancellationToken))
                rows.Add([.. Enumerable.Range(0, copied.Count).Select(copied.Text)]);
        }

        _turn.Release();
        foreach (var row in rows)
            yield return row;
    }

    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }
}

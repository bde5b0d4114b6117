using System.Collections.Immutable;
using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Replay;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>Opens snapshots of the ledger and of the tables that are replayed from it.</summary>
public sealed class LedgerSnapshots(NpgsqlDataSource database) : ILedgerSnapshots
{
    public async Task<ILedgerSnapshot> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var name = await connection.ExecuteScalarAsync<string>(
                new CommandDefinition("select pg_export_snapshot()", transaction: transaction, cancellationToken: cancellationToken)
            );
            return new Snapshot(database, connection, name!);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A transaction that keeps the snapshot, and a connection with the same snapshot for each stream of rows: several are read at once.
    /// </summary>
    private sealed class Snapshot(NpgsqlDataSource database, NpgsqlConnection connection, string name) : ILedgerSnapshot
    {
        /// <summary>Sorting the rows of a large city takes long before the first one comes.</summary>
        private const int TimeoutSeconds = 3600;

        /// <summary>
        /// Enough to group the devices of a large city in memory: with PostgreSQL's own 4 MB it sorts them on disk, in three processes.
        /// </summary>
        private const string WorkMemory = "64MB";

        public async Task<LedgerHead> HeadAsync(CancellationToken cancellationToken)
        {
            var (size, frontier) = await connection.QuerySingleAsync<(long Size, byte[][] Frontier)>(
                new CommandDefinition("select size, frontier from registry.ledger_head", cancellationToken: cancellationToken)
            );
            return new LedgerHead(size, [.. frontier.Select(hash => (ReadOnlyMemory<byte>)hash)]);
        }

        public async Task<ImmutableArray<(int Level, long Index, ReadOnlyMemory<byte> Hash)>> NodesAsync(
            CancellationToken cancellationToken
        )
        {
            var nodes = await connection.QueryAsync<(int Level, long Index, byte[] Hash)>(
                new CommandDefinition(
                    "select level, index, hash from registry.ledger_node order by level, index",
                    cancellationToken: cancellationToken
                )
            );
            return [.. nodes.Select(node => (node.Level, node.Index, (ReadOnlyMemory<byte>)node.Hash))];
        }

        public async Task<ImmutableArray<(long Size, string Note)>> CheckpointsAsync(CancellationToken cancellationToken) =>
            [
                .. await connection.QueryAsync<(long, string)>(
                    new CommandDefinition(
                        "select size, note from registry.ledger_checkpoint order by size",
                        cancellationToken: cancellationToken
                    )
                ),
            ];

        public async IAsyncEnumerable<StoredEntry> EntriesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            const string Entries = "select index, at, kind, bytes, leaf_hash from registry.ledger_entry order by index";
            await foreach (var row in ReadAsync(Entries, cancellationToken))
            {
                yield return new StoredEntry(
                    row.GetInt64(0),
                    new DateTimeOffset(row.GetDateTime(1)),
                    row.GetString(2),
                    row.GetFieldValue<byte[]>(3),
                    row.GetFieldValue<byte[]>(4)
                );
            }
        }

        public async IAsyncEnumerable<string?[]> RowsAsync(string table, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var row in ReadAsync(TableQueries.For(table), cancellationToken))
            {
                var values = new string?[row.FieldCount];
                for (var i = 0; i < values.Length; i++)
                    values[i] = row.IsDBNull(i) ? null : row.GetString(i);
                yield return values;
            }
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();

        private async IAsyncEnumerable<NpgsqlDataReader> ReadAsync(string sql, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var own = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await own.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await own.ExecuteAsync(
                new CommandDefinition(
                    $"set transaction snapshot '{name}'; set local work_mem = '{WorkMemory}'",
                    transaction: transaction,
                    cancellationToken: cancellationToken
                )
            );
            await using var command = new NpgsqlCommand(sql, own, transaction) { CommandTimeout = TimeoutSeconds };
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                yield return rows;
        }
    }
}

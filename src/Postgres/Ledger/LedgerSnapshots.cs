using System.Collections.Immutable;
using System.Data;
using System.Runtime.CompilerServices;
using System.Text;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Replay;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>Opens snapshots of the ledger and of the tables that are replayed from it.</summary>
public sealed class LedgerSnapshots(NpgsqlDataSource database) : ILedgerSnapshots
{
    /// <summary>Sorting the rows of a large city takes long before the first one comes.</summary>
    private const int TimeoutSeconds = 3600;

    /// <summary>Hundreds of megabytes are read, and each refill of the buffer waits.</summary>
    private const int ReadBufferBytes = 64 * 1024;

    /// <summary>
    /// Connections for snapshots: with time for the longest answer, as a COPY has the time of its connection, and without the types of the
    /// database, which only other connections need.
    /// </summary>
    public static NpgsqlDataSource CreateDataSource(NpgsqlConnectionStringBuilder database)
    {
        ArgumentNullException.ThrowIfNull(database);
        var connections = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            CommandTimeout = TimeoutSeconds,
            ReadBufferSize = ReadBufferBytes,
        };
        var builder = new NpgsqlSlimDataSourceBuilder(connections.ConnectionString).EnableTransportSecurity();
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }

    public async Task<ILedgerSnapshot> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await using var rows = await CopiedRows.BeginAsync(connection, "select pg_export_snapshot()", cancellationToken);
            await rows.ReadAsync(cancellationToken);
            return new Snapshot(database, connection, rows.Text(0)!);
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
        /// <summary>
        /// Enough to group the devices of a large city in memory: with PostgreSQL's own 4 MB it sorts them on disk, in three processes.
        /// </summary>
        private const string WorkMemory = "64MB";

        public async Task<LedgerHead> HeadAsync(CancellationToken cancellationToken)
        {
            const string Head = """
                select size, hash
                from registry.ledger_head left join lateral unnest(frontier) with ordinality part (hash, number) on true
                order by number
                """;
            var size = 0L;
            var frontier = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
            await using var rows = await CopiedRows.BeginAsync(connection, Head, cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                size = rows.Number(0);
                if (rows[1] is { } hash)
                    frontier.Add(hash.ToArray());
            }

            return new LedgerHead(size, frontier.ToImmutable());
        }

        public async Task<ImmutableArray<(int Level, long Index, ReadOnlyMemory<byte> Hash)>> NodesAsync(
            CancellationToken cancellationToken
        )
        {
            const string Nodes = "select level::bigint, index, hash from registry.ledger_node order by level, index";
            var nodes = ImmutableArray.CreateBuilder<(int, long, ReadOnlyMemory<byte>)>();
            await using var rows = await CopiedRows.BeginAsync(connection, Nodes, cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                nodes.Add(((int)rows.Number(0), rows.Number(1), rows.Bytes(2).ToArray()));
            return nodes.ToImmutable();
        }

        public async Task<ImmutableArray<(long Size, string Note)>> CheckpointsAsync(CancellationToken cancellationToken)
        {
            const string Checkpoints = "select size, note from registry.ledger_checkpoint order by size";
            var checkpoints = ImmutableArray.CreateBuilder<(long, string)>();
            await using var rows = await CopiedRows.BeginAsync(connection, Checkpoints, cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                checkpoints.Add((rows.Number(0), rows.Text(1)!));
            return checkpoints.ToImmutable();
        }

        public async IAsyncEnumerable<StoredEntry> EntriesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            const string Entries = "select index, at, kind, bytes, leaf_hash from registry.ledger_entry order by index";
            var kinds = new Kinds();
            await foreach (var row in ReadAsync(Entries, cancellationToken))
                yield return new StoredEntry(row.Number(0), row.Instant(1), kinds.Text(row.Bytes(2).Span), row.Bytes(3), row.Bytes(4));
        }

        public async IAsyncEnumerable<string?[]> RowsAsync(string table, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var row in ReadAsync(TableQueries.For(table), cancellationToken))
            {
                var values = new string?[row.Count];
                for (var i = 0; i < values.Length; i++)
                    values[i] = row.Text(i);
                yield return values;
            }
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();

        private async IAsyncEnumerable<CopiedRows> ReadAsync(string sql, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var own = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await own.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await using var settings = new NpgsqlCommand(
                $"set transaction snapshot '{name}'; set local work_mem = '{WorkMemory}'",
                own,
                transaction
            );
            await settings.ExecuteNonQueryAsync(cancellationToken);
            await using var rows = await CopiedRows.BeginAsync(own, sql, cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                yield return rows;
        }
    }

    /// <summary>The kinds of entry that were read, as one text each.</summary>
    private sealed class Kinds
    {
        private readonly List<(byte[] Utf8, string Text)> _known = [];
        private (byte[] Utf8, string Text) _last = ([], "");

        public string Text(ReadOnlySpan<byte> utf8)
        {
            if (!utf8.SequenceEqual(_last.Utf8))
                _last = Find(utf8);
            return _last.Text;
        }

        private (byte[] Utf8, string Text) Find(ReadOnlySpan<byte> utf8)
        {
            foreach (var known in _known)
            {
                if (utf8.SequenceEqual(known.Utf8))
                    return known;
            }

            _known.Add((utf8.ToArray(), Encoding.UTF8.GetString(utf8)));
            return _known[^1];
        }
    }
}

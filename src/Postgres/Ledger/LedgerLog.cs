using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>Reads the ledger from its tables, and stores signed checkpoints.</summary>
public sealed class LedgerLog(NpgsqlDataSource database) : ILedgerLog
{
    public async Task<LedgerHead> HeadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select size, frontier from registry.ledger_head", connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new LedgerHead(row.GetInt64(0), [.. row.GetFieldValue<byte[][]>(1).Select(hash => (ReadOnlyMemory<byte>)hash)]);
    }

    public async Task<byte[]?> HashesAsync(Tile tile, CancellationToken cancellationToken)
    {
        // A tile above level 0 consists of subtree roots, which the ledger stores when their subtrees are complete.
        var hashes = (
            await database.QueryAsync<byte[]>(
                tile.Level == 0
                    ? "select leaf_hash from registry.ledger_entry where index >= @First and index < @end order by index"
                    : "select hash from registry.ledger_node where level = @level and index >= @First and index < @end order by index",
                new
                {
                    tile.First,
                    end = tile.First + tile.Width,
                    level = 8 * tile.Level,
                },
                cancellationToken
            )
        ).ToArray();
        return hashes.Length == tile.Width ? [.. hashes.SelectMany(hash => hash)] : null;
    }

    public async Task<ImmutableArray<StoredEntry>> EntriesAsync(long from, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "select index, at, kind, bytes, leaf_hash from registry.ledger_entry where index >= $1 order by index limit $2",
            connection
        )
        {
            Parameters =
            {
                new() { Value = from },
                new() { Value = most },
            },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var entries = ImmutableArray.CreateBuilder<StoredEntry>();
        while (await row.ReadAsync(cancellationToken))
            entries.Add(
                new StoredEntry(
                    row.GetInt64(0),
                    new DateTimeOffset(row.GetDateTime(1)),
                    row.GetString(2),
                    row.GetFieldValue<byte[]>(3),
                    row.GetFieldValue<byte[]>(4)
                )
            );
        return entries.ToImmutable();
    }

    public async Task<string> PublishCheckpointAsync(long size, string note, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "insert into registry.ledger_checkpoint (size, note, signed_at) values (@size, @note, @at) on conflict do nothing",
                new
                {
                    size,
                    note,
                    at = at.UtcDateTime,
                },
                cancellationToken: cancellationToken
            )
        );
        return await connection.ExecuteScalarAsync<string>(
                new CommandDefinition(
                    "select note from registry.ledger_checkpoint where size = @size",
                    new { size },
                    cancellationToken: cancellationToken
                )
            ) ?? throw new InvalidOperationException($"The checkpoint of size {size} is gone.");
    }
}

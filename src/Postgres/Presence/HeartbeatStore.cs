using System.Collections.Immutable;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>
/// The table of heartbeats. Writing uses one connection of its own, which is opened when needed, and is for one caller at a time; reading
/// is for many.
/// </summary>
internal sealed class HeartbeatStore(NpgsqlDataSource database)
{
    private NpgsqlConnection? _connection;

    /// <summary>
    /// Writes a batch in one transaction, then sets the result of each write. When it throws, no result is set.
    /// </summary>
    /// <param name="isRetry">Whether an earlier attempt failed. Its commit may have succeeded, so every heartbeat is looked up.</param>
    public async Task WriteAsync(WriteBatch batch, bool isRetry, CancellationToken cancellationToken)
    {
        HashSet<int> stored = isRetry || batch.NeedsLookUp ? await FindStoredAsync(batch, isRetry, cancellationToken) : [];
        await CopyAsync(MissingOf(batch, stored), stored.Count > 0, cancellationToken);
        for (var i = 0; i < batch.Count; i++)
            batch.Set(i, stored.Contains(i) ? WriteResult.AlreadyStored : WriteResult.Durable);
    }

    /// <summary>The heartbeats of a batch that are to be written.</summary>
    private static List<Heartbeat> MissingOf(WriteBatch batch, HashSet<int> stored)
    {
        var missing = new List<Heartbeat>(batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Heartbeat is { } heartbeat && !stored.Contains(i))
                missing.Add(heartbeat);
        }

        return missing;
    }

    /// <summary>Closes the writer's connection; the next write opens another one.</summary>
    public async Task CloseConnectionAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    /// <summary>
    /// Returns the newest heartbeat by (epoch, seq) of each device of a partition that was heard in the last day that the registry
    /// observed.
    /// </summary>
    public async Task<ImmutableArray<Heartbeat>> LatestAsync(int partition, CancellationToken cancellationToken)
    {
        // One day before the registry last observed anything is enough: for a device that was not heard for longer, its last state change
        // says everything.
        var rows = await database.QueryAsync<HeartbeatRow>(
            """
            with seen as materialized (
                select coalesce((select max(to_at) from registry.watch), '-infinity') - interval '1 day' as from_at
            )
            select device.slot as number, device.id, epoch, seq, received_at, device_at, capture, health, firmware, rule_version,
                session, is_life, beyond
            from registry.device
            cross join lateral (
                select * from registry.heartbeat
                where heartbeat.slot = device.slot
                    and received_at >= greatest((select from_at from seen), coalesce(epochs_from, '-infinity'))
                order by epoch desc, seq desc, received_at
                limit 1
            ) latest
            where part = @partition
            """,
            new { partition },
            cancellationToken
        );
        return [.. rows.Select(row => row.Heartbeat())];
    }

    /// <summary>
    /// Returns the positions of the heartbeats that the table contains already, or that repeat an earlier one of the same batch. There is
    /// one writer, and its previous commit has ended: what the query sees is complete.
    /// </summary>
    /// <param name="all">Whether to look up every heartbeat, or only those that may be stored.</param>
    private async Task<HashSet<int>> FindStoredAsync(WriteBatch batch, bool all, CancellationToken cancellationToken)
    {
        var candidates = Enumerable
            .Range(0, batch.Count)
            .Where(i => batch[i].Heartbeat is not null && (all || batch[i].MayBeStored))
            .ToArray();
        var stored = await LookUpAsync(batch, candidates, cancellationToken);
        var inThisBatch = new HashSet<(int, long, long)>();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Heartbeat is not { } heartbeat)
                continue;
            var isFirst = inThisBatch.Add((heartbeat.Number, heartbeat.Epoch, heartbeat.Seq));
            if (!isFirst && batch[i].MayBeStored)
                stored.Add(i);
        }

        return stored;
    }

    private async Task<HashSet<int>> LookUpAsync(WriteBatch batch, int[] candidates, CancellationToken cancellationToken)
    {
        var connection = await ConnectionAsync(cancellationToken);
        var positions = await connection.QueryAsync<int>(
            new CommandDefinition(
                """
                select position::int
                from unnest(@slots, @epochs, @seqs) with ordinality as asked (slot, epoch, seq, position)
                where exists (
                    select from registry.heartbeat kept
                    where (kept.slot, kept.epoch, kept.seq) = (asked.slot, asked.epoch, asked.seq)
                )
                """,
                new
                {
                    slots = candidates.Select(i => batch[i].Heartbeat!.Number).ToArray(),
                    epochs = candidates.Select(i => batch[i].Heartbeat!.Epoch).ToArray(),
                    seqs = candidates.Select(i => batch[i].Heartbeat!.Seq).ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
        return positions.Select(position => candidates[position - 1]).ToHashSet();
    }

    /// <param name="mustCommit">Whether to commit something also without heartbeats: what a look-up found may be on this disk only.</param>
    private async Task CopyAsync(List<Heartbeat> heartbeats, bool mustCommit, CancellationToken cancellationToken)
    {
        if (heartbeats.Count == 0 && !mustCommit)
            return;
        var connection = await ConnectionAsync(cancellationToken);
        using var standby = StandbyConfirmation.Watch(connection);
        if (heartbeats.Count == 0)
            await connection.ExecuteAsync(new CommandDefinition(StandbyConfirmation.Barrier, cancellationToken: cancellationToken));
        else
            await CopyAsync(connection, heartbeats, cancellationToken);
        await standby.WaitAsync(cancellationToken);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, List<Heartbeat> heartbeats, CancellationToken cancellationToken)
    {
        // COPY outside an explicit transaction is one of its own: complete means committed and flushed.
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            copy registry.heartbeat (
                slot, epoch, seq, received_at, device_at, capture, health, firmware, rule_version, session, is_life, beyond
            ) from stdin (format binary)
            """,
            cancellationToken
        );
        foreach (var heartbeat in heartbeats)
            Write(copy, heartbeat);
        await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>Writes a row into the connection's buffer. Synchronous: a task for each column would cost more than the column.</summary>
    private static void Write(NpgsqlBinaryImporter copy, Heartbeat heartbeat)
    {
        copy.StartRow();
        copy.Write(heartbeat.Number, NpgsqlDbType.Integer);
        copy.Write(heartbeat.Epoch, NpgsqlDbType.Bigint);
        copy.Write(heartbeat.Seq, NpgsqlDbType.Bigint);
        copy.Write(heartbeat.ReceivedAt.UtcDateTime, NpgsqlDbType.TimestampTz);
        if (heartbeat.DeviceAt is { } deviceAt)
            copy.Write(deviceAt.UtcDateTime, NpgsqlDbType.TimestampTz);
        else
            copy.WriteNull();
        copy.Write(heartbeat.Capture.Bits, NpgsqlDbType.Integer);
        copy.Write((short)heartbeat.Health, NpgsqlDbType.Smallint);
        copy.Write(heartbeat.Firmware, NpgsqlDbType.Text);
        if (heartbeat.RuleVersion is { } version)
            copy.Write(version, NpgsqlDbType.Bigint);
        else
            copy.WriteNull();
        copy.Write(heartbeat.Session, NpgsqlDbType.Bigint);
        copy.Write(heartbeat.ProvesLife, NpgsqlDbType.Boolean);
        copy.Write((short)heartbeat.UnregisteredCaptures.Bits, NpgsqlDbType.Smallint);
    }

    private async ValueTask<NpgsqlConnection> ConnectionAsync(CancellationToken cancellationToken) =>
        _connection ??= await database.OpenConnectionAsync(cancellationToken);

    private sealed record HeartbeatRow(
        int Number,
        string Id,
        long Epoch,
        long Seq,
        DateTime Received_at,
        DateTime? Device_at,
        int Capture,
        short Health,
        string Firmware,
        long? Rule_version,
        long Session,
        bool Is_life,
        short Beyond
    )
    {
        public Heartbeat Heartbeat() =>
            new(
                Number,
                Id,
                Epoch,
                Seq,
                new DateTimeOffset(Received_at, TimeSpan.Zero),
                Device_at is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null,
                new CaptureReport(Capture),
                (Health)Health,
                Firmware,
                Rule_version,
                Session
            )
            {
                ProvesLife = Is_life,
                UnregisteredCaptures = new CaptureSet(Beyond),
            };
    }
}

using System.Collections.Immutable;
using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>
/// The changes of what is known of each device, in a table. One writer commits together what has queued: when the registry comes up, or a
/// switch in a cellar fails, ten thousand units change at once.
/// </summary>
public sealed class ObservationRegister(NpgsqlDataSource database) : BackgroundService, IObservationRegister
{
    private const int MaxQueued = 4096,
        MaxInOneCommit = 1024;

    // The owners are held until the commit: whoever takes a partition over in this moment waits, and reads what was written.
    private const string Keep = """
        with owner as materialized (select part, epoch from registry.partition_owner where part = any($1) order by part for share),
        kept as (
            insert into registry.observation (device, at, epoch, seq, presence, body)
            select device, at, change.epoch, seq, presence, body::jsonb
            from unnest($2, $3, $4, $5, $6, $7, $8, $9) with ordinality as change (part, writer, device, at, epoch, seq, presence, body, position)
            join owner on owner.part = change.part and owner.epoch = change.writer
            order by position)
        select part, epoch from owner
        """;

    private readonly Channel<PendingAppend> _queue = Channel.CreateBounded<PendingAppend>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );

    public async Task<long> TakeAsync(int partition, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(
                "update registry.partition_owner set epoch = epoch + 1 where part = @partition returning epoch",
                new { partition },
                cancellationToken: cancellationToken
            )
        );
    }

    public async Task<bool> AppendAsync(
        DeviceObservation observation,
        DateTimeOffset at,
        int partition,
        long owner,
        CancellationToken cancellationToken
    )
    {
        var kept = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new PendingAppend(observation, at, partition, owner, kept), cancellationToken);
        return await kept.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                var batch = new List<PendingAppend>();
                while (batch.Count < MaxInOneCommit && _queue.Reader.TryRead(out var waiting))
                    batch.Add(waiting);
                await KeepAsync(batch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Who is left over is told below.
        }
        finally
        {
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var left))
                left.Kept.TrySetCanceled(CancellationToken.None);
        }
    }

    private async Task KeepAsync(List<PendingAppend> batch, CancellationToken cancellationToken)
    {
        try
        {
            var owners = await KeptUnderAsync(batch, cancellationToken);
            foreach (var waiting in batch)
                waiting.Kept.TrySetResult(owners.GetValueOrDefault((short)waiting.Partition) == waiting.Owner);
        }
        catch (Exception failure)
        {
            // Whatever went wrong, every waiter must learn that its change is not kept; it comes again.
            foreach (var waiting in batch)
                waiting.Kept.TrySetException(new IOException("The change could not be kept.", failure));
        }
    }

    /// <summary>
    /// Writes what comes from the owners of its partitions, in one way to the database and back; returns who the owners are.
    /// </summary>
    private async Task<Dictionary<short, long>> KeptUnderAsync(List<PendingAppend> batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Keep, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<short[]> { TypedValue = batch.Select(waiting => (short)waiting.Partition).Distinct().ToArray() },
                new NpgsqlParameter<short[]> { TypedValue = batch.Select(waiting => (short)waiting.Partition).ToArray() },
                new NpgsqlParameter<long[]> { TypedValue = batch.Select(waiting => waiting.Owner).ToArray() },
                new NpgsqlParameter<string[]> { TypedValue = batch.Select(waiting => waiting.Observation.DeviceId).ToArray() },
                new NpgsqlParameter<DateTime[]> { TypedValue = batch.Select(waiting => waiting.At.UtcDateTime).ToArray() },
                new NpgsqlParameter<long[]> { TypedValue = batch.Select(waiting => waiting.Observation.Epoch).ToArray() },
                new NpgsqlParameter<long[]> { TypedValue = batch.Select(waiting => waiting.Observation.Seq).ToArray() },
                new NpgsqlParameter<string[]> { TypedValue = batch.Select(waiting => Json.Word(waiting.Observation.Presence)).ToArray() },
                new NpgsqlParameter<string[]> { TypedValue = batch.Select(waiting => JsonRow.Body(waiting.Observation)).ToArray() },
            },
        };
        await command.PrepareAsync(cancellationToken); // Once for each connection of the pool.
        var owners = new Dictionary<short, long>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            owners.Add(rows.GetInt16(0), rows.GetInt64(1));
        await rows.NextResultAsync(cancellationToken); // Whether it was committed is said last.
        return owners;
    }

    public async Task<ImmutableArray<(int Number, DeviceObservation Observation)>> LatestAsync(
        int partition,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(int Number, string Body)>(
            new CommandDefinition(
                """
                select device.slot, latest.body::text
                from registry.device cross join lateral (
                    select body from registry.observation where observation.device = device.id order by id desc limit 1) latest
                where part = @partition
                """,
                new { partition },
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => (row.Number, JsonRow.Value<DeviceObservation>(row.Body)))];
    }

    public async Task<DeviceObservation?> LastAsync(string deviceId, CancellationToken cancellationToken) =>
        (
            await database.BodiesAsync<DeviceObservation>(
                "select body::text from registry.observation where device = @deviceId order by id desc limit 1",
                new { deviceId },
                cancellationToken
            )
        ).FirstOrDefault();

    private sealed record PendingAppend(
        DeviceObservation Observation,
        DateTimeOffset At,
        int Partition,
        long Owner,
        TaskCompletionSource<bool> Kept
    );
}

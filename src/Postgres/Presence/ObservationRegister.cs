using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>
/// The register of state changes, in a table, with group commit: one writer commits together whatever is queued. When the registry starts,
/// or when a network switch fails, ten thousand devices change at once.
/// </summary>
public sealed class ObservationRegister(NpgsqlDataSource database) : BackgroundService, IObservationRegister
{
    private const int MaxQueued = 4096;
    private const int MaxPerCommit = 1024;

    // Share-locks the owner rows until the commit: a silo that takes a partition over at this moment waits, and then reads these changes.
    private const string Insert = """
        with owner as materialized (select part, epoch from registry.partition_owner where part = any($1) order by part for share),
        kept as (
            insert into registry.observation (device, at, epoch, seq, presence, body)
            select device, at, change.epoch, seq, presence, body::jsonb
            from unnest($2, $3, $4, $5, $6, $7, $8, $9) with ordinality
                as change (part, writer, device, at, epoch, seq, presence, body, position)
            join owner on owner.part = change.part and owner.epoch = change.writer
            order by position
        )
        select part, epoch from owner
        """;

    private readonly Channel<PendingAppend> _queue = Channel.CreateBounded<PendingAppend>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );

    public async Task<long> TakeOverAsync(int partition, CancellationToken cancellationToken)
    {
        return await database.ScalarAsync<long>(
            "update registry.partition_owner set epoch = epoch + 1 where part = @partition returning epoch",
            new { partition },
            cancellationToken
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
        var stored = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new PendingAppend(observation, at, partition, owner, stored), cancellationToken);
        return await stored.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                var batch = new List<PendingAppend>();
                while (batch.Count < MaxPerCommit && _queue.Reader.TryRead(out var waiting))
                    batch.Add(waiting);
                await StoreAsync(batch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The changes that are left in the queue are cancelled below.
        }
        finally
        {
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var left))
                left.Stored.TrySetCanceled(CancellationToken.None);
        }
    }

    private async Task StoreAsync(List<PendingAppend> batch, CancellationToken cancellationToken)
    {
        try
        {
            var owners = await InsertAsync(batch, cancellationToken);
            foreach (var waiting in batch)
                waiting.Stored.TrySetResult(owners.GetValueOrDefault((short)waiting.Partition) == waiting.Owner);
        }
        catch (Exception failure)
        {
            // Any reason: each caller must learn that its change is not stored, and tries again.
            foreach (var waiting in batch)
                waiting.Stored.TrySetException(new IOException("The state change could not be stored.", failure));
        }
    }

    /// <summary>
    /// Inserts the changes whose writer owns its partition, in one round trip. Returns the owner of each partition.
    /// </summary>
    private async Task<Dictionary<short, long>> InsertAsync(List<PendingAppend> batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Insert, connection)
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
        using var standby = StandbyConfirmation.Watch(connection);
        await command.PrepareAsync(cancellationToken); // Once for each connection of the pool.
        var owners = new Dictionary<short, long>();
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
                owners.Add(rows.GetInt16(0), rows.GetInt64(1));
            await rows.NextResultAsync(cancellationToken); // An error of the commit arrives after the rows.
        }

        await standby.WaitAsync(cancellationToken);
        return owners;
    }

    public async Task<ImmutableArray<(int Number, DeviceObservation Observation)>> LatestAsync(
        int partition,
        CancellationToken cancellationToken
    )
    {
        // What was recorded before a clerk let the device start a new sequence has no place in the order of its heartbeats.
        var rows = await database.QueryAsync<(int Number, string Body, bool IsBeforeEpochs)>(
            """
            select device.slot, latest.body::text, coalesce(latest.at < device.epochs_from, false)
            from registry.device cross join lateral (
                select at, body from registry.observation where observation.device = device.id order by id desc limit 1) latest
            where part = @partition
            """,
            new { partition },
            cancellationToken
        );
        return [.. rows.Select(row => (row.Number, Observation(row.Body, row.IsBeforeEpochs)))];
    }

    private static DeviceObservation Observation(string body, bool isBeforeEpochs) =>
        isBeforeEpochs ? JsonRow.Value<DeviceObservation>(body).WithForgottenEpoch() : JsonRow.Value<DeviceObservation>(body);

    public async Task<DeviceObservation?> LastAsync(string deviceId, CancellationToken cancellationToken) =>
        (
            await database.BodiesAsync<DeviceObservation>(
                "select body::text from registry.observation where device = @deviceId order by id desc limit 1",
                new { deviceId },
                cancellationToken
            )
        ).FirstOrDefault();

    public async Task<ImmutableDictionary<string, DeviceObservation>> LastOfAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        var last = await database.BodiesAsync<DeviceObservation>(
            """
            select latest.body::text
            from unnest(@ids::text[]) one (id) cross join lateral (
                select body from registry.observation where observation.device = one.id order by observation.id desc limit 1) latest
            """,
            new { ids = deviceIds.ToArray() },
            cancellationToken
        );
        return last.ToImmutableDictionary(observation => observation.DeviceId);
    }

    private sealed record PendingAppend(
        DeviceObservation Observation,
        DateTimeOffset At,
        int Partition,
        long Owner,
        TaskCompletionSource<bool> Stored
    );
}

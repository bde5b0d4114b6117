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
    private const int MostQueued = 4096, MostInOneCommit = 1024;

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MostQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public async Task<long> TakeAsync(int partition, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "update registry.partition_owner set epoch = epoch + 1 where part = @partition returning epoch", new { partition }, cancellationToken: cancellationToken));
    }

    public async Task<bool> AppendAsync(DeviceObservation observation, DateTimeOffset at, int partition, long owner, CancellationToken cancellationToken)
    {
        var kept = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Waiting(observation, at, partition, owner, kept), cancellationToken);
        return await kept.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                var batch = new List<Waiting>();
                while (batch.Count < MostInOneCommit && _queue.Reader.TryRead(out var waiting))
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

    private async Task KeepAsync(List<Waiting> batch, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            // Held until the commit: whoever takes a partition over in this moment waits, and reads what was written.
            var owners = (await connection.QueryAsync<(short Part, long Epoch)>(new CommandDefinition(
                "select part, epoch from registry.partition_owner where part = any(@parts) order by part for share",
                new { parts = batch.Select(waiting => (short)waiting.Partition).Distinct().ToArray() }, transaction, cancellationToken: cancellationToken))).ToDictionary(row => (int)row.Part, row => row.Epoch);
            var ours = batch.Where(waiting => owners.GetValueOrDefault(waiting.Partition) == waiting.Owner).ToArray();
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into registry.observation (device, at, epoch, seq, presence, body)
                select device, at, epoch, seq, presence, body::jsonb from unnest(@devices, @ats, @epochs, @seqs, @presences, @bodies) as change (device, at, epoch, seq, presence, body)
                """,
                new
                {
                    devices = ours.Select(waiting => waiting.Observation.DeviceId).ToArray(), ats = ours.Select(waiting => waiting.At.UtcDateTime).ToArray(),
                    epochs = ours.Select(waiting => waiting.Observation.Epoch).ToArray(), seqs = ours.Select(waiting => waiting.Observation.Seq).ToArray(),
                    presences = ours.Select(waiting => Json.Word(waiting.Observation.Presence)).ToArray(), bodies = ours.Select(waiting => Rows.Body(waiting.Observation)).ToArray(),
                }, transaction, cancellationToken: cancellationToken));
            await transaction.CommitAsync(cancellationToken);
            foreach (var waiting in batch)
                waiting.Kept.TrySetResult(owners.GetValueOrDefault(waiting.Partition) == waiting.Owner);
        }
#pragma warning disable CA1031 // Whatever went wrong, every waiter must learn that its change is not kept; it comes again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            foreach (var waiting in batch)
                waiting.Kept.TrySetException(new IOException("The change could not be kept.", failure));
        }
    }

    public async Task<ImmutableArray<(int Number, DeviceObservation Observation)>> LatestAsync(int partition, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(int Number, string Body)>(new CommandDefinition(
            """
            select device.slot, latest.body::text
            from registry.device cross join lateral (
                select body from registry.observation where observation.device = device.id order by id desc limit 1) latest
            where part = @partition
            """, new { partition }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => (row.Number, Rows.Value<DeviceObservation>(row.Body)))];
    }

    public async Task<DeviceObservation?> LastAsync(string deviceId, CancellationToken cancellationToken) =>
        (await database.BodiesAsync<DeviceObservation>("select body::text from registry.observation where device = @deviceId order by id desc limit 1", new { deviceId }, cancellationToken)).FirstOrDefault();

    private sealed record Waiting(DeviceObservation Observation, DateTimeOffset At, int Partition, long Owner, TaskCompletionSource<bool> Kept);
}

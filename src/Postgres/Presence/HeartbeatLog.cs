using System.Collections.Immutable;
using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Npgsql;
using NpgsqlTypes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>
/// The log of heartbeats. One writer takes whatever has queued and commits it together: at rest a heartbeat waits for one commit, under
/// load a thousand share it. No timer lingers. Nothing is dropped: a full queue makes the caller wait, and the caller its device.
/// </summary>
public sealed class HeartbeatLog(NpgsqlDataSource database) : BackgroundService, IHeartbeatLog
{
    private const int MostQueued = 4096, MostInOneCommit = 2048;
    private const string IntegrityViolation = "23"; // SQLSTATE class 23: a constraint said no.

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MostQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);

    public async ValueTask AppendAsync(Heartbeat heartbeat, CancellationToken cancellationToken)
    {
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Waiting(heartbeat, durable), cancellationToken);
        await durable.Task.WaitAsync(cancellationToken);
    }

    public async Task<ImmutableArray<Heartbeat>> LatestAsync(int partition, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<HeartbeatRow>(new CommandDefinition(
            """
            select device.id, epoch, seq, received_at, device_at, capture, health, firmware, rule_version
            from registry.device cross join lateral (
                select * from registry.heartbeat where heartbeat.slot = device.slot order by epoch desc, seq desc, received_at limit 1) latest
            where part = @partition
            """, new { partition }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.Heartbeat())];
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
                await SettleAsync(batch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _queue.Writer.Complete();
            while (_queue.Reader.TryRead(out var waiting))
                waiting.Durable.TrySetCanceled(stoppingToken);
        }
    }

    /// <summary>Commits a batch, then releases all who wait for it; or tells all of them that it failed.</summary>
    private async Task SettleAsync(IReadOnlyList<Waiting> batch, CancellationToken cancellationToken)
    {
        try
        {
            await CommitAsync(batch, cancellationToken);
            foreach (var waiting in batch)
                waiting.Durable.TrySetResult();
        }
        catch (Exception refused) when (batch.Count > 1 && (refused is KeyNotFoundException || refused is PostgresException { SqlState: var state } && state.StartsWith(IntegrityViolation, StringComparison.Ordinal)))
        {
            // One that the table will never take must not hold back the others, which the devices would send again and again.
            foreach (var waiting in batch)
                await SettleAsync([waiting], cancellationToken);
        }
#pragma warning disable CA1031 // Whatever went wrong, every waiter must learn that its heartbeat is not durable.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            foreach (var waiting in batch)
                waiting.Durable.TrySetException(new IOException("The heartbeat could not be made durable.", failure));
        }
    }

    private async Task CommitAsync(IReadOnlyList<Waiting> batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (batch.Any(waiting => !_slots.ContainsKey(waiting.Heartbeat.DeviceId)))
        {
            foreach (var (id, slot) in await connection.QueryAsync<(string, int)>(new CommandDefinition("select id, slot from registry.device", cancellationToken: cancellationToken)))
                _slots[id] = slot;
        }

        // COPY outside an explicit transaction is one of its own: complete means committed and flushed.
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy registry.heartbeat (slot, epoch, seq, received_at, device_at, capture, health, firmware, rule_version) from stdin (format binary)", cancellationToken);
        foreach (var (heartbeat, _) in batch)
            await WriteAsync(copy, heartbeat, cancellationToken);
        await copy.CompleteAsync(cancellationToken);
    }

    private async Task WriteAsync(NpgsqlBinaryImporter copy, Heartbeat heartbeat, CancellationToken cancellationToken)
    {
        await copy.StartRowAsync(cancellationToken);
        await copy.WriteAsync(_slots[heartbeat.DeviceId], NpgsqlDbType.Integer, cancellationToken);
        await copy.WriteAsync(heartbeat.Epoch, NpgsqlDbType.Bigint, cancellationToken);
        await copy.WriteAsync(heartbeat.Seq, NpgsqlDbType.Bigint, cancellationToken);
        await copy.WriteAsync(heartbeat.ReceivedAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
        await copy.WriteAsync(heartbeat.DeviceAt?.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
        await copy.WriteAsync(heartbeat.Capture.Bits, NpgsqlDbType.Integer, cancellationToken);
        await copy.WriteAsync((short)heartbeat.Health, NpgsqlDbType.Smallint, cancellationToken);
        await copy.WriteAsync(heartbeat.Firmware, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(heartbeat.RuleVersion, NpgsqlDbType.Bigint, cancellationToken);
    }

    private readonly record struct Waiting(Heartbeat Heartbeat, TaskCompletionSource Durable);

    private sealed record HeartbeatRow(string Id, long Epoch, long Seq, DateTime Received_at, DateTime? Device_at, int Capture, short Health, string Firmware, long? Rule_version)
    {
        public Heartbeat Heartbeat() => new(Id, Epoch, Seq, new DateTimeOffset(Received_at, TimeSpan.Zero), Device_at is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null,
            new CaptureReport(Capture), (Health)Health, Firmware, Rule_version);
    }
}

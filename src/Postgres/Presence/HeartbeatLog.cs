using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>
/// The log of heartbeats. One writer takes whatever has queued and commits it together: at rest a heartbeat waits for one commit, under
/// load a thousand share it. What says something new waits for nobody; what says the same again may wait for a moment after the commit
/// before, so that a calm city's heartbeats share commits too. While one commit is on its way the answers of the one before leave. Nothing
/// is
/// dropped: a full queue makes the caller wait, and the caller its device.
/// </summary>
public sealed class HeartbeatLog(NpgsqlDataSource database, TimeProvider time, ILogger<HeartbeatLog> logger)
    : BackgroundService,
        IHeartbeatLog
{
    private const int MaxQueued = 8192,
        MaxInOneCommit = 4096;
    private const string IntegrityViolation = "23"; // SQLSTATE class 23: a constraint said no.

    /// <summary>One line in the log every few seconds while nothing can be committed, whatever the load.</summary>
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// From one commit to the next when nothing new was said; a quarter of those who may speak, within these bounds, end that rest before.
    /// By the machine's own clock: it is no time of the city's.
    /// </summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);
    private const int MinForCommit = 32,
        MaxWaitedFor = 512;

    private readonly Channel<LogWrite> _queue = Channel.CreateBounded<LogWrite>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );
    private NpgsqlConnection? _connection;
    private DateTimeOffset _warnAgainAt;
    private TaskCompletionSource? _resting;
    private volatile bool _isUrgent;
    private volatile int _enoughForCommit = MinForCommit;

    public void SetConnectionCount(int speakers) => _enoughForCommit = Math.Clamp(speakers / 4, MinForCommit, MaxWaitedFor);

    /// <summary>How many deliveries wait for their commit.</summary>
    public int QueueLength => _queue.Reader.Count;

    public ValueTask AppendAsync(LogWrite delivery)
    {
        if (!_queue.Writer.TryWrite(delivery))
            return WaitAsync(delivery);
        if (!delivery.MayBeDelayed)
            _isUrgent = true;
        if (Volatile.Read(ref _resting) is { } resting && (_isUrgent || QueueLength >= _enoughForCommit))
            resting.TrySetResult();
        return default;
    }

    private async ValueTask WaitAsync(LogWrite delivery)
    {
        try
        {
            await _queue.Writer.WriteAsync(delivery); // Behind a full queue: nobody rests.
        }
        catch (ChannelClosedException closed)
        {
            throw new OperationCanceledException("The heartbeat log is closing.", closed);
        }
    }

    public async Task<ImmutableArray<Heartbeat>> LatestAsync(int partition, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // Of a unit that was not heard for longer, the last change of its state says all. A day before the registry last saw anything is
        // enough.
        var rows = await connection.QueryAsync<HeartbeatRow>(
            new CommandDefinition(
                """
                with seen as materialized (select coalesce((select max(to_at) from registry.watch), '-infinity') - interval '1 day' as from_at)
                select device.slot as number, device.id, epoch, seq, received_at, device_at, capture, health, firmware, rule_version, session, is_life, beyond
                from registry.device cross join lateral (
                    select * from registry.heartbeat
                    where heartbeat.slot = device.slot and received_at >= greatest((select from_at from seen), coalesce(epochs_from, '-infinity'))
                    order by epoch desc, seq desc, received_at limit 1) latest
                where part = @partition
                """,
                new { partition },
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => row.Heartbeat())];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (answering, committedAt) = (Task.CompletedTask, 0L);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                if (committedAt != 0 && Rest - Stopwatch.GetElapsedTime(committedAt) is var left && left > TimeSpan.Zero)
                    await RestAsync(left, stoppingToken);
                (_isUrgent, committedAt) = (false, Stopwatch.GetTimestamp());
                var batch = new List<LogWrite>();
                while (batch.Count < MaxInOneCommit && _queue.Reader.TryRead(out var delivery))
                    batch.Add(delivery);
                WriteResult[] answers;
                using (CommitMetrics.Begin(batch.Count))
                    answers = await KeepAsync(batch, stoppingToken);
                await answering; // Answers leave in the order of commits.
                answering = Task.Run(() => Answer(batch, answers), CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Who is left over is told below.
        }
        finally
        {
            await answering;
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var left))
                left.Complete(WriteResult.Failed);
            if (_connection is not null)
                await _connection.DisposeAsync();
        }
    }

    private async Task RestAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        var resting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _resting, resting); // Whoever came before is seen below, whoever comes now ends the rest.
        if (!_isUrgent && QueueLength < _enoughForCommit)
            await Task.WhenAny(resting.Task, Task.Delay(left, cancellationToken));
        _resting = null;
    }

    private static void Answer(List<LogWrite> batch, WriteResult[] answers)
    {
        for (var i = 0; i < batch.Count; i++)
            batch[i].Complete(answers[i]);
        // A packet for each client is most of what a commit costs: who said something new waits for nobody's but its own.
        foreach (var delivery in batch.Where(delivery => !delivery.MayBeDelayed).Concat(batch))
            delivery.Flush();
    }

    /// <summary>
    /// Commits a batch and says what became of each delivery. Never throws. While the database is away it keeps the batch and tries again:
    /// the queue fills, the sockets are not read, and nothing is lost.
    /// </summary>
    private async Task<WriteResult[]> KeepAsync(List<LogWrite> batch, CancellationToken cancellationToken)
    {
        var answers = new WriteResult[batch.Count]; // Durable, unless something else is said.
        for (var isAgain = false; ; isAgain = true)
        {
            try
            {
                // A commit that broke may have been done: whoever tries again looks first.
                if (isAgain || batch.Any(delivery => delivery.MayBeStored))
                    await LookUpAsync(batch, answers, isAgain, cancellationToken);
                await CommitAsync(batch, answers, cancellationToken);
                return answers;
            }
            catch (PostgresException refused) when (refused.SqlState.StartsWith(IntegrityViolation, StringComparison.Ordinal))
            {
                await ForgetConnectionAsync();
                // One that the table will never take must not hold back the others, which the devices would send again and again.
                if (batch.Count == 1)
                    return [WriteResult.Failed];
                for (var i = 0; i < batch.Count; i++)
                    answers[i] = (await KeepAsync([batch[i]], cancellationToken))[0];
                return answers;
            }
            catch (Exception failure)
            {
                // Whatever went wrong: it is not durable, and it is tried again.
                Array.Clear(answers);
                await ForgetConnectionAsync();
                if (!cancellationToken.IsCancellationRequested)
                {
                    Warn(failure, batch.Count);
                    await Task.Delay(BeforeTryingAgain, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                if (cancellationToken.IsCancellationRequested)
                {
                    Array.Fill(answers, WriteResult.Failed);
                    return answers;
                }
            }
        }
    }

    /// <summary>
    /// Finds out which deliveries the log holds already. The last commit is behind us and the next has not begun: what is there is all
    /// there is.
    /// </summary>
    private async Task LookUpAsync(List<LogWrite> batch, WriteResult[] answers, bool all, CancellationToken cancellationToken)
    {
        var asked = Enumerable.Range(0, batch.Count).Where(i => batch[i].Heartbeat is not null && (all || batch[i].MayBeStored)).ToArray();
        var connection = await ConnectionAsync(cancellationToken);
        var known = (
            await connection.QueryAsync<int>(
                new CommandDefinition(
                    """
                    select position::int from unnest(@slots, @epochs, @seqs) with ordinality as asked (slot, epoch, seq, position)
                    where exists (select from registry.heartbeat kept where (kept.slot, kept.epoch, kept.seq) = (asked.slot, asked.epoch, asked.seq))
                    """,
                    new
                    {
                        slots = asked.Select(i => batch[i].Heartbeat!.Number).ToArray(),
                        epochs = asked.Select(i => batch[i].Heartbeat!.Epoch).ToArray(),
                        seqs = asked.Select(i => batch[i].Heartbeat!.Seq).ToArray(),
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).Select(position => asked[position - 1]).ToHashSet();
        var inThisCommit = new HashSet<(int, long, long)>();
        for (var i = 0; i < batch.Count; i++)
        {
            if (
                batch[i].Heartbeat is { } heartbeat
                && (!inThisCommit.Add((heartbeat.Number, heartbeat.Epoch, heartbeat.Seq)) && batch[i].MayBeStored || known.Contains(i))
            )
                answers[i] = WriteResult.AlreadyStored;
        }
    }

    private async Task CommitAsync(List<LogWrite> batch, WriteResult[] answers, CancellationToken cancellationToken)
    {
        if (!Enumerable.Range(0, batch.Count).Any(i => IsToBeWritten(batch, answers, i)))
            return;
        var connection = await ConnectionAsync(cancellationToken);
        // COPY outside an explicit transaction is one of its own: complete means committed and flushed.
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy registry.heartbeat (slot, epoch, seq, received_at, device_at, capture, health, firmware, rule_version, session, is_life, beyond) from stdin (format binary)",
            cancellationToken
        );
        for (var i = 0; i < batch.Count; i++)
        {
            if (IsToBeWritten(batch, answers, i))
                Write(copy, batch[i].Heartbeat!);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static bool IsToBeWritten(List<LogWrite> batch, WriteResult[] answers, int i) =>
        batch[i].Heartbeat is not null && answers[i] == WriteResult.Durable;

    /// <summary>Writes into the connection's buffer; a task for each of a dozen columns would cost more than the columns.</summary>
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

    /// <summary>The writer's own connection, opened when it is needed and not there.</summary>
    private async ValueTask<NpgsqlConnection> ConnectionAsync(CancellationToken cancellationToken) =>
        _connection ??= await database.OpenConnectionAsync(cancellationToken);

    private async Task ForgetConnectionAsync()
    {
        if (_connection is { } broken)
        {
            _connection = null;
            await broken.DisposeAsync();
        }
    }

    private void Warn(Exception failure, int count)
    {
        if (time.GetUtcNow() < _warnAgainAt)
            return;
        logger.LogWarning(
            "{Count} heartbeats wait to be made durable ({Reason}): they are not acknowledged, and {Queued} more wait behind them.",
            count,
            failure.Message,
            QueueLength
        );
        _warnAgainAt = time.GetUtcNow() + BetweenWarnings;
    }

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

using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>
/// The log of heartbeats, with group commit: one writer takes whatever is queued and commits it together. A state change is committed at
/// once. A heartbeat that repeats the device's last state may wait up to 20 ms after the previous commit, so that several share one commit.
/// The PUBACKs of one commit are sent while the next commit runs. Nothing is dropped: when the queue is full the caller waits, and with it
/// its device.
/// </summary>
public sealed class HeartbeatLog(NpgsqlDataSource database, TimeProvider time, ILogger<HeartbeatLog> logger)
    : BackgroundService,
        IHeartbeatLog
{
    private const int MaxQueued = 8192;
    private const int MaxPerCommit = 4096;

    /// <summary>SQLSTATE class 23: a constraint was violated.</summary>
    private const string IntegrityViolation = "23";

    /// <summary>
    /// The number of queued writes that ends the delay before a commit: a quarter of the open connections, within these bounds.
    /// </summary>
    private const int MinBatchTarget = 32;
    private const int MaxBatchTarget = 512;

    /// <summary>
    /// The longest delay between two commits when only unchanged states are queued. Measured with <see cref="Stopwatch"/>, not with the
    /// <see cref="TimeProvider"/>: it is about throughput, not about recorded time.
    /// </summary>
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>At most one warning in this time while nothing can be committed, whatever the load.</summary>
    private static readonly TimeSpan WarningInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    private readonly HeartbeatStore _store = new(database);
    private readonly Channel<LogWrite> _queue = Channel.CreateBounded<LogWrite>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );

    private DateTimeOffset _nextWarningAt;

    /// <summary>Completed to end the delay that the writer is in; null while the writer does not delay.</summary>
    private TaskCompletionSource? _delay;
    private volatile bool _hasUrgent;
    private volatile int _batchTarget = MinBatchTarget;

    /// <summary>How many writes wait for their commit.</summary>
    public int QueueLength => _queue.Reader.Count;

    public void SetConnectionCount(int speakers) => _batchTarget = Math.Clamp(speakers / 4, MinBatchTarget, MaxBatchTarget);

    public Task<ImmutableArray<Heartbeat>> LatestAsync(int partition, CancellationToken cancellationToken) =>
        _store.LatestAsync(partition, cancellationToken);

    public ValueTask AppendAsync(LogWrite delivery)
    {
        if (!_queue.Writer.TryWrite(delivery))
            return WaitForRoomAsync(delivery);
        if (!delivery.MayBeDelayed)
            _hasUrgent = true;
        if (Volatile.Read(ref _delay) is { } delay && (_hasUrgent || QueueLength >= _batchTarget))
            delay.TrySetResult();
        return default;
    }

    private async ValueTask WaitForRoomAsync(LogWrite write)
    {
        try
        {
            await _queue.Writer.WriteAsync(write); // No need to end a delay: with a full queue the writer does not delay.
        }
        catch (ChannelClosedException closed)
        {
            throw new OperationCanceledException("The heartbeat log is closing.", closed);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var completing = Task.CompletedTask;
        var committedAt = 0L;
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                if (committedAt != 0 && MaxDelay - Stopwatch.GetElapsedTime(committedAt) is var left && left > TimeSpan.Zero)
                    await DelayAsync(left, stoppingToken);
                _hasUrgent = false;
                committedAt = Stopwatch.GetTimestamp();
                var batch = TakeBatch();
                using (CommitMetrics.Begin(batch.Count))
                    await CommitAsync(batch, stoppingToken);
                await completing; // Answers are sent in the order of commits.
                completing = Task.Run(batch.Complete, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The writes that are left in the queue fail below.
        }
        finally
        {
            await completing;
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var left))
                left.Complete(WriteResult.Failed);
            await _store.CloseConnectionAsync();
        }
    }

    private async Task DelayAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var delay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // A full fence: a write that was queued before is seen by the check below, a later one sees _delay and ends it.
        Interlocked.Exchange(ref _delay, delay);
        if (!_hasUrgent && QueueLength < _batchTarget)
            await Task.WhenAny(delay.Task, Task.Delay(longest, cancellationToken));
        _delay = null;
    }

    private WriteBatch TakeBatch()
    {
        var writes = new List<LogWrite>();
        while (writes.Count < MaxPerCommit && _queue.Reader.TryRead(out var write))
            writes.Add(write);
        return new WriteBatch(writes);
    }

    /// <summary>
    /// Commits a batch and sets the result of each write. Never throws. While the database is unavailable it keeps the batch and retries:
    /// the queue fills, the broker stops reading from its sockets, and nothing is lost. Results stay failed when the log is stopped.
    /// </summary>
    private async Task CommitAsync(WriteBatch batch, CancellationToken cancellationToken)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            try
            {
                await _store.WriteAsync(batch, isRetry, cancellationToken);
                return;
            }
            catch (PostgresException refused) when (refused.SqlState.StartsWith(IntegrityViolation, StringComparison.Ordinal))
            {
                await _store.CloseConnectionAsync();
                await CommitSinglyAsync(batch, cancellationToken);
                return;
            }
            catch (Exception failure)
            {
                // Any other reason: the batch is not durable, and it is tried again.
                await _store.CloseConnectionAsync();
                if (!cancellationToken.IsCancellationRequested)
                {
                    Warn(failure, batch.Count);
                    await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                if (cancellationToken.IsCancellationRequested)
                    return;
            }
        }
    }

    /// <summary>
    /// Commits each write of a batch by itself. A heartbeat that violates a constraint fails alone and does not block the others, which
    /// their devices would otherwise send again and again.
    /// </summary>
    private async Task CommitSinglyAsync(WriteBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 1)
            return; // It is the one that the table refuses: it stays failed.
        for (var i = 0; i < batch.Count; i++)
        {
            var single = new WriteBatch([batch[i]]);
            await CommitAsync(single, cancellationToken);
            batch.Set(i, single.ResultOf(0));
        }
    }

    private void Warn(Exception failure, int count)
    {
        if (time.GetUtcNow() < _nextWarningAt)
            return;
        logger.LogWarning(
            "{Count} heartbeats wait to be made durable ({Reason}). They are not acknowledged; the commit is tried again. "
                + "{Queued} more are queued.",
            count,
            failure.Message,
            QueueLength
        );
        _nextWarningAt = time.GetUtcNow() + WarningInterval;
    }
}

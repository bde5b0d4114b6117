using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>
/// Forwards durable heartbeats to the presence partitions: a state change at once, repetitions together every tenth of a second. Each
/// partition has at most one call in flight. Of heartbeats that report the same of a device only the newest waits, so the queues are
/// bounded by devices and state changes; a state change is never dropped. A failed call is repeated. A slow partition never delays an
/// acknowledgement. Any thread may call it.
/// </summary>
internal sealed class PresenceForwarder(IPresencePartitions partitions, TimeProvider time, ILogger<PresenceForwarder> logger)
    : IHostedService
{
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>How long a heartbeat that repeats the state may wait for others. A deadline is three hundred times as long.</summary>
    public static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(100);

    private readonly PartitionQueue[] _queues = [.. Enumerable.Range(0, Device.Partitions).Select(_ => new PartitionQueue())];
    private ITimer? _batchTimer;

    /// <summary>Queues a heartbeat and returns at once.</summary>
    /// <param name="isStateChange">Whether it reports something else of its device than the heartbeat before.</param>
    public void Enqueue(Heartbeat heartbeat, bool isStateChange)
    {
        var partition = Device.PartitionOf(heartbeat.Number);
        var queue = _queues[partition];
        lock (queue)
        {
            queue.Enqueue(heartbeat);
            queue.HasWork |= isStateChange;
            if (queue.IsCalling || !isStateChange)
                return;
            queue.IsCalling = true;
        }

        _ = Task.Run(() => CallAsync(partition, queue));
    }

    /// <summary>Queues the end of a device's session behind the heartbeats of the device, and returns at once.</summary>
    /// <param name="epoch">The epoch in which the device died; null when it did not die.</param>
    /// <param name="recorded">
    /// Completed when the partition has stored what changed of the device; null when the caller does not wait.
    /// </param>
    public void EnqueueSessionEnd(int number, long? epoch, long session, SessionEnd end, TaskCompletionSource? recorded = null)
    {
        var partition = Device.PartitionOf(number);
        var queue = _queues[partition];
        lock (queue)
        {
            queue.SessionEnds.Add(new SessionEndMessage(number, epoch, session, end, recorded));
            queue.HasWork = true;
            if (queue.IsCalling)
                return;
            queue.IsCalling = true;
        }

        _ = Task.Run(() => CallAsync(partition, queue));
    }

    /// <summary>Asks the partition of a device that this process has not heard for the greatest (epoch, seq).</summary>
    public Task<(long Epoch, long Seq)> NewestSequenceAsync(int number) => partitions.NewestSequence(Device.PartitionOf(number), number);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _batchTimer = time.CreateTimer(_ => ForwardBatches(), null, BatchDelay, BatchDelay);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _batchTimer?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    private void ForwardBatches()
    {
        for (var i = 0; i < _queues.Length; i++)
        {
            var (partition, queue) = (i, _queues[i]);
            lock (queue)
            {
                if (queue.IsCalling || queue.IsEmpty)
                    continue;
                queue.IsCalling = true;
            }

            _ = Task.Run(() => CallAsync(partition, queue));
        }
    }

    private async Task CallAsync(int partition, PartitionQueue queue)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            List<Heartbeat> heartbeats;
            List<SessionEndMessage> sessionEnds;
            lock (queue)
            {
                queue.IsCalling = isFirst || queue.HasWork; // Repetitions wait for the next batch.
                if (!queue.IsCalling)
                    return;
                (heartbeats, sessionEnds) = queue.Dequeue();
            }

            if (await ForwardAsync(partition, heartbeats, sessionEnds) is not { } failure)
                continue;
            lock (queue)
                queue.Requeue(heartbeats, sessionEnds);
            logger.LogWarning(
                "Presence partition {Partition} could not be notified of {Count} heartbeats and session ends ({Reason}); "
                    + "the next attempt is in {Seconds} s.",
                partition,
                heartbeats.Count + sessionEnds.Count,
                failure.Message,
                RetryDelay.TotalSeconds
            );
            await Task.Delay(RetryDelay, time);
        }
    }

    /// <summary>Forwards heartbeats and session ends, and removes from the lists what was forwarded.</summary>
    /// <returns>The last failure; null when everything was forwarded.</returns>
    private async Task<Exception?> ForwardAsync(int partition, List<Heartbeat> heartbeats, List<SessionEndMessage> sessionEnds)
    {
        if (heartbeats.Count > 0)
        {
            try
            {
                await partitions.ApplyHeartbeats(partition, [.. heartbeats]);
            }
            catch (Exception failure)
            {
                return failure; // Whatever the cause: the heartbeats are durable, and wait here.
            }
        }

        heartbeats.Clear();
        Exception? last = null;
        var i = 0;
        while (i < sessionEnds.Count)
        {
            if (await TryForwardAsync(partition, sessionEnds[i]) is { } failure)
            {
                last = failure;
                i++; // A session end that cannot be stored does not delay the others.
            }
            else
            {
                sessionEnds.RemoveAt(i);
            }
        }

        return last;
    }

    private async Task<Exception?> TryForwardAsync(int partition, SessionEndMessage message)
    {
        try
        {
            if (message.Epoch is { } epoch)
                await partitions.ApplyDeath(partition, message.Number, epoch, message.Session, message.End);
            else
                await partitions.RecordSessionEnd(partition, message.Number, message.Session, message.End);
            if (message.Recorded is { } recorded)
                _ = WaitUntilRecordedAsync(partition, message.Number, recorded);
            return null;
        }
        catch (Exception failure)
        {
            return failure; // Whatever the cause: the session end waits here.
        }
    }

    /// <summary>Waits until the partition has stored a death, without delaying the queue.</summary>
    private async Task WaitUntilRecordedAsync(int partition, int number, TaskCompletionSource recorded)
    {
        while (!recorded.Task.IsCompleted)
        {
            try
            {
                await partitions.WaitUntilRecorded(partition, number);
                recorded.TrySetResult();
            }
            catch (Exception)
            {
                await Task.Delay(RetryDelay, time); // Whatever the cause: the death is not stored yet.
            }
        }
    }
}

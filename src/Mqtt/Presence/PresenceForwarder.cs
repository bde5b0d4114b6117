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

    /// <summary>Queues what happened to a device behind its heartbeats, and returns at once.</summary>
    public void Enqueue(PartitionMessage message)
    {
        var partition = Device.PartitionOf(message.Number);
        var queue = _queues[partition];
        lock (queue)
        {
            queue.Messages.Add(message);
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
            List<PartitionMessage> messages;
            lock (queue)
            {
                queue.IsCalling = isFirst || queue.HasWork; // Repetitions wait for the next batch.
                if (!queue.IsCalling)
                    return;
                (heartbeats, messages) = queue.Dequeue();
            }

            if (await ForwardAsync(partition, heartbeats, messages) is not { } failure)
                continue;
            lock (queue)
                queue.Requeue(heartbeats, messages);
            logger.LogWarning(
                "Presence partition {Partition} could not be notified of {Count} heartbeats and other messages ({Reason}); "
                    + "the next attempt is in {Seconds} s.",
                partition,
                heartbeats.Count + messages.Count,
                failure.Message,
                RetryDelay.TotalSeconds
            );
            await Task.Delay(RetryDelay, time);
        }
    }

    /// <summary>Forwards heartbeats and other messages, and removes from the lists what was forwarded.</summary>
    /// <returns>The last failure; null when everything was forwarded.</returns>
    private async Task<Exception?> ForwardAsync(int partition, List<Heartbeat> heartbeats, List<PartitionMessage> messages)
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
        while (i < messages.Count)
        {
            if (await TryForwardAsync(partition, messages[i]) is { } failure)
            {
                last = failure;
                i++; // A message that cannot be passed on does not delay the others.
            }
            else
            {
                messages.RemoveAt(i);
            }
        }

        return last;
    }

    private async Task<Exception?> TryForwardAsync(int partition, PartitionMessage message)
    {
        try
        {
            await message.ForwardAsync(partitions, partition);
            if (message.Recorded is { } recorded)
                _ = WaitUntilRecordedAsync(partition, message.Number, recorded);
            return null;
        }
        catch (Exception failure)
        {
            return failure; // Whatever the cause: the message waits here.
        }
    }

    /// <summary>Waits until the partition has stored a message, without delaying the queue.</summary>
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
                await Task.Delay(RetryDelay, time); // Whatever the cause: the change is not stored yet.
            }
        }
    }
}

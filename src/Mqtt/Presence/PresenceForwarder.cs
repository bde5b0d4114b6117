using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>
/// Passes on to the presence partitions what is durable and acknowledged: a change at once, what only says “still so” together with all
/// that came within a tenth of a second; one call in flight for each partition. Of words that say the same of a device the newest is
/// enough, so what waits is bounded by devices and by what changed; a change is never left out. A call that fails is made again. Nobody
/// on this side can hold back an acknowledgement.
/// </summary>
internal sealed class PresenceForwarder(IPresencePartitions partitions, TimeProvider time, ILogger<PresenceForwarder> logger)
    : IHostedService
{
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>How long a word that says nothing new may wait for others. A deadline is three hundred times as long.</summary>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMilliseconds(100);

    private ITimer? _forwarding;

    private readonly PartitionQueue[] _queues = [.. Enumerable.Range(0, Device.Partitions).Select(_ => new PartitionQueue())];

    /// <summary>Takes a heartbeat in and returns at once.</summary>
    /// <param name="isNews">Whether it says something else of its device than the word before.</param>
    public void Enqueue(Heartbeat heartbeat, bool isNews)
    {
        var partition = Device.PartitionOf(heartbeat.Number);
        var lane = _queues[partition];
        lock (lane)
        {
            lane.Enqueue(heartbeat);
            lane.HasWork |= isNews;
            if (lane.IsCalling || !isNews)
                return;
            lane.IsCalling = true;
        }

        _ = Task.Run(() => CallAsync(partition, lane));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _forwarding = time.CreateTimer(_ => Forward(), null, MaxRetryDelay, MaxRetryDelay);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _forwarding?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    private void Forward()
    {
        for (var partition = 0; partition < _queues.Length; partition++)
        {
            var (number, lane) = (partition, _queues[partition]);
            lock (lane)
            {
                if (lane.IsCalling || lane.IsEmpty)
                    continue;
                lane.IsCalling = true;
            }

            _ = Task.Run(() => CallAsync(number, lane));
        }
    }

    /// <summary>
    /// Takes in that a session of a device ended, and returns at once. It is passed on after what was heard of the device.
    /// </summary>
    /// <param name="epoch">In which the device died; null when nobody died of it.</param>
    /// <param name="kept">Completed when the partition has taken it and what changed of the device is kept; null when nobody waits for
    /// that.</param>
    public void EnqueueSessionEnd(int number, long? epoch, long session, SessionEnd end, TaskCompletionSource? kept = null)
    {
        var partition = Device.PartitionOf(number);
        var lane = _queues[partition];
        lock (lane)
        {
            lane.SessionEnds.Add(new SessionEndMessage(number, epoch, session, end, kept));
            lane.HasWork = true;
            if (lane.IsCalling)
                return;
            lane.IsCalling = true;
        }

        _ = Task.Run(() => CallAsync(partition, lane));
    }

    /// <summary>The greatest (epoch, seq) that is known of a device that this process has not heard.</summary>
    public Task<(long Epoch, long Seq)> NewestSequenceAsync(int number) => partitions.NewestSequence(Device.PartitionOf(number), number);

    private async Task CallAsync(int partition, PartitionQueue lane)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            List<Heartbeat> heard;
            List<SessionEndMessage> partings;
            Exception? failure = null;
            lock (lane)
            {
                lane.IsCalling = isFirst || lane.HasWork; // What is no news waits for its time.
                if (!lane.IsCalling)
                    return;
                (heard, partings) = lane.Dequeue();
            }

            try
            {
                if (heard.Count > 0)
                    await partitions.ApplyHeartbeats(partition, [.. heard]);
                heard.Clear();
                // One that cannot be kept holds up no other.
                for (var i = 0; i < partings.Count; )
                {
                    if (await TryNotifyAsync(partition, partings[i]) is { } failed)
                        (failure, i) = (failed, i + 1);
                    else
                        partings.RemoveAt(i);
                }
            }
            catch (Exception failed)
            {
                // Whatever the reason: it waits here, and the heartbeats are durable.
                failure = failed;
            }

            if (failure is null)
                continue;
            lock (lane)
                lane.Requeue(heard, partings);
            logger.LogWarning(
                "Presence partition {Partition} could not be told of {Count} words ({Reason}); it is told again in {Seconds} s.",
                partition,
                heard.Count + partings.Count,
                failure.Message,
                RetryDelay.TotalSeconds
            );
            await Task.Delay(RetryDelay, time);
        }
    }

    private async Task<Exception?> TryNotifyAsync(int partition, SessionEndMessage parting)
    {
        try
        {
            await (
                parting.Epoch is { } epoch
                    ? partitions.ApplyDeath(partition, parting.Number, epoch, parting.Session, parting.End)
                    : partitions.RecordSessionEnd(partition, parting.Number, parting.Session, parting.End)
            );
            if (parting.Kept is { } kept)
                _ = WaitUntilRecordedAsync(partition, parting.Number, kept);
            return null;
        }
        catch (Exception failure)
        {
            // Whatever the reason: it waits here.
            return failure;
        }
    }

    /// <summary>Waits until a death is kept that somebody is to be told of. The lane goes on meanwhile.</summary>
    private async Task WaitUntilRecordedAsync(int partition, int number, TaskCompletionSource kept)
    {
        while (!kept.Task.IsCompleted)
        {
            try
            {
                await partitions.WaitUntilRecorded(partition, number);
                kept.TrySetResult();
            }
            catch (Exception)
            {
                // Whatever the reason: it is not kept yet.
                await Task.Delay(RetryDelay, time);
            }
        }
    }

    /// <summary>The end of a device's session.</summary>
    private readonly record struct SessionEndMessage(int Number, long? Epoch, long Session, SessionEnd End, TaskCompletionSource? Kept);

    /// <summary>What waits for one partition, in the order in which it came.</summary>
    private sealed class PartitionQueue
    {
        public readonly List<SessionEndMessage> SessionEnds = [];
        public bool IsCalling,
            HasWork;

        public bool IsEmpty => _heartbeats.Count + SessionEnds.Count == 0;

        private readonly Dictionary<int, int> _positions = []; // Where the last word of each device stands in _heard.
        private List<Heartbeat> _heartbeats = [];

        public void Enqueue(Heartbeat heartbeat)
        {
            if (_positions.TryGetValue(heartbeat.Number, out var place) && heartbeat.ReportsSameAs(_heartbeats[place]))
            {
                if (heartbeat.IsAfter(_heartbeats[place].Epoch, _heartbeats[place].Seq))
                    _heartbeats[place] = heartbeat;
                return;
            }

            _positions[heartbeat.Number] = _heartbeats.Count;
            _heartbeats.Add(heartbeat);
        }

        public (List<Heartbeat>, List<SessionEndMessage>) Dequeue()
        {
            List<SessionEndMessage> partings = [.. SessionEnds];
            var heard = _heartbeats;
            _heartbeats = [];
            _positions.Clear();
            SessionEnds.Clear();
            HasWork = false;
            return (heard, partings);
        }

        /// <summary>Puts what could not be passed on before what came meanwhile.</summary>
        public void Requeue(List<Heartbeat> heard, List<SessionEndMessage> partings)
        {
            var meanwhile = _heartbeats;
            _heartbeats = [];
            _positions.Clear();
            foreach (var heartbeat in heard)
                Enqueue(heartbeat);
            foreach (var heartbeat in meanwhile)
                Enqueue(heartbeat);
            SessionEnds.InsertRange(0, partings);
            HasWork = true;
        }
    }
}

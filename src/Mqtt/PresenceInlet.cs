using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Passes on to the presence partitions what is durable and acknowledged: a change at once, what only says “still so” together with all
/// that came within a tenth of a second; one call in flight for each partition. Of words that say the same of a device the newest is
/// enough, so what waits is bounded by devices and by what changed; a change is never left out. A call that fails is made again. Nobody
/// on this side can hold back an acknowledgement.
/// </summary>
internal sealed class PresenceInlet(IPresencePartitions partitions, TimeProvider time, ILogger<PresenceInlet> logger) : IHostedService
{
    public static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    /// <summary>How long a word that says nothing new may wait for others. A deadline is three hundred times as long.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private ITimer? _passing;

    private readonly Lane[] _lanes = [.. Enumerable.Range(0, Device.Partitions).Select(_ => new Lane())];

    /// <summary>Takes a heartbeat in and returns at once.</summary>
    /// <param name="isNews">Whether it says something else of its device than the word before.</param>
    public void Heard(Heartbeat heartbeat, bool isNews)
    {
        var partition = Device.PartitionOf(heartbeat.Number);
        var lane = _lanes[partition];
        lock (lane)
        {
            lane.Put(heartbeat);
            lane.HasNews |= isNews;
            if (lane.IsCalling || !isNews)
                return;
            lane.IsCalling = true;
        }

        _ = Task.Run(() => CallAsync(partition, lane));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _passing = time.CreateTimer(_ => PassOn(), null, LongestWait, LongestWait);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _passing?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    private void PassOn()
    {
        for (var partition = 0; partition < _lanes.Length; partition++)
        {
            var (number, lane) = (partition, _lanes[partition]);
            lock (lane)
            {
                if (lane.IsCalling || lane.IsEmpty)
                    continue;
                lane.IsCalling = true;
            }

            _ = Task.Run(() => CallAsync(number, lane));
        }
    }

    /// <summary>Takes in that a session of a device ended, and returns at once. It is passed on after what was heard of the device.</summary>
    /// <param name="epoch">In which the device died; null when nobody died of it.</param>
    /// <param name="kept">Completed when the partition has taken it and what changed of the device is kept; null when nobody waits for that.</param>
    public void Parted(int number, long? epoch, long session, SessionEnd end, TaskCompletionSource? kept = null)
    {
        var partition = Device.PartitionOf(number);
        var lane = _lanes[partition];
        lock (lane)
        {
            lane.Partings.Add(new Parting(number, epoch, session, end, kept));
            lane.HasNews = true;
            if (lane.IsCalling)
                return;
            lane.IsCalling = true;
        }

        _ = Task.Run(() => CallAsync(partition, lane));
    }

    /// <summary>The greatest (epoch, seq) that is known of a device that this process has not heard.</summary>
    public Task<(long Epoch, long Seq)> LastAsync(int number) => partitions.Last(Device.PartitionOf(number), number);

    private async Task CallAsync(int partition, Lane lane)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            List<Heartbeat> heard;
            List<Parting> partings;
            Exception? failure = null;
            lock (lane)
            {
                lane.IsCalling = isFirst || lane.HasNews; // What is no news waits for its time.
                if (!lane.IsCalling)
                    return;
                (heard, partings) = lane.Take();
            }

            try
            {
                if (heard.Count > 0)
                    await partitions.Hear(partition, [.. heard]);
                heard.Clear();
                // One that cannot be kept holds up no other.
                for (var i = 0; i < partings.Count;)
                {
                    if (await TryTellAsync(partition, partings[i]) is { } failed)
                        (failure, i) = (failed, i + 1);
                    else
                        partings.RemoveAt(i);
                }
            }
#pragma warning disable CA1031 // Whatever the reason: it waits here, and the heartbeats are durable.
            catch (Exception failed)
#pragma warning restore CA1031
            {
                failure = failed;
            }

            if (failure is null)
                continue;
            lock (lane)
                lane.PutBack(heard, partings);
            logger.LogWarning("Presence partition {Partition} could not be told of {Count} words ({Reason}); it is told again in {Seconds} s.", partition, heard.Count + partings.Count, failure.Message, BeforeTryingAgain.TotalSeconds);
            await Task.Delay(BeforeTryingAgain, time);
        }
    }

    private async Task<Exception?> TryTellAsync(int partition, Parting parting)
    {
        try
        {
            await (parting.Epoch is { } epoch
                ? partitions.Died(partition, parting.Number, epoch, parting.Session, parting.End)
                : partitions.Ended(partition, parting.Number, parting.Session, parting.End));
            if (parting.Kept is { } kept)
                _ = KeptAsync(partition, parting.Number, kept);
            return null;
        }
#pragma warning disable CA1031 // Whatever the reason: it waits here.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    /// <summary>Waits until a death is kept that somebody is to be told of. The lane goes on meanwhile.</summary>
    private async Task KeptAsync(int partition, int number, TaskCompletionSource kept)
    {
        while (!kept.Task.IsCompleted)
        {
            try
            {
                await partitions.Kept(partition, number);
                kept.TrySetResult();
            }
#pragma warning disable CA1031 // Whatever the reason: it is not kept yet.
            catch (Exception)
#pragma warning restore CA1031
            {
                await Task.Delay(BeforeTryingAgain, time);
            }
        }
    }

    /// <summary>The end of a device's session.</summary>
    private readonly record struct Parting(int Number, long? Epoch, long Session, SessionEnd End, TaskCompletionSource? Kept);

    /// <summary>What waits for one partition, in the order in which it came.</summary>
    private sealed class Lane
    {
        public readonly List<Parting> Partings = [];
        public bool IsCalling, HasNews;

        public bool IsEmpty => _heard.Count + Partings.Count == 0;

        private readonly Dictionary<int, int> _places = []; // Where the last word of each device stands in _heard.
        private List<Heartbeat> _heard = [];

        public void Put(Heartbeat heartbeat)
        {
            if (_places.TryGetValue(heartbeat.Number, out var place) && heartbeat.SaysWhat(_heard[place]))
            {
                if (heartbeat.IsAfter(_heard[place].Epoch, _heard[place].Seq))
                    _heard[place] = heartbeat;
                return;
            }

            _places[heartbeat.Number] = _heard.Count;
            _heard.Add(heartbeat);
        }

        public (List<Heartbeat>, List<Parting>) Take()
        {
            List<Parting> partings = [.. Partings];
            var heard = _heard;
            _heard = [];
            _places.Clear();
            Partings.Clear();
            HasNews = false;
            return (heard, partings);
        }

        /// <summary>Puts what could not be passed on before what came meanwhile.</summary>
        public void PutBack(List<Heartbeat> heard, List<Parting> partings)
        {
            var meanwhile = _heard;
            _heard = [];
            _places.Clear();
            foreach (var heartbeat in heard)
                Put(heartbeat);
            foreach (var heartbeat in meanwhile)
                Put(heartbeat);
            Partings.InsertRange(0, partings);
            HasNews = true;
        }
    }
}

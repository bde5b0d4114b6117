using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Passes on to the presence partitions what is durable and acknowledged: one call in flight for each, all that came meanwhile in the next.
/// Of words that say the same of a device the newest is enough, so what waits is bounded by devices and by what changed; a change is never
/// left out. A call that fails is made again. Nobody on this side can hold back an acknowledgement.
/// </summary>
internal sealed class PresenceInlet(IPresencePartitions partitions, TimeProvider time, ILogger<PresenceInlet> logger)
{
    public static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    private readonly Lane[] _lanes = [.. Enumerable.Range(0, Device.Partitions).Select(_ => new Lane())];

    /// <summary>Takes a heartbeat in and returns at once.</summary>
    public void Heard(Heartbeat heartbeat)
    {
        var partition = Device.PartitionOf(heartbeat.Number);
        var lane = _lanes[partition];
        lock (lane)
        {
            lane.Put(heartbeat);
            if (lane.IsCalling)
                return;
            lane.IsCalling = true;
        }

        _ = Task.Run(() => CallAsync(partition, lane));
    }

    /// <summary>Takes in that a session of a device died, and returns at once. It is passed on after what was heard of the device.</summary>
    public void Died(int number, long epoch, long session)
    {
        var partition = Device.PartitionOf(number);
        var lane = _lanes[partition];
        lock (lane)
        {
            lane.Deaths.Add((number, epoch, session));
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
        while (true)
        {
            List<Heartbeat> heard;
            List<(int Number, long Epoch, long Session)> deaths;
            lock (lane)
            {
                (heard, deaths) = lane.Take();
                lane.IsCalling = heard.Count + deaths.Count > 0;
                if (!lane.IsCalling)
                    return;
            }

            try
            {
                if (heard.Count > 0)
                    await partitions.Hear(partition, [.. heard]);
                heard.Clear();
                while (deaths.Count > 0)
                {
                    await partitions.Died(partition, deaths[0].Number, deaths[0].Epoch, deaths[0].Session);
                    deaths.RemoveAt(0);
                }
            }
#pragma warning disable CA1031 // Whatever the reason: it waits here, and the heartbeats are durable.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                lock (lane)
                    lane.PutBack(heard, deaths);
                logger.LogWarning("Presence partition {Partition} could not be told of {Count} words ({Reason}); it is told again in {Seconds} s.", partition, heard.Count + deaths.Count, failure.Message, BeforeTryingAgain.TotalSeconds);
                await Task.Delay(BeforeTryingAgain, time);
            }
        }
    }

    /// <summary>What waits for one partition, in the order in which it came.</summary>
    private sealed class Lane
    {
        public readonly List<(int Number, long Epoch, long Session)> Deaths = [];
        public bool IsCalling;
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

        public (List<Heartbeat>, List<(int, long, long)>) Take()
        {
            List<(int, long, long)> deaths = [.. Deaths];
            var heard = _heard;
            _heard = [];
            _places.Clear();
            Deaths.Clear();
            return (heard, deaths);
        }

        /// <summary>Puts what could not be passed on before what came meanwhile.</summary>
        public void PutBack(List<Heartbeat> heard, List<(int, long, long)> deaths)
        {
            var meanwhile = _heard;
            _heard = [];
            _places.Clear();
            foreach (var heartbeat in heard)
                Put(heartbeat);
            foreach (var heartbeat in meanwhile)
                Put(heartbeat);
            Deaths.InsertRange(0, deaths);
        }
    }
}

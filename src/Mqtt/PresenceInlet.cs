using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Passes on to the presence partitions what is durable and acknowledged: one call in flight for each, all that came meanwhile in the next.
/// Of each device the newest is enough, so what waits is bounded by the number of devices. A call that fails is made again with what
/// has come since. Nobody on this side can hold back an acknowledgement.
/// </summary>
internal sealed class PresenceInlet(IPresencePartitions partitions, TimeProvider time, ILogger<PresenceInlet> logger)
{
    public static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    private readonly Lane[] _lanes = [.. Enumerable.Range(0, Device.Partitions).Select(_ => new Lane())];

    /// <summary>Takes a heartbeat in and returns at once.</summary>
    public void Heard(Heartbeat heartbeat) => Take(heartbeat.DeviceId, lane =>
    {
        if (!lane.Heard.TryGetValue(heartbeat.DeviceId, out var waiting) || heartbeat.IsAfter(waiting.Epoch, waiting.Seq))
            lane.Heard[heartbeat.DeviceId] = heartbeat;
    });

    /// <summary>
    /// Takes in that a session of a device died, and returns at once. It is passed on after what was heard of the device. Should the device be
    /// back already in the same epoch, it counts as disconnected until its next word: too careful, never too confident.
    /// </summary>
    public void Died(string deviceId, long epoch) => Take(deviceId, lane => lane.Died[deviceId] = epoch);

    private void Take(string deviceId, Action<Lane> put)
    {
        var partition = Device.PartitionOf(deviceId);
        var lane = _lanes[partition];
        lock (lane)
        {
            put(lane);
            if (lane.IsCalling)
                return;
            lane.IsCalling = true;
        }

        _ = Task.Run(() => CallAsync(partition, lane));
    }

    private async Task CallAsync(int partition, Lane lane)
    {
        while (true)
        {
            KeyValuePair<string, Heartbeat>[] heard;
            KeyValuePair<string, long>[] died;
            lock (lane)
            {
                (heard, died) = ([.. lane.Heard], [.. lane.Died]);
                lane.IsCalling = heard.Length + died.Length > 0;
                if (!lane.IsCalling)
                    return;
                lane.Heard.Clear();
                lane.Died.Clear();
            }

            try
            {
                if (heard.Length > 0)
                    await partitions.Hear(partition, [.. heard.Select(one => one.Value)]);
                foreach (var (deviceId, epoch) in died)
                    await partitions.Died(partition, deviceId, epoch);
            }
#pragma warning disable CA1031 // Whatever the reason: it waits here, and the heartbeats are durable.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                lock (lane)
                {
                    foreach (var (deviceId, heartbeat) in heard)
                        lane.Heard.TryAdd(deviceId, heartbeat); // Unless something newer came meanwhile.
                    foreach (var (deviceId, epoch) in died)
                        lane.Died.TryAdd(deviceId, epoch);
                }

                logger.LogWarning(failure, "Presence partition {Partition} could not be told of {Count} devices; it is told again in {Seconds} s.", partition, heard.Length + died.Length, BeforeTryingAgain.TotalSeconds);
                await Task.Delay(BeforeTryingAgain, time);
            }
        }
    }

    private sealed class Lane
    {
        public readonly Dictionary<string, Heartbeat> Heard = new(StringComparer.Ordinal);
        public readonly Dictionary<string, long> Died = new(StringComparer.Ordinal);
        public bool IsCalling;
    }
}

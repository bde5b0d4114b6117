using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Mqtt;

/// <summary>Who is told of heartbeats that are durable and acknowledged. Nobody on this side can hold back an acknowledgement.</summary>
public interface IPresenceInlet
{
    /// <summary>Takes a heartbeat in and returns at once.</summary>
    void Heard(Heartbeat heartbeat);

    /// <summary>Takes in that a session of a device died, and returns at once.</summary>
    void Died(string deviceId, long epoch);
}

/// <summary>
/// Passes heartbeats on to the presence partitions: one call in flight for each, all that came meanwhile in the next. Of each device the
/// newest is enough, so what waits is bounded by the number of devices. A call that fails is made again with what has come since.
/// </summary>
internal sealed class PresenceInlet(IGrainFactory grains, ILogger<PresenceInlet> logger) : IPresenceInlet
{
    private static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    private readonly Lane[] _lanes = [.. Enumerable.Range(0, Device.Partitions).Select(_ => new Lane())];

    public void Heard(Heartbeat heartbeat)
    {
        var partition = Device.PartitionOf(heartbeat.DeviceId);
        var lane = _lanes[partition];
        lane.Waiting.AddOrUpdate(heartbeat.DeviceId, heartbeat, (_, waiting) => heartbeat.IsAfter(waiting.Epoch, waiting.Seq) ? heartbeat : waiting);
        if (Interlocked.Exchange(ref lane.IsCalling, 1) == 0)
            _ = CallAsync(partition, lane);
    }

    public void Died(string deviceId, long epoch) => _ = TellAsync(deviceId, epoch);

    private async Task CallAsync(int partition, Lane lane)
    {
        await Task.Yield();
        do
        {
            while (!lane.Waiting.IsEmpty)
                await PassOnAsync(partition, lane);
            Volatile.Write(ref lane.IsCalling, 0);
        }
        while (!lane.Waiting.IsEmpty && Interlocked.Exchange(ref lane.IsCalling, 1) == 0);
    }

    private async Task PassOnAsync(int partition, Lane lane)
    {
        var batch = lane.Waiting.ToArray();
        try
        {
            await grains.Partition(partition).Hear([.. batch.Select(waiting => waiting.Value)]);
            foreach (var passed in batch)
                lane.Waiting.TryRemove(passed); // Only if nothing newer took its place.
        }
#pragma warning disable CA1031 // Whatever the reason, the heartbeats wait here and the log has them.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogWarning(failure, "Presence partition {Partition} could not be told of {Count} heartbeats; they are told again in {Seconds} s.", partition, batch.Length, BeforeTryingAgain.TotalSeconds);
            await Task.Delay(BeforeTryingAgain);
        }
    }

    private async Task TellAsync(string deviceId, long epoch)
    {
        try
        {
            await grains.PartitionOf(deviceId).Died(deviceId, epoch);
        }
#pragma warning disable CA1031 // A death that is not passed on shows as silence at the deadline.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogWarning(failure, "The death of a session of device {Device} could not be passed on; its silence will tell.", deviceId);
        }
    }

    private sealed class Lane
    {
        public readonly ConcurrentDictionary<string, Heartbeat> Waiting = new(StringComparer.Ordinal);
        public int IsCalling;
    }
}

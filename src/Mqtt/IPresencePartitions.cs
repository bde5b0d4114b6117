using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Mqtt;

/// <summary>The presence partitions, as the broker calls them. A test holds a call back where the house calls a grain.</summary>
public interface IPresencePartitions
{
    /// <summary>Tells a partition, 0 to 255, of heartbeats that are durable; at most one of each device.</summary>
    Task Hear(int partition, ImmutableArray<Heartbeat> heartbeats);

    /// <summary>Tells a partition that a session of a device died in this epoch.</summary>
    Task Died(int partition, string deviceId, long epoch);
}

/// <summary>The presence partitions as grains.</summary>
internal sealed class PresencePartitions(IGrainFactory grains) : IPresencePartitions
{
    public Task Hear(int partition, ImmutableArray<Heartbeat> heartbeats) => grains.Partition(partition).Hear(heartbeats);

    public Task Died(int partition, string deviceId, long epoch) => grains.Partition(partition).Died(deviceId, epoch);
}

using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>The presence partitions, as the broker calls them. A test holds a call back where the house calls a grain.</summary>
public interface IPresencePartitions
{
    /// <summary>Tells a partition, 0 to 255, of heartbeats that are durable, in the order in which they were received.</summary>
    Task ApplyHeartbeats(int partition, ImmutableArray<Heartbeat> heartbeats);

    /// <summary>Tells a partition that a session of a device died in this epoch.</summary>
    Task ApplyDeath(int partition, int number, long epoch, long session, SessionEnd end);

    /// <summary>Returns when whatever a partition was told of a device is kept; throws while it is not.</summary>
    Task WaitUntilRecorded(int partition, int number);

    /// <summary>Tells a partition how a session of a device ended that nobody died of.</summary>
    Task RecordSessionEnd(int partition, int number, long session, SessionEnd end);

    /// <summary>The greatest (epoch, seq) that a partition knows of a device; −1 for both when it never heard it.</summary>
    Task<(long Epoch, long Seq)> NewestSequence(int partition, int number);
}

/// <summary>The presence partitions as grains.</summary>
internal sealed class PresencePartitions(IGrainFactory grains) : IPresencePartitions
{
    public Task ApplyHeartbeats(int partition, ImmutableArray<Heartbeat> heartbeats) =>
        grains.Partition(partition).ApplyHeartbeats(heartbeats);

    public Task ApplyDeath(int partition, int number, long epoch, long session, SessionEnd end) =>
        grains.Partition(partition).ApplyDeath(number, epoch, session, end);

    public Task WaitUntilRecorded(int partition, int number) => grains.Partition(partition).WaitUntilRecorded(number);

    public Task RecordSessionEnd(int partition, int number, long session, SessionEnd end) =>
        grains.Partition(partition).RecordSessionEnd(number, session, end);

    public Task<(long Epoch, long Seq)> NewestSequence(int partition, int number) => grains.Partition(partition).NewestSequence(number);
}

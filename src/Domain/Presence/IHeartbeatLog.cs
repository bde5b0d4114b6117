using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The log of heartbeats: what was promised to be kept.</summary>
public interface IHeartbeatLog
{
    /// <summary>
    /// Completes when the heartbeat is durable: its transaction is committed and flushed. Throws when that could not be promised;
    /// then the device must not be acknowledged. Waits, without dropping anything, while the queue is full.
    /// </summary>
    ValueTask AppendAsync(Heartbeat heartbeat, CancellationToken cancellationToken);

    /// <summary>
    /// For each device of a partition that was ever heard: the greatest heartbeat by (epoch, seq) that is durable.
    /// </summary>
    /// <param name="partition">0 to 255, <see cref="Devices.Device.PartitionOf"/>.</param>
    Task<ImmutableArray<Heartbeat>> LatestAsync(int partition, CancellationToken cancellationToken);
}

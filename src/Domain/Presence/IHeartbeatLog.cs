using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The durable log of heartbeats: the broker acknowledges a heartbeat only after the log has committed it.</summary>
public interface IHeartbeatLog
{
    /// <summary>
    /// Queues a write. Completes when it is queued, which takes longer while the queue is full: nothing is dropped, the caller and its
    /// device wait. Throws <see cref="OperationCanceledException"/> when the log is closing.
    /// </summary>
    ValueTask AppendAsync(LogWrite delivery);

    /// <summary>
    /// Sets the number of open connections; the broker calls it once a second. It determines the batch size: a commit of unchanged
    /// heartbeats waits for a quarter of that number, but only for a moment. A quarter is queued soon, because two other batches are being
    /// committed and acknowledged at the same time.
    /// </summary>
    void SetConnectionCount(int speakers) { }

    /// <summary>The number of writes that wait for their commit.</summary>
    int QueueLength => 0;

    /// <summary>
    /// The newest durable heartbeat, by (epoch, seq), of each device of a partition that was heard in the last days.
    /// </summary>
    /// <param name="partition">0 to 255, see <see cref="Devices.Device.PartitionOf"/>.</param>
    Task<ImmutableArray<Heartbeat>> LatestAsync(int partition, CancellationToken cancellationToken);
}

using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>How the log answers for a heartbeat.</summary>
public enum WriteResult
{
    /// <summary>Its transaction is committed and flushed.</summary>
    Durable,

    /// <summary>The log held it already, and holds it once.</summary>
    AlreadyStored,

    /// <summary>It is not durable: it must not be acknowledged.</summary>
    Failed,
}

/// <summary>A heartbeat on its way into the log, and who waits for the answer.</summary>
public abstract class LogWrite
{
    /// <summary>The heartbeat; null for what only waits for its turn, so that answers leave in the order in which questions came.</summary>
    public Heartbeat? Heartbeat { get; init; }

    /// <summary>
    /// Whether the log may hold it already, so that it must look before it writes: it is not after the last of its device, or was sent
    /// again.
    /// </summary>
    public bool MayBeStored { get; init; }

    /// <summary>
    /// Whether it may wait for a moment so that others share its commit: it says nothing new. Everything else is committed at once.
    /// </summary>
    public virtual bool MayBeDelayed => false;

    /// <summary>Called once, after the commit, in the order in which deliveries came. Returns at once.</summary>
    public abstract void Complete(WriteResult settlement);

    /// <summary>Called after a whole commit was settled, so that answers can leave together. Returns at once.</summary>
    public virtual void Flush() { }
}

/// <summary>The log of heartbeats: what was promised to be kept.</summary>
public interface IHeartbeatLog
{
    /// <summary>
    /// Takes a delivery into the queue. Completes when it stands there, which is later when the queue is full: nothing is dropped, the
    /// caller
    /// and its device wait. Throws <see cref="OperationCanceledException"/> when the log is closing.
    /// </summary>
    ValueTask AppendAsync(LogWrite delivery);

    /// <summary>
    /// Hears from the broker, once a second, how many connections may speak. What says nothing new waits for a quarter of so many to share
    /// its commit, and
    /// no longer than its moment: a quarter comes soon of those who speak all the time, while another is committed and a third is answered.
    /// </summary>
    void SetConnectionCount(int speakers) { }

    /// <summary>How many deliveries wait for their commit.</summary>
    int QueueLength => 0;

    /// <summary>
    /// For each device of a partition that was heard in the last days: the greatest heartbeat by (epoch, seq) that is durable and counts.
    /// </summary>
    /// <param name="partition">0 to 255, <see cref="Devices.Device.PartitionOf"/>.</param>
    Task<ImmutableArray<Heartbeat>> LatestAsync(int partition, CancellationToken cancellationToken);
}

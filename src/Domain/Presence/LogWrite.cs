namespace SurveillanceRegistry.Domain.Presence;

/// <summary>A heartbeat in the queue of the log, and the callback that completes it.</summary>
public abstract class LogWrite
{
    /// <summary>
    /// The heartbeat; null for a write that stores nothing and only waits for its turn, so that the broker acknowledges packets in the
    /// order in which it received them.
    /// </summary>
    public Heartbeat? Heartbeat { get; init; }

    /// <summary>
    /// Whether the log may already contain it and must look before it writes: it is not newer than the last of its device, or it was sent
    /// again.
    /// </summary>
    public bool MayBeStored { get; init; }

    /// <summary>
    /// Whether its commit may be delayed for a moment to share it with others: it reports no change. Every other write is committed at
    /// once.
    /// </summary>
    public virtual bool MayBeDelayed => false;

    /// <summary>Called once, after the commit, in the order in which writes were appended. Must not block.</summary>
    public abstract void Complete(WriteResult settlement);

    /// <summary>
    /// Called after every write of a commit was completed, so that acknowledgements can be sent together. Must not block.
    /// </summary>
    public virtual void Flush() { }
}

using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>The writes of one commit, and a result for each. A result that is never set stays <see cref="WriteResult.Failed"/>.</summary>
internal sealed class WriteBatch(List<LogWrite> writes)
{
    private readonly WriteResult[] _results = new WriteResult[writes.Count];

    public int Count => writes.Count;

    public LogWrite this[int index] => writes[index];

    /// <summary>Whether the log may already contain one of the heartbeats, so that it must be looked up.</summary>
    public bool NeedsLookUp => writes.Exists(write => write.MayBeStored);

    /// <summary>Returns the result of a write.</summary>
    public WriteResult ResultOf(int index) => _results[index];

    /// <summary>Sets the result of a write.</summary>
    public void Set(int index, WriteResult result) => _results[index] = result;

    /// <summary>Completes every write in order, then flushes the answers.</summary>
    public void Complete()
    {
        for (var i = 0; i < Count; i++)
            writes[i].Complete(_results[i]);
        // Sending a packet to each client is most of the cost of a commit: state changes are flushed first, before all others.
        foreach (var write in writes)
        {
            if (!write.MayBeDelayed)
                write.Flush();
        }

        foreach (var write in writes)
            write.Flush();
    }
}

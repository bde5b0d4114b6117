namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>What came of holding the history of devices against the digests that the ledger has of it.</summary>
/// <param name="Until">Up to when the history is closed; null when no day was closed yet.</param>
/// <param name="Fault">What is wrong, in a sentence; null when everything that was closed is still what it was.</param>
public sealed record HistoryFinding(DateTimeOffset? Until, string? Fault);

/// <summary>
/// Digests of what devices were doing. Each day that is over is closed: a digest of every state that was written down, of when the
/// registry itself could see, and of the number of heartbeats stands in the ledger from then on.
/// </summary>
public interface IHistorySealer
{
    /// <summary>A day is closed so long after it ended, when all that belongs to it is written down.</summary>
    static readonly TimeSpan SealedAfter = TimeSpan.FromHours(1);

    /// <summary>
    /// Closes what is over and is not closed yet. Returns until when the history is closed by now; null when there is none.
    /// </summary>
    Task<DateTimeOffset?> SealAsync(CancellationToken cancellationToken);

    /// <summary>Works out every digest again. What was written down since the last one is held by none yet.</summary>
    Task<HistoryFinding> VerifyAsync(CancellationToken cancellationToken);
}

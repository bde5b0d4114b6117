namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>
/// Seals the history of devices. For each day that is over the ledger gets a digest of every recorded state, of the observed periods, of
/// the number of heartbeats and of every act on a mobile device.
/// </summary>
public interface IHistorySealer
{
    /// <summary>How long after its end a day is sealed; by then everything that belongs to it is recorded.</summary>
    static readonly TimeSpan SealedAfter = TimeSpan.FromHours(1);

    /// <summary>
    /// Seals everything that is over and not sealed yet. Returns until when the history is sealed now; null when nothing was ever observed.
    /// </summary>
    Task<DateTimeOffset?> SealAsync(CancellationToken cancellationToken);
}

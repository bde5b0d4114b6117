namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>Verifies that the sealed history of devices was not changed afterwards.</summary>
public interface IHistoryVerifier
{
    /// <summary>
    /// Computes every digest again and compares it with the ledger. What was recorded after the last digest is not checked.
    /// </summary>
    Task<HistoryFinding> VerifyAsync(CancellationToken cancellationToken);
}

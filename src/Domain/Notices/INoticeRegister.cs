namespace SurveillanceRegistry.Domain.Notices;

/// <summary>The register of every notice that was ever issued.</summary>
public interface INoticeRegister
{
    /// <summary>The newest notice of a place, or null when none was ever issued.</summary>
    Task<SignedNotice?> LatestAsync(string place, CancellationToken cancellationToken);

    /// <summary>The notice that was in force at a place at an instant, or null when none had been issued by then.</summary>
    Task<SignedNotice?> FindAtAsync(string place, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The present number of ledger entries.</summary>
    Task<long> LedgerSizeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The least sequence that a new notice may have: after a restoration it is above all that screens may have seen before. 1 without one.
    /// </summary>
    Task<long> FirstSequenceAsync(CancellationToken cancellationToken) => Task.FromResult(1L);

    /// <summary>
    /// Stores a notice and its ledger entry. False, with nothing stored, when the place already has a notice with this sequence.
    /// </summary>
    Task<bool> AppendAsync(SignedNotice notice, CancellationToken cancellationToken);
}

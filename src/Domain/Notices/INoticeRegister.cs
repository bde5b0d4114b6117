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
    /// Stores a notice and its ledger entry. False, with nothing stored, when the place already has a notice with this sequence.
    /// </summary>
    Task<bool> AppendAsync(SignedNotice notice, CancellationToken cancellationToken);
}

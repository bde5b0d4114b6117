namespace SurveillanceRegistry.Domain.Notices;

/// <summary>Every notice that was ever issued, as remembered.</summary>
public interface INoticeRegister
{
    /// <summary>The place's newest notice, or null when none was ever issued.</summary>
    Task<SignedNotice?> LatestAsync(string place, CancellationToken cancellationToken);

    /// <summary>The notice that was in force at a place at an instant, or null when none had been issued by then.</summary>
    Task<SignedNotice?> AtAsync(string place, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Every notice that was ever issued, place by place in their order.</summary>
    IAsyncEnumerable<SignedNotice> AllAsync(CancellationToken cancellationToken);

    /// <summary>How many entries the ledger has now.</summary>
    Task<long> LedgerSizeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Keeps a notice and enters it into the ledger. False, with nothing kept, when the place already has one of this sequence: somebody
    /// was first.
    /// </summary>
    Task<bool> AppendAsync(SignedNotice notice, CancellationToken cancellationToken);
}

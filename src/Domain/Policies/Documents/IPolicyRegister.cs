using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>The register of policy documents. Every revision that was ever recorded stays in it.</summary>
public interface IPolicyRegister
{
    /// <summary>Whether nothing has ever been registered.</summary>
    Task<bool> IsEmptyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Fills an empty register in one transaction, under one opening entry of the ledger that names every file.
    /// </summary>
    /// <param name="opening">The content of the files.</param>
    /// <param name="at">When it is recorded.</param>
    /// <returns>False, with nothing changed, when the register was not empty.</returns>
    Task<bool> OpenAsync(Opening opening, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The files that the register was opened from.</summary>
    Task<ImmutableArray<RecordedFile>> OpeningFilesAsync(CancellationToken cancellationToken);

    /// <summary>Every revision that was recorded after a ledger entry, in the order of recording.</summary>
    /// <param name="entry">Number of an entry; -1 for all.</param>
    Task<ImmutableArray<PolicyRevision>> RevisionsAsync(long entry, CancellationToken cancellationToken);

    /// <summary>Every revision. Throws <see cref="InvalidOperationException"/> while the register is empty.</summary>
    async Task<GovernanceHistory> HistoryAsync(CancellationToken cancellationToken) => new(await RevisionsAsync(-1, cancellationToken));

    /// <summary>
    /// Records that a day began in the city and what took effect or ended with it, once for each day.
    /// </summary>
    /// <returns>False, with nothing recorded, when that day was already recorded.</returns>
    Task<bool> RecordDayAsync(
        DateOnly day,
        ImmutableArray<EffectiveTransition> switches,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The last recorded day that is not after a given one; null when there is none. A clock that was ahead, or a city that moved to a zone
    /// further west, leaves days behind that have not begun.
    /// </summary>
    Task<DateOnly?> LastDayAsync(DateOnly notAfter, CancellationToken cancellationToken);

    /// <summary>What took effect or ended at the beginning of a day, newest first.</summary>
    /// <param name="before">Only ledger entries with a smaller number.</param>
    /// <param name="most">The most transitions to return.</param>
    Task<ImmutableArray<RecordedTransition>> TransitionsAsync(long before, int most, CancellationToken cancellationToken);
}

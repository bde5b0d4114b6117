using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>
/// All that policy staff keep: the city, its governance table, the words of its notices, and the chapters that may be cited.
/// </summary>
public sealed record GovernanceSnapshot(City City, GovernanceTable Table, ImmutableArray<Wording> Wordings, KnownChapters Chapters)
{
    /// <summary>Every document of it, in the order in which they are kept: city, chapters, wordings, technologies, instruments.</summary>
    public IEnumerable<PolicyDocument> Documents() =>
        [
            PolicyDocument.For(City),
            PolicyDocument.For(Chapters),
            .. Wordings.Select(PolicyDocument.For),
            .. Table.Technologies.Select(PolicyDocument.For),
            .. Table.Instruments.Select(PolicyDocument.For),
        ];
}

/// <summary>A file from which the register was opened: its name under the checkout and the SHA-256 of its bytes, lower-case hex.</summary>
public sealed record OpeningFile(string Name, string Sha256);

/// <summary>Everything that the files under <c>policies/</c> and <c>devices/</c> say, read without an error.</summary>
public sealed record Opening(
    GovernanceSnapshot Governance,
    ImmutableArray<Place> Places,
    ImmutableArray<Kiosk> Kiosks,
    ImmutableArray<Device> Devices,
    ImmutableArray<OpeningFile> Files
)
{
    /// <summary>The gateways that speak for some of the devices.</summary>
    public ImmutableArray<Gateway> Gateways { get; init; } = [];
}

/// <summary>The governance table as it is remembered: nothing that was ever recorded is lost.</summary>
public interface IPolicyRegister
{
    /// <summary>Whether nothing has ever been registered.</summary>
    Task<bool> IsEmptyAsync(CancellationToken cancellationToken);

    /// <summary>Fills an empty register in one transaction: all of it, under one opening entry that names every file, or nothing.</summary>
    /// <param name="opening">What the files say.</param>
    /// <param name="at">When it is recorded.</param>
    /// <returns>False, with nothing changed, when the register was not empty.</returns>
    Task<bool> OpenAsync(Opening opening, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The files that the register was opened from.</summary>
    Task<ImmutableArray<OpeningFile>> OpeningFilesAsync(CancellationToken cancellationToken);

    /// <summary>Every revision of every document that was recorded after an entry of the ledger, in the order of recording.</summary>
    /// <param name="entry">Number of an entry; -1 for all.</param>
    Task<ImmutableArray<PolicyRevision>> RevisionsAsync(long entry, CancellationToken cancellationToken);

    /// <summary>Everything that was ever recorded. Throws <see cref="InvalidOperationException"/> while the register is empty.</summary>
    async Task<GovernanceHistory> HistoryAsync(CancellationToken cancellationToken) => new(await RevisionsAsync(-1, cancellationToken));

    /// <summary>
    /// Writes down that a day began in the city and what took effect or ended with it, once for each day.
    /// </summary>
    /// <returns>False, with nothing written, when that day was already written down.</returns>
    Task<bool> TurnDayAsync(
        DateOnly day,
        ImmutableArray<EffectiveTransition> switches,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>The last day that was written down; null when none was.</summary>
    Task<DateOnly?> LastDayAsync(CancellationToken cancellationToken);

    /// <summary>What took effect or ended with the beginning of a day, the newest first.</summary>
    /// <param name="before">Only what stands in the ledger before the entry with this number.</param>
    /// <param name="most">At most so many.</param>
    Task<ImmutableArray<RecordedTransition>> SwitchesAsync(long before, int most, CancellationToken cancellationToken);
}

/// <summary>What became of a row of the table at the beginning of a day.</summary>
/// <param name="Before">How it stood on the day before.</param>
/// <param name="Now">How it stands on the day.</param>
/// <param name="Version">The version that answers for the day; null when none does.</param>
public sealed record EffectiveTransition(string Technology, string Instrument, int? Version, RuleStatus Before, RuleStatus Now);

/// <summary>A switch as it was written down.</summary>
/// <param name="Entry">Number of the ledger's entry.</param>
/// <param name="At">When it was written down: at the beginning of the day, or when the registry woke after it.</param>
/// <param name="Day">The day in the city.</param>
public sealed record RecordedTransition(long Entry, DateTimeOffset At, DateOnly Day, EffectiveTransition Switch);

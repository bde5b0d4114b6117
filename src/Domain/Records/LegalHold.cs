using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Records;

/// <summary>Records of the registry that are deleted at the end of their retention.</summary>
public enum HeldRecords
{
    /// <summary>Single heartbeats, by days. The states that were derived from them stay in any case.</summary>
    Heartbeats,

    /// <summary>The events of the security log.</summary>
    SecurityLog,
}

/// <summary>
/// An order that records are not deleted although their retention ends, because a court or a request for public records may need them.
/// </summary>
/// <param name="Entry">The number of the ledger entry that placed it. It is the name of the hold.</param>
/// <param name="Reference">
/// What the hold is for, such as the number of a request. Only staff read it; the ledger has its salted hash.
/// </param>
/// <param name="ReleasedAt">When it ended; null while it stands.</param>
public sealed record LegalHold(long Entry, HeldRecords Records, string Reference, DateTimeOffset PlacedAt, DateTimeOffset? ReleasedAt)
{
    /// <summary>The most characters of a reference.</summary>
    public const int MaxReferenceLength = 120;

    /// <summary>What is wrong with a reference; null when nothing is.</summary>
    public static Refusal? CheckReference(string? reference) =>
        string.IsNullOrWhiteSpace(reference) || reference.Trim() != reference
            ? new Refusal(
                RefusalCodes.Invalid,
                "Say what the hold is for, such as the number of a request, without blanks around it.",
                "reference"
            )
            : FreeText.CheckLine(reference, MaxReferenceLength, "reference");
}

/// <summary>For how many days the records that are deleted are stored.</summary>
public sealed record RecordsSchedule(ImmutableDictionary<HeldRecords, int> Days);

/// <summary>The register of legal holds. While a hold on records stands, the database deletes none of them.</summary>
public interface ILegalHoldRegister
{
    /// <summary>Every hold, the newest first.</summary>
    Task<ImmutableArray<LegalHold>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Places a hold, with an entry in the ledger. Several holds may stand on the same records.</summary>
    Task<LegalHold> PlaceAsync(
        HeldRecords records,
        string reference,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Ends a hold, with an entry in the ledger. Refuses a number that is no hold, and a hold that ended.</summary>
    Task<Outcome<LegalHold>> ReleaseAsync(long entry, Attribution by, DateTimeOffset at, CancellationToken cancellationToken);
}

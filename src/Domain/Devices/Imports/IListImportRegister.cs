using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>How far a list is.</summary>
public enum ListImportState
{
    /// <summary>It was sent, and nothing is made of it yet.</summary>
    Draft,

    /// <summary>Its devices are registered.</summary>
    Recorded,

    /// <summary>It was recorded, and undone.</summary>
    Undone,
}

/// <summary>A list that a person sent, with what they decided about it.</summary>
/// <param name="Id">An opaque id.</param>
/// <param name="FileName">The name of the file, for the staff only.</param>
/// <param name="Sha256">The hash of its bytes, in hexadecimal.</param>
/// <param name="MadeAt">When it was sent, or recorded.</param>
public sealed record ListImport(
    string Id,
    string FileName,
    string Sha256,
    string? Format,
    ListMapping Mapping,
    ImportDecisions Decisions,
    ListImportState State,
    DateTimeOffset MadeAt
)
{
    /// <summary>How often it was decided about; of a recorded list 0.</summary>
    public int Version { get; init; }

    /// <summary>How many devices it registered.</summary>
    public int Added { get; init; }

    /// <summary>How many devices it changed.</summary>
    public int Changed { get; init; }

    /// <summary>How many devices it removed.</summary>
    public int Removed { get; init; }
}

/// <summary>The register of lists. A list is recorded as one act, and undone as one act.</summary>
public interface IListImportRegister
{
    /// <summary>For how long a draft is kept.</summary>
    static readonly TimeSpan DraftValidity = TimeSpan.FromDays(7);

    /// <summary>The most drafts of one person or program, and of all. The oldest of a person is forgotten for a newer one.</summary>
    const int MaxDraftsOfOne = 10,
        MaxDrafts = 100;

    /// <summary>The most bytes of the files of one person's drafts, and of all drafts.</summary>
    const long MaxBytesOfOne = 4L * CityList.MaxBytes,
        MaxBytes = 20L * CityList.MaxBytes;

    /// <summary>
    /// The drafts and the newest recorded lists, the newest first: of the mapping of each only the name of the list, and no decisions.
    /// </summary>
    Task<ImmutableArray<ListImport>> AllAsync(CancellationToken cancellationToken);

    /// <summary>A list, or null when there is none with this id.</summary>
    Task<ListImport?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The bytes of a file.</summary>
    Task<byte[]> FileAsync(string sha256, CancellationToken cancellationToken);

    /// <summary>Keeps a file and a draft of it. The refusal when there are too many drafts; null when it is kept.</summary>
    /// <param name="sender">The opaque id of the person or program that sent it.</param>
    Task<Refusal?> SaveDraftAsync(
        ListImport draft,
        string sender,
        ReadOnlyMemory<byte> file,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Forgets drafts past their validity, and files that nothing names.</summary>
    Task ForgetDraftsAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the mapping and the decisions of a draft, which gets the next version. Null when there is no such draft of this version.
    /// </summary>
    Task<ListImport?> DecideAsync(ListImport draft, ListMapping mapping, ImportDecisions decisions, CancellationToken cancellationToken);

    /// <summary>Every fixed device, removed ones too.</summary>
    /// <param name="list">The name of a list, to say of each device whether it brought it.</param>
    Task<ImmutableArray<RegisteredFixedDevice>> RegisteredAsync(string list, CancellationToken cancellationToken);

    /// <summary>
    /// Records a draft: all of it in one transaction, or nothing. Refuses it when a device was changed since the list was compared.
    /// </summary>
    Task<Outcome<ListImport>> RecordAsync(
        ListImport draft,
        ListComparison compared,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Undoes a recorded list: all of it in one transaction, or nothing. Devices that it registered are removed; devices that it changed or
    /// removed are as they were. Refuses when one was changed since, or when the rules of today refuse a device as it was.
    /// </summary>
    Task<Outcome<ListImport>> UndoAsync(
        string id,
        FactChecks checks,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );
}

using System.Collections.Immutable;
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

    /// <summary>The drafts and the newest recorded lists, the newest first.</summary>
    Task<ImmutableArray<ListImport>> AllAsync(CancellationToken cancellationToken);

    /// <summary>A list, or null when there is none with this id.</summary>
    Task<ListImport?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The bytes of a file.</summary>
    Task<byte[]> FileAsync(string sha256, CancellationToken cancellationToken);

    /// <summary>Keeps a file and a draft of it. Drafts past their validity are forgotten.</summary>
    Task SaveDraftAsync(ListImport draft, ReadOnlyMemory<byte> file, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Changes the mapping and the decisions of a draft. False when there is no such draft.</summary>
    Task<bool> DecideAsync(string id, ListMapping mapping, ImportDecisions decisions, CancellationToken cancellationToken);

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
    /// removed are as they were. Refuses when one was changed since.
    /// </summary>
    Task<Outcome<ListImport>> UndoAsync(string id, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken);
}

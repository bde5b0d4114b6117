using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>Opens snapshots of the database.</summary>
public interface ILedgerSnapshots
{
    /// <summary>Opens a snapshot of the database as it is now.</summary>
    Task<ILedgerSnapshot> OpenAsync(CancellationToken cancellationToken);
}

/// <summary>
/// The ledger and every table that is replayed from it, as they were at one moment. What is recorded later is not in it, so that rows and
/// entries fit together while the registry runs.
/// </summary>
public interface ILedgerSnapshot : IAsyncDisposable
{
    /// <summary>The head of the ledger.</summary>
    Task<LedgerHead> HeadAsync(CancellationToken cancellationToken);

    /// <summary>Every stored complete subtree, by level and number.</summary>
    Task<ImmutableArray<(int Level, long Index, ReadOnlyMemory<byte> Hash)>> NodesAsync(CancellationToken cancellationToken);

    /// <summary>Every published checkpoint, smallest first.</summary>
    Task<ImmutableArray<(long Size, string Note)>> CheckpointsAsync(CancellationToken cancellationToken);

    /// <summary>Every entry in order, without loading all of them. The bytes of one hold until the next one is asked for.</summary>
    IAsyncEnumerable<StoredEntry> EntriesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The rows of a table, without loading all of them: the values as text in the form that entries have, null for a null.
    /// </summary>
    IAsyncEnumerable<string?[]> RowsAsync(string table, CancellationToken cancellationToken);
}

/// <summary>The rows of mobile devices, which <see cref="ILedgerSnapshot.RowsAsync"/> returns beside the tables.</summary>
public static class MobileDeviceRows
{
    /// <summary>Their name. Each row has a device and what its acts say of it.</summary>
    public const string Name = "mobile devices";
}

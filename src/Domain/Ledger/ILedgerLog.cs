using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>An entry as it is kept: its number, when it was made, its exact bytes and the hash that is the leaf.</summary>
public sealed record StoredEntry(long Index, DateTimeOffset At, string Kind, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> LeafHash);

/// <summary>How large the ledger is, and the root of its tree.</summary>
/// <param name="Frontier">The roots of the perfect subtrees, the largest first.</param>
public sealed record LedgerHead(long Size, ImmutableArray<ReadOnlyMemory<byte>> Frontier)
{
    /// <summary>The root of the tree.</summary>
    public byte[] Root() => MerkleTree.RootOfFrontier([.. Frontier.Select(hash => hash.ToArray())]);
}

/// <summary>The ledger as it is read: its head, its tiles, its entries and the checkpoints that were given out.</summary>
public interface ILedgerLog
{
    /// <summary>The head as it stands.</summary>
    Task<LedgerHead> HeadAsync(CancellationToken cancellationToken);

    /// <summary>The hashes of a tile, one after the other; null when the ledger does not have it yet.</summary>
    Task<byte[]?> HashesAsync(Tile tile, CancellationToken cancellationToken);

    /// <summary>Entries from a number on, at most so many, in their order.</summary>
    Task<ImmutableArray<StoredEntry>> EntriesAsync(long from, int most, CancellationToken cancellationToken);

    /// <summary>
    /// The checkpoint of a size: the note that was given out for it, or else the one given here, which is kept from then on. No two notes
    /// are
    /// ever given out for one size.
    /// </summary>
    Task<string> KeepCheckpointAsync(long size, string note, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Every checkpoint that was given out, the smallest first.</summary>
    Task<ImmutableArray<(long Size, string Note)>> CheckpointsAsync(CancellationToken cancellationToken);

    /// <summary>The SHA-256, lower-case hex, of every document that is kept, by the number of the entry that recorded it.</summary>
    Task<ImmutableDictionary<long, string>> DocumentHashesAsync(CancellationToken cancellationToken);

    /// <summary>Every complete subtree that is kept, by level and number.</summary>
    Task<ImmutableArray<(int Level, long Index, ReadOnlyMemory<byte> Hash)>> NodesAsync(CancellationToken cancellationToken);
}

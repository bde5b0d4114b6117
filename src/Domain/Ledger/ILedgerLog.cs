using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>A stored entry: its number, its time, its exact bytes and the hash that is its leaf.</summary>
public sealed record StoredEntry(long Index, DateTimeOffset At, string Kind, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> LeafHash);

/// <summary>The size of the ledger, and the subtrees that make the root of its tree.</summary>
/// <param name="Frontier">The roots of the perfect subtrees, the largest first.</param>
public sealed record LedgerHead(long Size, ImmutableArray<ReadOnlyMemory<byte>> Frontier)
{
    /// <summary>The root of the tree.</summary>
    public byte[] Root() => MerkleTree.RootOfFrontier([.. Frontier.Select(hash => hash.ToArray())]);
}

/// <summary>Reads the ledger: its head, its tiles and its entries; publishes checkpoints.</summary>
public interface ILedgerLog
{
    /// <summary>The present head.</summary>
    Task<LedgerHead> HeadAsync(CancellationToken cancellationToken);

    /// <summary>The hashes of a tile, one after the other; null when the ledger does not have the tile yet.</summary>
    Task<byte[]?> HashesAsync(Tile tile, CancellationToken cancellationToken);

    /// <summary>At most <paramref name="most"/> entries from a number on, in their order.</summary>
    Task<ImmutableArray<StoredEntry>> EntriesAsync(long from, int most, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the checkpoint of a size: the note that was published for it before, or else the given one, which is stored. No two notes
    /// are ever published for one size.
    /// </summary>
    Task<string> PublishCheckpointAsync(long size, string note, DateTimeOffset at, CancellationToken cancellationToken);
}

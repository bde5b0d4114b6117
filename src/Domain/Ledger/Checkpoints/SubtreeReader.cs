using System.Numerics;

namespace SurveillanceRegistry.Domain.Ledger.Checkpoints;

/// <summary>Reads hashes of subtrees of the ledger from its tiles, each tile once.</summary>
/// <param name="size">The number of entries of the tree.</param>
internal sealed class SubtreeReader(ILedgerLog log, long size, CancellationToken cancellationToken)
{
    private readonly Dictionary<Tile, byte[]> _tiles = [];

    /// <summary>The hash of the leaves from a number on, up to, not including, another.</summary>
    public async Task<byte[]> HashAsync(long from, long to)
    {
        var width = to - from;
        if (width == 1)
            return await AtAsync(0, from);
        if (!BitOperations.IsPow2(width))
            return await BothAsync(from, from + MerkleTree.Split(width), to);
        // A perfect subtree: tiles store every eighth level; other levels are computed from the two halves.
        var height = BitOperations.Log2((ulong)width);
        return height % 8 == 0 ? await AtAsync(height / 8, from >> height) : await BothAsync(from, from + width / 2, to);
    }

    private async Task<byte[]> BothAsync(long from, long middle, long to)
    {
        var left = await HashAsync(from, middle);
        var right = await HashAsync(middle, to);
        return MerkleTree.Node(left, right);
    }

    private async Task<byte[]> AtAsync(int level, long number)
    {
        var there = new Tile(level, number / Tile.Hashes, 1);
        var tile = there with { Width = (int)Math.Min(Tile.Hashes, there.InLevel(size) - there.First) };
        if (!_tiles.TryGetValue(tile, out var hashes))
            _tiles[tile] = hashes = await log.HashesAsync(tile, cancellationToken) ?? throw new MissingTileException(tile);
        return hashes[(int)(number % Tile.Hashes * MerkleTree.HashBytes)..][..MerkleTree.HashBytes];
    }
}

/// <summary>The ledger does not have a tile that its size says.</summary>
internal sealed class MissingTileException(Tile tile) : InvalidOperationException($"The ledger lacks tile {tile}.");

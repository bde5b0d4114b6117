using System.Runtime.CompilerServices;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>A Merkle tree that leaves are appended to. It stores at most one hash for each bit of its size.</summary>
internal sealed class GrowingTree
{
    private readonly Stack<byte[]> _frontier = [];

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The roots of the perfect subtrees, largest first.</summary>
    public byte[][] Frontier => [.. _frontier.Reverse()];

    /// <summary>Appends the hash of a leaf.</summary>
    /// <param name="complete">Called for each subtree of 2^level leaves that the leaf completes: level, number and root.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Append(byte[] leaf, Action<int, long, byte[]>? complete = null)
    {
        var hash = leaf;
        for (var level = 0; (Size >> level & 1) == 1; level++)
        {
            hash = MerkleTree.Node(_frontier.Pop(), hash);
            complete?.Invoke(level + 1, Size >> (level + 1), hash);
        }

        _frontier.Push(hash);
        Size++;
    }

    /// <summary>The present root.</summary>
    public byte[] Root() => MerkleTree.RootOfFrontier(Frontier);
}

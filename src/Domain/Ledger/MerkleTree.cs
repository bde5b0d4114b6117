using System.Security.Cryptography;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// The Merkle tree of RFC 6962, section 2: leaves and nodes are hashed apart, a tree of any size has one root, and short proofs show that
/// an
/// entry is in a tree, and that a tree is the beginning of a larger one. Hashes are SHA-256, 32 bytes.
/// </summary>
public static class MerkleTree
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int HashBytes = 32;

    private const byte LeafMark = 0,
        NodeMark = 1;

    /// <summary>The root of the tree without leaves.</summary>
    public static byte[] Empty => SHA256.HashData([]);

    /// <summary>The hash of an entry.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafMark]);
        hash.AppendData(entry);
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of two subtrees side by side.</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> both = stackalloc byte[1 + 2 * HashBytes];
        both[0] = NodeMark;
        left.CopyTo(both[1..]);
        right.CopyTo(both[(1 + HashBytes)..]);
        return SHA256.HashData(both);
    }

    /// <summary>The root of a tree from its leaves' hashes.</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        var growing = new GrowingTree();
        foreach (var leaf in leaves)
            growing.Append(leaf);
        return growing.Root();
    }

    /// <summary>The root of a tree from the roots of the perfect subtrees that its size is made of, the largest first.</summary>
    public static byte[] RootOfFrontier(IReadOnlyList<byte[]> frontier)
    {
        ArgumentNullException.ThrowIfNull(frontier);
        if (frontier.Count == 0)
            return Empty;
        var root = frontier[^1];
        for (var i = frontier.Count - 2; i >= 0; i--)
            root = Node(frontier[i], root);
        return root;
    }

    /// <summary>The hashes that lead from a leaf to the root of a tree (RFC 6962, 2.1.1), the one beside the leaf first.</summary>
    /// <param name="hash">The hash of the perfect or cut-off subtree of leaves from, to (without it).</param>
    public static async Task<byte[][]> InclusionAsync(long index, long size, Func<long, long, Task<byte[]>> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<byte[]>();
        var (from, to) = (0L, size);
        while (to - from > 1)
        {
            var middle = from + Split(to - from);
            if (index < middle)
                (to, _) = (middle, Add(await hash(middle, to)));
            else
                (from, _) = (middle, Add(await hash(from, middle)));
        }

        proof.Reverse();
        return [.. proof];

        bool Add(byte[] one)
        {
            proof.Add(one);
            return true;
        }
    }

    /// <summary>Whether a proof shows that an entry's hash stands at an index of a tree with this root (RFC 9162, 2.1.3.2).</summary>
    public static bool Includes(ReadOnlySpan<byte> leaf, long index, long size, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (index < 0 || index >= size)
            return false;
        var (node, last, hash) = (index, size - 1, leaf.ToArray());
        foreach (var beside in proof)
        {
            if (last == 0 || beside.Length != HashBytes)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                hash = Node(beside, hash);
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = Node(hash, beside);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>The largest power of two that is smaller than a number of leaves, which is two or more: where a tree divides.</summary>
    public static long Split(long leaves) => 1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(leaves - 1)));
}

/// <summary>A tree while leaves are added at its end: it holds one hash for each bit of its size.</summary>
internal sealed class GrowingTree
{
    private readonly Stack<byte[]> _frontier = [];

    /// <summary>How many leaves it has.</summary>
    public long Size { get; private set; }

    /// <summary>The roots of the perfect subtrees that it is made of, the largest first.</summary>
    public byte[][] Frontier => [.. _frontier.Reverse()];

    /// <summary>Adds a leaf's hash.</summary>
    /// <param name="complete">Told of each subtree of 2^level leaves that became complete: level and number.</param>
    public void Append(byte[] leaf, Action<int, long, byte[]>? complete = null)
    {
        var (hash, level) = (leaf, 0);
        for (; (Size >> level & 1) == 1; level++)
        {
            hash = MerkleTree.Node(_frontier.Pop(), hash);
            complete?.Invoke(level + 1, Size >> (level + 1), hash);
        }

        _frontier.Push(hash);
        Size++;
    }

    /// <summary>The root of the tree as it stands.</summary>
    public byte[] Root() => MerkleTree.RootOfFrontier(Frontier);
}

using System.Security.Cryptography;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// The Merkle tree of RFC 6962 section 2: leaves and nodes are hashed with different prefixes, a tree of any size has one root, and a short
/// proof shows that an entry is in a tree. Hashes are SHA-256, 32 bytes.
/// </summary>
public static class MerkleTree
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int HashBytes = 32;

    private const byte LeafMark = 0;
    private const byte NodeMark = 1;

    /// <summary>The root of the tree without leaves.</summary>
    public static byte[] Empty => SHA256.HashData([]);

    /// <summary>
    /// One for each thread, and for ever: <see cref="SHA256.HashData(byte[])"/> looks the algorithm up again for each of a million entries.
    /// </summary>
    [ThreadStatic]
    private static IncrementalHash? threadHash;

    private static IncrementalHash Hash => threadHash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of an entry.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> entry)
    {
        var hash = Hash;
        hash.AppendData([LeafMark]);
        hash.AppendData(entry);
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of a node with two subtrees.</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> both = stackalloc byte[1 + 2 * HashBytes];
        both[0] = NodeMark;
        left.CopyTo(both[1..]);
        right.CopyTo(both[(1 + HashBytes)..]);
        var hash = Hash;
        hash.AppendData(both);
        return hash.GetHashAndReset();
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

    /// <summary>The inclusion proof of a leaf (RFC 6962 section 2.1.1): the hashes from the sibling of the leaf up to the root.</summary>
    /// <param name="hash">Returns the hash of the subtree of a range of leaves: from the first number up to, not including, the
    /// second.</param>
    public static async Task<byte[][]> InclusionAsync(long index, long size, Func<long, long, Task<byte[]>> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<byte[]>();
        var from = 0L;
        var to = size;
        while (to - from > 1)
        {
            var middle = from + Split(to - from);
            if (index < middle)
            {
                proof.Add(await hash(middle, to));
                to = middle;
            }
            else
            {
                proof.Add(await hash(from, middle));
                from = middle;
            }
        }

        proof.Reverse();
        return [.. proof];
    }

    /// <summary>Verifies the inclusion proof of a leaf hash at an index of a tree with this root (RFC 9162 section 2.1.3.2).</summary>
    public static bool Includes(ReadOnlySpan<byte> leaf, long index, long size, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (index < 0 || index >= size)
            return false;
        var (node, last, hash) = (index, size - 1, leaf.ToArray());
        foreach (var sibling in proof)
        {
            if (last == 0 || sibling.Length != HashBytes)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                hash = Node(sibling, hash);
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = Node(hash, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>
    /// The consistency proof of a tree and an earlier size of it (RFC 6962 section 2.1.2): the hashes from which both roots follow. Empty
    /// for the empty tree and for equal sizes.
    /// </summary>
    /// <param name="hash">As in <see cref="InclusionAsync"/>.</param>
    public static async Task<byte[][]> ConsistencyAsync(long earlier, long size, Func<long, long, Task<byte[]>> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(earlier);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(earlier, size);
        var proof = new List<byte[]>();
        if (earlier == 0 || earlier == size)
            return [];
        var (from, to) = (0L, size);
        while (earlier != to)
        {
            var middle = from + Split(to - from);
            if (earlier <= middle)
            {
                proof.Add(await hash(middle, to));
                to = middle;
            }
            else
            {
                proof.Add(await hash(from, middle));
                from = middle;
            }
        }

        // The whole earlier tree is a subtree of the other: its root is known.
        if (from > 0)
            proof.Add(await hash(from, to));
        proof.Reverse();
        return [.. proof];
    }

    /// <summary>Verifies that a tree continues an earlier size of it (RFC 9162 section 2.1.4.2).</summary>
    public static bool IsConsistent(
        long earlier,
        long size,
        IReadOnlyList<byte[]> proof,
        ReadOnlySpan<byte> earlierRoot,
        ReadOnlySpan<byte> root
    )
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (earlier < 0 || earlier > size || proof.Any(hash => hash.Length != HashBytes))
            return false;
        if (earlier == 0)
            return proof.Count == 0 && earlierRoot.SequenceEqual(Empty);
        if (earlier == size)
            return proof.Count == 0 && earlierRoot.SequenceEqual(root);
        var hashes = System.Numerics.BitOperations.IsPow2(earlier) ? [earlierRoot.ToArray(), .. proof] : proof.ToArray();
        if (hashes.Length == 0)
            return false;
        var (node, last) = (earlier - 1, size - 1);
        while ((node & 1) == 1)
            (node, last) = (node >> 1, last >> 1);
        var (computedEarlier, computed) = (hashes[0], hashes[0]);
        foreach (var sibling in hashes.Skip(1))
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                (computedEarlier, computed) = (Node(sibling, computedEarlier), Node(sibling, computed));
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                computed = Node(computed, sibling);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && earlierRoot.SequenceEqual(computedEarlier) && root.SequenceEqual(computed);
    }

    /// <summary>The number of leaves of the left subtree: the largest power of two below a number of leaves of at least two.</summary>
    public static long Split(long leaves) => 1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(leaves - 1)));
}

using CsCheck;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Tests.Ledger;

/// <summary>The tree of the ledger, checked against RFC 6962 and against itself.</summary>
public sealed class MerkleTreeTests
{
    /// <summary>The eight leaves of the test vectors of RFC 6962.</summary>
    private static readonly byte[][] Leaves =
    [
        [],
        [0x00],
        [0x10],
        [0x20, 0x21],
        [0x30, 0x31],
        [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_roots_are_those_of_the_test_vectors_of_RFC_6962(int size, string root) =>
        Assert.Equal(root, Convert.ToHexStringLower(MerkleTree.Root([.. Leaves.Take(size).Select(leaf => MerkleTree.Leaf(leaf))])));

    [Fact]
    public void A_proof_verifies_its_own_leaf_of_a_tree_of_any_size_and_no_other() =>
        Gen.Int[1, 70]
            .SelectMany(size => Gen.Int[0, size - 1].Select(index => (size, index)))
            .Sample(sample =>
            {
                var (size, index) = sample;
                var leaves = Enumerable.Range(0, size).Select(i => MerkleTree.Leaf(BitConverter.GetBytes(i))).ToArray();
                var root = MerkleTree.Root(leaves);
                var proof = MerkleTree
                    .InclusionAsync(index, size, (from, to) => Task.FromResult(MerkleTree.Root(leaves[(int)from..(int)to])))
                    .GetAwaiter()
                    .GetResult();
                Assert.True(MerkleTree.Includes(leaves[index], index, size, proof, root));

                Assert.False(MerkleTree.Includes(MerkleTree.Leaf([9, 9, 9]), index, size, proof, root));
                Assert.False(MerkleTree.Includes(leaves[index], size, size, proof, root));
                if (proof.Length == 0)
                    return;
                Assert.False(MerkleTree.Includes(leaves[index], index, size, proof[1..], root));
                Assert.False(MerkleTree.Includes(leaves[index], index, size, [.. proof, root], root));
                proof[^1][0] ^= 1;
                Assert.False(MerkleTree.Includes(leaves[index], index, size, proof, root));
            });

    [Fact]
    public void A_consistency_proof_verifies_an_earlier_size_of_its_own_tree_only() =>
        Gen.Int[1, 70]
            .SelectMany(size => Gen.Int[0, size].Select(earlier => (size, earlier)))
            .Sample(sample =>
            {
                var (size, earlier) = sample;
                var leaves = Enumerable.Range(0, size).Select(i => MerkleTree.Leaf(BitConverter.GetBytes(i))).ToArray();
                var (root, earlierRoot) = (MerkleTree.Root(leaves), MerkleTree.Root(leaves[..earlier]));
                var proof = MerkleTree
                    .ConsistencyAsync(earlier, size, (from, to) => Task.FromResult(MerkleTree.Root(leaves[(int)from..(int)to])))
                    .GetAwaiter()
                    .GetResult();
                Assert.True(MerkleTree.IsConsistent(earlier, size, proof, earlierRoot, root));

                var other = MerkleTree.Leaf([9, 9, 9]);
                Assert.False(MerkleTree.IsConsistent(earlier, size, proof, other, root));
                Assert.False(MerkleTree.IsConsistent(size + 1, size, proof, earlierRoot, root));
                Assert.False(MerkleTree.IsConsistent(earlier, size, [.. proof, root], earlierRoot, root));
                // Everything continues the empty tree.
                Assert.Equal(earlier == 0, MerkleTree.IsConsistent(earlier, size, proof, earlierRoot, other));
            });

    [Fact]
    public async Task The_consistency_proof_of_the_example_in_RFC_6962_has_its_three_nodes()
    {
        var asked = new List<(long, long)>();
        await MerkleTree.ConsistencyAsync(
            3,
            7,
            (from, to) =>
            {
                asked.Add((from, to));
                return Task.FromResult(MerkleTree.Empty);
            }
        );
        // PROOF(3, D[7]) = [c, d, g, l]
        Assert.Equal([(0, 2), (2, 3), (3, 4), (4, 7)], asked.Order());
    }

    [Theory]
    [InlineData("0/000", 0, 0, 256)]
    [InlineData("0/x001/x234/067", 0, 1234067, 256)]
    [InlineData("1/005.p/17", 1, 5, 17)]
    [InlineData("entries/x001/000", Tile.Entries, 1000, 256)]
    public void A_tile_has_the_address_of_tlog_tiles(string address, int level, long index, int width)
    {
        Assert.True(Tile.TryParse(address, out var tile));
        Assert.Equal(new Tile(level, index, width), tile);
        Assert.Equal(address, tile.ToString());
    }

    [Theory]
    [InlineData("8/000")]
    [InlineData("0/0000")]
    [InlineData("0/x000/001")]
    [InlineData("0/000.p/256")]
    [InlineData("0/000.p/0")]
    [InlineData("-1/000")]
    [InlineData("entries/../000")]
    [InlineData("0/000/")]
    public void Another_form_of_address_is_no_tile(string address) => Assert.False(Tile.TryParse(address, out _));

    [Fact]
    public void Any_text_parses_as_a_tile_or_not_without_an_exception() =>
        Gen.OneOf(Gen.String, Gen.String["0123456789x/.p-entries"])
            .Sample(text => Assert.True(!Tile.TryParse(text, out var tile) || tile.ToString() == text), iter: Rounds.Of(50_000));

    [Fact]
    public void A_bundle_of_entries_reads_as_it_was_written() =>
        Gen
            .Byte.Array[0, 400]
            .Array[0, 20]
            .Sample(entries =>
            {
                var bundle = EntryBundle.Write([.. entries.Select((bytes, i) => new StoredEntry(i, default, "kind", bytes, default))]);
                Assert.Equal(entries, EntryBundle.Read(bundle)!);
                if (bundle.Length > 0)
                    Assert.True(EntryBundle.Read(bundle.AsSpan(0, bundle.Length - 1)) is not { } cut || cut.Count < entries.Length);
            });

    [Fact]
    public void An_entry_has_the_actor_without_a_name_and_at_most_64_KiB()
    {
        var entry = System.Text.Encoding.UTF8.GetString(
            LedgerEntry.Write(
                DateTimeOffset.UnixEpoch,
                "change-approved",
                new Attribution("approver", "police", "st-abc"),
                new { change = 7 }
            )
        );
        Assert.Equal(
            """{"v":1,"at":"1970-01-01T00:00:00.000000Z","kind":"change-approved","by":"""
                + """{"role":"approver","department":"police","staff":"st-abc"},"body":{"change":7}}""",
            entry
        );
        Assert.Throws<ArgumentException>(() =>
            LedgerEntry.Write(DateTimeOffset.UnixEpoch, "large", Attribution.Registry, new { text = new string('x', LedgerEntry.MaxBytes) })
        );
    }
}

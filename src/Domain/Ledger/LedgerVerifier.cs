using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>What came of checking the ledger.</summary>
/// <param name="Entries">How many entries were checked.</param>
/// <param name="BadEntry">Number of the first entry that does not hold; null when the fault lies elsewhere, or when there is none.</param>
/// <param name="Fault">What is wrong, in a sentence; null when everything holds.</param>
/// <param name="Notices">Hash of every notice that the ledger says was issued, by place and sequence.</param>
public sealed record LedgerFinding(
    long Entries,
    long? BadEntry,
    string? Fault,
    ImmutableDictionary<(string Place, long Sequence), string> Notices
);

/// <summary>Recomputes everything that the ledger promises: every hash, the tree, every checkpoint.</summary>
public static class LedgerVerifier
{
    private const int PerPage = 4096;

    /// <summary>Checks entry by entry, the first first, and stops at the first that does not hold.</summary>
    public static async Task<LedgerFinding> RunAsync(ILedgerLog log, ILogSigner signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(signer);
        // The head first: what is appended meanwhile is left for the next time.
        var head = await log.HeadAsync(cancellationToken);
        var nodes = (await log.NodesAsync(cancellationToken)).ToDictionary(node => (node.Level, node.Index), node => node.Hash);
        var checkpoints = (await log.CheckpointsAsync(cancellationToken)).ToDictionary(one => one.Size, one => one.Note);
        var documents = await log.DocumentHashesAsync(cancellationToken);
        var tree = new GrowingTree();
        var notices = ImmutableDictionary.CreateBuilder<(string, long), string>();
        var before = DateTimeOffset.MinValue;
        string? nodeFault = null;

        LedgerFinding Bad(long? index, string fault) => new(tree.Size, index, fault, notices.ToImmutable());
        if (Checkpoint() is { } empty)
            return Bad(null, empty);
        // The next page is on its way while this one is checked.
        var coming = PageAsync(0);
        while (tree.Size < head.Size)
        {
            var page = await coming;
            coming = PageAsync(tree.Size + page.Length);
            if (page.IsEmpty)
                return Bad(tree.Size, $"The head says {head.Size} entries, and entry {tree.Size} is missing.");
            foreach (var entry in page)
            {
                var index = tree.Size;
                if (entry.Index != index)
                    return Bad(index, $"Entry {index} is missing: the next one is numbered {entry.Index}.");
                var hash = Hash(entry.Bytes.Span);
                if (!entry.LeafHash.Span.SequenceEqual(hash))
                    return Bad(
                        index,
                        $"The bytes of entry {index} are not those that it was made of: their hash is {Convert.ToHexStringLower(hash)}, and {Convert.ToHexStringLower(entry.LeafHash.Span)} is kept."
                    );
                if (Said(entry, documents, notices) is { } fault)
                    return Bad(index, $"Entry {index}: {fault}");
                if (entry.At < before)
                    return Bad(index, $"Entry {index} was made before the one before it.");
                before = entry.At;
                tree.Append(
                    hash,
                    (level, number, root) =>
                    {
                        if (level % 8 == 0 && !(nodes.Remove((level, number), out var kept) && kept.Span.SequenceEqual(root)))
                            nodeFault ??= $"The root that is kept of subtree {number} of level {level} is not that of its entries.";
                    }
                );
                if (nodeFault is not null)
                    return Bad(index, nodeFault);
                if (Checkpoint() is { } wrong)
                    return Bad(index, wrong);
            }
        }

        // What was appended while this ran may have completed subtrees and had checkpoints; they belong to the next time.
        return !head.Root().AsSpan().SequenceEqual(tree.Root()) ? Bad(null, "The head of the ledger is not that of its entries.")
            : nodes.Keys.Any(node => (node.Index + 1) << node.Level <= head.Size) ? Bad(null, "A subtree is kept that no entries make.")
            : new LedgerFinding(tree.Size, null, null, notices.ToImmutable());

        Task<ImmutableArray<StoredEntry>> PageAsync(long from) =>
            from < head.Size
                ? Task.Run(() => log.EntriesAsync(from, (int)Math.Min(PerPage, head.Size - from), cancellationToken), cancellationToken)
                : Task.FromResult(ImmutableArray<StoredEntry>.Empty);

        string? Checkpoint()
        {
            if (!checkpoints.Remove(tree.Size, out var note))
                return null;
            return signer.Open(note) is not { } text ? $"The checkpoint of size {tree.Size} is not signed by the key of this ledger."
                : Ledger.Checkpoint.Read(text) is not { } said || said.Size != tree.Size || !said.Root.Span.SequenceEqual(tree.Root())
                    ? $"The checkpoint of size {tree.Size} names another root than its entries have."
                : null;
        }
    }

    /// <summary>What an entry's bytes say beside its columns and what they record; null when all agree.</summary>
    private static string? Said(
        StoredEntry entry,
        ImmutableDictionary<long, string> documents,
        ImmutableDictionary<(string, long), string>.Builder notices
    )
    {
        string? at = null,
            kind = null,
            sha256 = null,
            place = null,
            hash = null;
        long sequence = 0;
        try
        {
            var json = new Utf8JsonReader(entry.Bytes.Span);
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth > 2)
                    continue;
                if (json.CurrentDepth == 1 && json.ValueTextEquals("at"u8))
                    at = Next(ref json);
                else if (json.CurrentDepth == 1 && json.ValueTextEquals("kind"u8))
                    kind = Next(ref json);
                else if (json.CurrentDepth == 2 && kind == "document-recorded" && json.ValueTextEquals("sha256"u8))
                    sha256 = Next(ref json);
                else if (json.CurrentDepth == 2 && kind == "notice-issued")
                    (place, hash, sequence) = Notice(ref json, place, hash, sequence);
            }
        }
        catch (JsonException)
        {
            return "it is not JSON.";
        }
        catch (InvalidOperationException)
        {
            return "it does not have the form of an entry.";
        }

        if (kind != entry.Kind || at != LedgerEntry.Time(entry.At))
            return "its kind or time is not what its bytes say.";
        if (kind == "document-recorded" && (!documents.TryGetValue(entry.Index, out var kept) || kept != sha256))
            return "the document that it recorded is not the one that is kept.";
        if (place is not null && hash is not null)
            notices[(place, sequence)] = hash;
        return null;
    }

    private static (string?, string?, long) Notice(ref Utf8JsonReader json, string? place, string? hash, long sequence)
    {
        if (json.ValueTextEquals("place"u8))
            place = Next(ref json);
        else if (json.ValueTextEquals("hash"u8))
            hash = Next(ref json);
        else if (json.ValueTextEquals("sequence"u8) && json.Read())
            sequence = json.GetInt64();
        return (place, hash, sequence);
    }

    private static string? Next(ref Utf8JsonReader json) => json.Read() ? json.GetString() : null;

    /// <summary>As <see cref="MerkleTree.Leaf"/>, without an object for each of a million entries.</summary>
    private static byte[] Hash(ReadOnlySpan<byte> entry)
    {
        Span<byte> marked = entry.Length < 4096 ? stackalloc byte[4096] : new byte[entry.Length + 1];
        marked[0] = 0;
        entry.CopyTo(marked[1..]);
        return SHA256.HashData(marked[..(entry.Length + 1)]);
    }
}

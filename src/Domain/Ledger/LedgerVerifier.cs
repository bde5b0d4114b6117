using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>The result of checking the ledger.</summary>
/// <param name="Entries">The number of entries that were checked.</param>
/// <param name="BadEntry">Number of the first faulty entry; null when the fault is elsewhere, or when there is none.</param>
/// <param name="Fault">The first fault, in a sentence; null when there is none.</param>
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
    /// <summary>Checks the entries in their order, and stops at the first that is faulty.</summary>
    public static async Task<LedgerFinding> RunAsync(ILedgerLog log, ILogSigner signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(signer);
        // The head is read first: entries that are appended during the run are left for the next run.
        var head = await log.HeadAsync(cancellationToken);
        var nodes = await log.NodesAsync(cancellationToken);
        var checkpoints = await log.CheckpointsAsync(cancellationToken);
        var documents = await log.DocumentHashesAsync(cancellationToken);
        var verification = new LedgerVerification(
            log,
            signer,
            head,
            nodes.ToDictionary(node => (node.Level, node.Index), node => node.Hash),
            checkpoints.ToDictionary(checkpoint => checkpoint.Size, checkpoint => checkpoint.Note),
            documents
        );
        return await verification.RunAsync(cancellationToken);
    }
}

/// <summary>One run of the verifier: the tree as far as it is rebuilt, and the records that are not compared yet.</summary>
internal sealed class LedgerVerification
{
    private const int PageSize = 4096;

    private readonly ILedgerLog _log;
    private readonly ILogSigner _signer;
    private readonly LedgerHead _head;

    // What was not compared yet. Each match removes its record, so that what remains at the end has no entries.
    private readonly Dictionary<(int Level, long Index), ReadOnlyMemory<byte>> _nodes;
    private readonly Dictionary<long, string> _checkpoints;
    private readonly ImmutableDictionary<long, string> _documents;

    private readonly GrowingTree _tree = new();
    private readonly ImmutableDictionary<(string Place, long Sequence), string>.Builder _notices = ImmutableDictionary.CreateBuilder<
        (string Place, long Sequence),
        string
    >();
    private DateTimeOffset _lastAt = DateTimeOffset.MinValue;

    public LedgerVerification(
        ILedgerLog log,
        ILogSigner signer,
        LedgerHead head,
        Dictionary<(int Level, long Index), ReadOnlyMemory<byte>> nodes,
        Dictionary<long, string> checkpoints,
        ImmutableDictionary<long, string> documents
    )
    {
        _log = log;
        _signer = signer;
        _head = head;
        _nodes = nodes;
        _checkpoints = checkpoints;
        _documents = documents;
    }

    public async Task<LedgerFinding> RunAsync(CancellationToken cancellationToken)
    {
        if (CheckCheckpoint() is { } emptyTreeFault)
            return Finding(null, emptyTreeFault);
        // The next page is read while this one is checked.
        var nextPage = ReadPageAsync(0, cancellationToken);
        while (_tree.Size < _head.Size)
        {
            var page = await nextPage;
            nextPage = ReadPageAsync(_tree.Size + page.Length, cancellationToken);
            if (page.IsEmpty)
                return Finding(_tree.Size, $"The head says {_head.Size} entries, and entry {_tree.Size} is missing.");
            foreach (var entry in page)
            {
                var index = _tree.Size;
                if (CheckEntry(entry, index) is { } fault)
                    return Finding(index, fault);
            }
        }

        return Finding(null, CheckTree());
    }

    private LedgerFinding Finding(long? badEntry, string? fault) => new(_tree.Size, badEntry, fault, _notices.ToImmutable());

    private Task<ImmutableArray<StoredEntry>> ReadPageAsync(long from, CancellationToken cancellationToken) =>
        from < _head.Size
            ? Task.Run(() => _log.EntriesAsync(from, (int)Math.Min(PageSize, _head.Size - from), cancellationToken), cancellationToken)
            : Task.FromResult(ImmutableArray<StoredEntry>.Empty);

    /// <summary>Checks an entry and appends it to the tree. Returns the fault, or null.</summary>
    private string? CheckEntry(StoredEntry entry, long index)
    {
        if (entry.Index != index)
            return $"Entry {index} is missing: the next one is numbered {entry.Index}.";
        var hash = LeafHash(entry.Bytes.Span);
        if (!entry.LeafHash.Span.SequenceEqual(hash))
            return $"The bytes of entry {index} are not the original ones: "
                + $"their hash is {Convert.ToHexStringLower(hash)}, and {Convert.ToHexStringLower(entry.LeafHash.Span)} is stored.";
        if (CheckContent(entry) is { } contentFault)
            return $"Entry {index}: {contentFault}";
        if (entry.At < _lastAt)
            return $"Entry {index} has an earlier time than the entry before it.";
        _lastAt = entry.At;
        return AppendToTree(hash) ?? CheckCheckpoint();
    }

    private string? CheckContent(StoredEntry entry)
    {
        EntryContent content;
        try
        {
            content = EntryReader.Read(entry.Bytes.Span);
        }
        catch (JsonException)
        {
            return "it is not JSON.";
        }
        catch (InvalidOperationException)
        {
            return "it does not have the form of an entry.";
        }

        if (content.Kind != entry.Kind || content.At != LedgerEntry.FormatTime(entry.At))
            return "its stored kind or time differs from its bytes.";
        if (
            content.Kind == LedgerKinds.DocumentRecorded
            && (!_documents.TryGetValue(entry.Index, out var sha256) || sha256 != content.DocumentSha256)
        )
            return "the document that it recorded is not the stored one.";
        if (content is { Place: { } place, NoticeHash: { } noticeHash })
            _notices[(place, content.NoticeSequence)] = noticeHash;
        return null;
    }

    /// <summary>Appends a leaf and compares every subtree that it completes with the stored one. Returns the fault, or null.</summary>
    private string? AppendToTree(byte[] leafHash)
    {
        string? fault = null;
        _tree.Append(
            leafHash,
            (level, number, root) =>
            {
                // Only the levels of tiles are stored: every eighth.
                if (level % 8 == 0 && !(_nodes.Remove((level, number), out var stored) && stored.Span.SequenceEqual(root)))
                    fault ??= $"The stored root of subtree {number} of level {level} is not the root of its entries.";
            }
        );
        return fault;
    }

    /// <summary>Checks the checkpoint of the present size of the tree, if there is one. Returns the fault, or null.</summary>
    private string? CheckCheckpoint()
    {
        if (!_checkpoints.Remove(_tree.Size, out var note))
            return null;
        if (_signer.Open(note) is not { } text)
            return $"The checkpoint of size {_tree.Size} is not signed by the key of this ledger.";
        return Checkpoint.Read(text) is { } checkpoint && checkpoint.Size == _tree.Size && checkpoint.Root.Span.SequenceEqual(_tree.Root())
            ? null
            : $"The checkpoint of size {_tree.Size} has another root than its entries.";
    }

    private string? CheckTree()
    {
        if (!_head.Root().AsSpan().SequenceEqual(_tree.Root()))
            return "The root of the ledger's head is not the root of its entries.";
        // Entries that were appended during the run may have completed subtrees of their own; those are not counted.
        return _nodes.Keys.Any(node => (node.Index + 1) << node.Level <= _head.Size) ? "A stored subtree has no entries." : null;
    }

    /// <summary>As <see cref="MerkleTree.Leaf"/>, without an object for each of a million entries.</summary>
    private static byte[] LeafHash(ReadOnlySpan<byte> entry)
    {
        Span<byte> marked = entry.Length < 4096 ? stackalloc byte[4096] : new byte[entry.Length + 1];
        marked[0] = MerkleTree.LeafMark;
        entry.CopyTo(marked[1..]);
        return SHA256.HashData(marked[..(entry.Length + 1)]);
    }
}

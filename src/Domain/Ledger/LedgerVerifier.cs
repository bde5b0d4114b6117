using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SurveillanceRegistry.Domain.Ledger.Replay;
using SurveillanceRegistry.Domain.Notices;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>The result of checking the ledger.</summary>
/// <param name="Entries">The number of entries that were checked.</param>
/// <param name="BadEntry">Number of the first faulty entry; null when the fault is elsewhere, or when there is none.</param>
/// <param name="Fault">The first fault, in a sentence; null when there is none.</param>
/// <param name="TableFault">The row that differs from the entries; null when the fault is another one, or when there is none.</param>
/// <param name="NotHeld">For each column, or table, the number of rows that entries of older versions do not hold.</param>
/// <param name="Unproven">What a page or the API shows and no entry proves, a sentence each.</param>
public sealed record LedgerFinding(
    long Entries,
    long? BadEntry,
    string? Fault,
    TableFault? TableFault,
    ImmutableSortedDictionary<string, long> NotHeld,
    ImmutableArray<string> Unproven
);

/// <summary>
/// Recomputes everything that the ledger promises: every hash, the tree, every signature, and every row that follows from the entries.
/// </summary>
public static class LedgerVerifier
{
    /// <summary>For each replayed table the columns that are compared with the entries.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> ComparedColumns => LedgerReplay.ComparedColumns;

    /// <summary>The fault of a ledger that is shorter than a checkpoint of it.</summary>
    public static string ShorterThan(Checkpoint checkpoint, long size)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return $"The given checkpoint has {checkpoint.Size} entries, and the ledger has only {size}: it was cut back.";
    }

    /// <summary>The fault of a ledger whose first entries are not those of a checkpoint of it.</summary>
    public static string OtherThan(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return $"The first {checkpoint.Size} entries are not those of the given checkpoint: the ledger has another history.";
    }

    /// <summary>Checks the entries in their order, then the tables, and stops at the first fault.</summary>
    /// <param name="signer">The key that signed the checkpoints.</param>
    /// <param name="noticeKey">The key that signed the notices.</param>
    /// <param name="against">A checkpoint from elsewhere that the ledger must continue; null for none.</param>
    public static async Task<LedgerFinding> RunAsync(
        ILedgerSnapshot snapshot,
        ILogSigner signer,
        NoticeKey noticeKey,
        Checkpoint? against,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(noticeKey);
        var nodes = await snapshot.NodesAsync(cancellationToken);
        var checkpoints = await snapshot.CheckpointsAsync(cancellationToken);
        var head = await snapshot.HeadAsync(cancellationToken);
        await using var replay = new LedgerReplay(snapshot, cancellationToken);
        var verification = new LedgerVerification(
            snapshot,
            signer,
            head,
            nodes.ToDictionary(node => (node.Level, node.Index), node => node.Hash),
            checkpoints.ToDictionary(checkpoint => checkpoint.Size, checkpoint => checkpoint.Note),
            against,
            replay
        );
        return await verification.RunAsync(noticeKey, cancellationToken);
    }
}

/// <summary>One run of the verifier: the tree as far as it is rebuilt, and the records that are not compared yet.</summary>
internal sealed class LedgerVerification
{
    /// <summary>After how many entries the rows that they made are compared.</summary>
    private const int PageSize = 4096;

    private readonly ILedgerSnapshot _snapshot;
    private readonly ILogSigner _signer;
    private readonly LedgerHead _head;
    private readonly LedgerReplay _replay;

    // What was not compared yet. Each match removes its record, so that what remains at the end has no entries.
    private readonly Dictionary<(int Level, long Index), ReadOnlyMemory<byte>> _nodes;
    private readonly Dictionary<long, string> _checkpoints;
    private readonly Checkpoint? _against;

    private readonly GrowingTree _tree = new();
    private readonly Action<int, long, byte[]> _checkSubtree;
    private string? _subtreeFault;
    private DateTimeOffset _lastAt = DateTimeOffset.MinValue;

    public LedgerVerification(
        ILedgerSnapshot snapshot,
        ILogSigner signer,
        LedgerHead head,
        Dictionary<(int Level, long Index), ReadOnlyMemory<byte>> nodes,
        Dictionary<long, string> checkpoints,
        Checkpoint? against,
        LedgerReplay replay
    )
    {
        _snapshot = snapshot;
        _signer = signer;
        _head = head;
        _nodes = nodes;
        _checkpoints = checkpoints;
        _against = against;
        _replay = replay;
        _checkSubtree = CheckSubtree;
    }

    public async Task<LedgerFinding> RunAsync(NoticeKey noticeKey, CancellationToken cancellationToken)
    {
        if (CheckCheckpoint() is { } emptyTreeFault)
            return Finding(null, emptyTreeFault);
        await foreach (var entry in _snapshot.EntriesAsync(cancellationToken))
        {
            var index = _tree.Size;
            if (CheckEntry(entry, index) is { } fault)
                return Finding(index, fault);
            if (_tree.Size % PageSize == 0 && await _replay.CompareUpToAsync(index) is { } rowFault)
                return Finding(rowFault);
        }

        if (CheckTree() is { } treeFault)
            return Finding(_tree.Size < _head.Size ? _tree.Size : null, treeFault);
        return await _replay.FinishAsync(noticeKey, cancellationToken) is { } tableFault ? Finding(tableFault) : Finding(null, null);
    }

    private LedgerFinding Finding(TableFault fault) => new(_tree.Size, null, fault.Sentence, fault, _replay.NotHeld, _replay.Unproven);

    private LedgerFinding Finding(long? badEntry, string? fault) =>
        new(_tree.Size, badEntry, fault, null, _replay.NotHeld, _replay.Unproven);

    /// <summary>Checks an entry and appends it to the tree. Returns the fault, or null.</summary>
    /// <remarks>Compiled at once, as all that runs for each entry or row: a verification is over before the runtime would do so.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private string? CheckEntry(StoredEntry entry, long index)
    {
        if (entry.Index != index)
            return $"Entry {index} is missing: the next one is numbered {entry.Index}.";
        var hash = MerkleTree.Leaf(entry.Bytes.Span);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private string? CheckContent(StoredEntry entry)
    {
        try
        {
            if (!EntryReader.HasStoredTimeAndKind(entry))
                return "it has no time or no kind.";
            _replay.Apply(entry);
            return null;
        }
        catch (JsonException)
        {
            return "it is not JSON.";
        }
        catch (Exception failure) when (failure is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return $"it does not have the form of an entry of the kind {entry.Kind}: {failure.Message}";
        }
    }

    /// <summary>Appends a leaf and compares every subtree that it completes with the stored one. Returns the fault, or null.</summary>
    private string? AppendToTree(byte[] leafHash)
    {
        _tree.Append(leafHash, _checkSubtree);
        return _subtreeFault;
    }

    private void CheckSubtree(int level, long number, byte[] root)
    {
        // Only the levels of tiles are stored: every eighth.
        if (level % 8 == 0 && !(_nodes.Remove((level, number), out var stored) && stored.Span.SequenceEqual(root)))
            _subtreeFault ??= $"The stored root of subtree {number} of level {level} is not the root of its entries.";
    }

    /// <summary>Checks the checkpoint of the present size of the tree, if there is one. Returns the fault, or null.</summary>
    private string? CheckCheckpoint()
    {
        if (_against?.Size == _tree.Size && !_against.Root.Span.SequenceEqual(_tree.Root()))
            return LedgerVerifier.OtherThan(_against);
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
        if (_tree.Size < _head.Size)
            return $"The head says {_head.Size} entries, and entry {_tree.Size} is missing.";
        if (!_head.Root().AsSpan().SequenceEqual(_tree.Root()))
            return "The root of the ledger's head is not the root of its entries.";
        if (_against?.Size > _tree.Size)
            return LedgerVerifier.ShorterThan(_against, _tree.Size);
        if (_nodes.Count > 0)
            return "A stored subtree has no entries.";
        return _checkpoints.Count == 0
            ? null
            : $"The checkpoint of size {_checkpoints.Keys.Min()} was published, and the ledger has only {_tree.Size} entries.";
    }
}

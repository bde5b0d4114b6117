using System.IO.Compression;
using System.Text;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The ledger as one file that can be verified without the registry and its database: a zip archive laid out as C2SP tlog-tiles, with every
/// entry, every tile, the checkpoint and the public key.
/// </summary>
internal static class LedgerBundle
{
    /// <summary>Writes the ledger as it is now.</summary>
    /// <returns>The number of its entries.</returns>
    public static async Task<long> WriteAsync(
        string path,
        ILedgerLog log,
        ILogSigner signer,
        CheckpointPublisher publisher,
        CancellationToken cancellationToken
    )
    {
        var outcome = await publisher.PublishAsync(TimeProvider.System.GetUtcNow(), cancellationToken);
        var (head, note) = outcome.Value ?? throw new PrerequisiteException(outcome.Refusals[0].Sentence);
        await using (var file = new FileStream(path + ".new", FileMode.Create))
        await using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            await AddAsync("checkpoint", Encoding.UTF8.GetBytes(note));
            await AddAsync("key", Encoding.UTF8.GetBytes(signer.Vkey + "\n"));
            for (var level = Tile.Entries; level < 8; level++)
            {
                var inLevel = new Tile(level, 0, 1).InLevel(head.Size);
                for (long index = 0; index * Tile.Hashes < inLevel; index++)
                {
                    var tile = new Tile(level, index, (int)Math.Min(Tile.Hashes, inLevel - index * Tile.Hashes));
                    var bytes =
                        level == Tile.Entries
                            ? EntryBundle.Write(await log.EntriesAsync(tile.First, tile.Width, cancellationToken))
                            : await log.HashesAsync(tile, cancellationToken);
                    await AddAsync($"tile/{tile}", bytes ?? throw new InvalidOperationException($"The ledger lacks tile {tile}."));
                }
            }

            async Task AddAsync(string name, byte[] bytes)
            {
                await using var entry = await zip.CreateEntry(name).OpenAsync(cancellationToken);
                await entry.WriteAsync(bytes, cancellationToken);
            }
        }

        File.Move(path + ".new", path, overwrite: true);
        return head.Size;
    }

    /// <summary>Verifies a file with a public key alone.</summary>
    /// <param name="against">A checkpoint that the file must continue; null for none.</param>
    /// <returns>The number of valid entries, the first invalid one and the fault; both null if everything is valid.</returns>
    public static async Task<(long Entries, long? BadEntry, string? Fault)> CheckAsync(
        string path,
        SignedNote key,
        Checkpoint? against,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var zip = await ZipFile.OpenReadAsync(path, cancellationToken);
            if (
                await ReadAsync(zip, "checkpoint", cancellationToken) is not { } note
                || key.Open(Encoding.UTF8.GetString(note)) is not { } text
                || Checkpoint.Read(text) is not { } checkpoint
            )
                return (0, null, "The bundle has no checkpoint that this key has signed.");
            if (checkpoint.Origin != key.Name)
                return (0, null, $"The checkpoint is of the log '{checkpoint.Origin}', and the key is that of '{key.Name}'.");
            var leaves = new List<byte[]>();
            while (leaves.Count < checkpoint.Size)
            {
                var width = (int)Math.Min(Tile.Hashes, checkpoint.Size - leaves.Count);
                var tile = new Tile(Tile.Entries, leaves.Count / Tile.Hashes, width);
                if (await CheckTileAsync(zip, tile, leaves, cancellationToken) is { } fault)
                    return (leaves.Count, leaves.Count, fault);
            }

            if (!checkpoint.Root.Span.SequenceEqual(MerkleTree.Root(leaves)))
                return (leaves.Count, null, "The entries do not make the root that the checkpoint names.");
            return (leaves.Count, null, CheckAgainst(leaves, against));
        }
        catch (InvalidDataException failure)
        {
            return (0, null, $"The file is no bundle of a ledger: {failure.Message}");
        }
    }

    /// <summary>Returns the fault if the entries do not continue a given checkpoint; null if they do, or if there is none.</summary>
    private static string? CheckAgainst(List<byte[]> leaves, Checkpoint? against)
    {
        if (against is null)
            return null;
        if (against.Size > leaves.Count)
            return LedgerVerifier.ShorterThan(against, leaves.Count);
        return against.Root.Span.SequenceEqual(MerkleTree.Root(leaves[..(int)against.Size])) ? null : LedgerVerifier.OtherThan(against);
    }

    /// <summary>Verifies the entries of a tile and adds their leaf hashes. Returns the first fault; null if there is none.</summary>
    private static async Task<string?> CheckTileAsync(ZipArchive zip, Tile tile, List<byte[]> leaves, CancellationToken cancellationToken)
    {
        if (
            await ReadAsync(zip, $"tile/{tile}", cancellationToken) is not { } bundle
            || EntryBundle.Read(bundle) is not { } entries
            || entries.Count != tile.Width
        )
            return $"The entries from {leaves.Count} on are missing or cut off.";
        var hashes = await ReadAsync(zip, $"tile/{tile with { Level = 0 }}", cancellationToken) ?? [];
        foreach (var entry in entries)
        {
            var leaf = MerkleTree.Leaf(entry);
            var offset = leaves.Count % Tile.Hashes * MerkleTree.HashBytes;
            if (hashes.Length < offset + MerkleTree.HashBytes || !hashes.AsSpan(offset, MerkleTree.HashBytes).SequenceEqual(leaf))
                return $"The bytes of entry {leaves.Count} are not those that its hash was made of.";
            leaves.Add(leaf);
        }

        return null;
    }

    private static async Task<byte[]?> ReadAsync(ZipArchive zip, string name, CancellationToken cancellationToken)
    {
        if (zip.GetEntry(name) is not { } entry)
            return null;
        using var content = new MemoryStream();
        await using var stream = await entry.OpenAsync(cancellationToken);
        await stream.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }
}

using System.IO.Compression;
using System.Text;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The ledger as one file that can be checked anywhere, without the registry and without its database: a zip archive laid out as C2SP
/// tlog-tiles, with every entry, every tile, the checkpoint and the public key.
/// </summary>
internal static class LedgerBundle
{
    /// <summary>Writes the ledger as it stands.</summary>
    /// <returns>How many entries it holds.</returns>
    public static async Task<long> WriteAsync(
        string path,
        ILedgerLog log,
        ILogSigner signer,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var head = await log.HeadAsync(cancellationToken);
        var note = await log.KeepCheckpointAsync(
            head.Size,
            signer.Sign(new Checkpoint(signer.Name, head.Size, head.Root()).Text),
            time.GetUtcNow(),
            cancellationToken
        );
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

    /// <summary>Checks a file against a public key alone.</summary>
    /// <returns>How many entries hold, and what does not; null when all does.</returns>
    public static async Task<(long Entries, long? BadEntry, string? Fault)> CheckAsync(
        string path,
        SignedNote key,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var zip = await ZipFile.OpenReadAsync(path, cancellationToken);
            if (
                await ReadAsync("checkpoint") is not { } note
                || key.Open(Encoding.UTF8.GetString(note)) is not { } text
                || Checkpoint.Read(text) is not { } checkpoint
            )
                return (0, null, "The bundle has no checkpoint that this key has signed.");
            if (checkpoint.Origin != key.Name)
                return (0, null, $"The checkpoint is of the log '{checkpoint.Origin}', and the key is that of '{key.Name}'.");
            var leaves = new List<byte[]>();
            while (leaves.Count < checkpoint.Size)
            {
                var tile = new Tile(Tile.Entries, leaves.Count / Tile.Hashes, (int)Math.Min(Tile.Hashes, checkpoint.Size - leaves.Count));
                if (
                    await ReadAsync($"tile/{tile}") is not { } bundle
                    || EntryBundle.Read(bundle) is not { } entries
                    || entries.Count != tile.Width
                )
                    return (leaves.Count, leaves.Count, $"The entries from {leaves.Count} on are missing or cut off.");
                var hashes = await ReadAsync($"tile/{tile with { Level = 0 }}");
                foreach (var entry in entries)
                {
                    var leaf = MerkleTree.Leaf(entry);
                    var at = leaves.Count % Tile.Hashes * MerkleTree.HashBytes;
                    if (
                        hashes is null
                        || hashes.Length < at + MerkleTree.HashBytes
                        || !hashes.AsSpan(at, MerkleTree.HashBytes).SequenceEqual(leaf)
                    )
                        return (leaves.Count, leaves.Count, $"The bytes of entry {leaves.Count} are not those that its hash was made of.");
                    leaves.Add(leaf);
                }
            }

            return checkpoint.Root.Span.SequenceEqual(MerkleTree.Root(leaves))
                ? (leaves.Count, null, null)
                : (leaves.Count, null, "The entries do not make the root that the checkpoint names.");

            async Task<byte[]?> ReadAsync(string name)
            {
                if (zip.GetEntry(name) is not { } entry)
                    return null;
                using var held = new MemoryStream();
                await using var stream = await entry.OpenAsync(cancellationToken);
                await stream.CopyToAsync(held, cancellationToken);
                return held.ToArray();
            }
        }
        catch (InvalidDataException wrong)
        {
            return (0, null, $"The file is no bundle of a ledger: {wrong.Message}");
        }
    }
}

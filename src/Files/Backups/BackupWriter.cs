using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Files.Backups;

/// <summary>
/// Writes a backup: a tar archive of its members, the manifest, and the signature of the manifest. It has another name until it is whole
/// and flushed, so that a kill leaves nothing that looks like a backup. What a kill left is deleted by the next backup of the same name.
/// </summary>
public sealed class BackupWriter : IAsyncDisposable
{
    /// <summary>The names of the last two members.</summary>
    internal const string Manifest = "manifest.json",
        Signature = "manifest.signature";

    /// <summary>
    /// Begins what is signed. The same key signs checkpoints, whose second line is a number: no text is both.
    /// </summary>
    private const string Statement = "surveillance-registry backup";

    private const string Unfinished = ".unfinished-";
    private const int BufferBytes = 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly DateTimeOffset _at;
    private readonly FileStream _file;
    private readonly List<BackupMember> _members = [];
    private bool _isFinished;

    private BackupWriter(string path, DateTimeOffset at, FileStream file)
    {
        _path = path;
        _at = at;
        _file = file;
    }

    /// <summary>Begins a backup.</summary>
    /// <param name="path">Its file, which must not exist.</param>
    /// <param name="at">The time of the backup.</param>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public static BackupWriter Create(string path, DateTimeOffset at)
    {
        if (Path.Exists(path))
            throw new IOException($"'{path}' exists already.");
        DeleteLeftOvers(path);
        var file = new FileStream(
            path + Unfinished + Path.GetRandomFileName(),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None, // A lock: another backup sees that this one is being written.
                UnixCreateMode = OwnerOnly,
                BufferSize = 0,
            }
        );
        return new BackupWriter(path, at, file);
    }

    /// <summary>Adds a member, whose size need not be known before.</summary>
    public async Task AddAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var header = _file.Position;
        await _file.WriteAsync(new byte[TarHeader.Block], cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        // Two buffers: one is written while the other is filled and hashed.
        byte[] filling = new byte[BufferBytes],
            writing = new byte[BufferBytes];
        var written = Task.CompletedTask;
        int read;
        while ((read = await content.ReadAtLeastAsync(filling, BufferBytes, throwOnEndOfStream: false, cancellationToken)) > 0)
        {
            hash.AppendData(filling, 0, read);
            size += read;
            await written;
            (filling, writing) = (writing, filling);
            written = _file.WriteAsync(writing, 0, read, cancellationToken);
        }

        await written;
        await _file.WriteAsync(new byte[TarHeader.Padding(size)], cancellationToken);
        var end = _file.Position;
        _file.Position = header;
        await _file.WriteAsync(TarHeader.Write(name, size, _at), cancellationToken);
        _file.Position = end;
        _members.Add(new BackupMember(name, size, Convert.ToHexStringLower(hash.GetHashAndReset())));
    }

    /// <summary>Adds the manifest and its signature, flushes the file and gives it its name.</summary>
    /// <param name="manifest">Makes the manifest from the members.</param>
    /// <param name="signer">The key of the ledger that is in the backup.</param>
    /// <returns>The size of the backup in bytes.</returns>
    public async Task<long> FinishAsync(
        Func<ImmutableArray<BackupMember>, BackupManifest> manifest,
        ILogSigner signer,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(signer);
        var bytes = manifest([.. _members]).Write();
        using (var content = new MemoryStream(bytes))
            await AddAsync(Manifest, content, cancellationToken);
        using (var content = new MemoryStream(Encoding.UTF8.GetBytes(signer.Sign(SignedText(bytes)))))
            await AddAsync(Signature, content, cancellationToken);
        await _file.WriteAsync(new byte[2 * TarHeader.Block], cancellationToken);
        _file.Flush(flushToDisk: true);
        var size = _file.Length;
        File.Move(_file.Name, _path, overwrite: false);
        _isFinished = true;
        // Flushed under its new name: a file system with a journal writes the name too.
        _file.Flush(flushToDisk: true);
        return size;
    }

    /// <summary>The text that is signed: what it is, and the hash of the manifest as <c>sha256sum</c> writes and checks it.</summary>
    internal static string SignedText(ReadOnlySpan<byte> manifest) =>
        $"{Statement}\n{Convert.ToHexStringLower(SHA256.HashData(manifest))}  {Manifest}\n";

    /// <summary>Closes the file, and deletes it when it was not finished.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isFinished)
            File.Delete(_file.Name);
        await _file.DisposeAsync();
    }

    private static void DeleteLeftOvers(string path)
    {
        foreach (var left in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + Unfinished + "*"))
        {
            try
            {
                using (new FileStream(left, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    File.Delete(left);
            }
            catch (IOException)
            {
                // Another backup is writing it.
            }
        }
    }
}

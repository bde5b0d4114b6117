using System.Security.Cryptography;
using System.Text;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Files.Backups;

/// <summary>
/// A backup whose every byte was verified: each header is the one that a backup of these members has, each content has the hash of the
/// manifest, each padding is zero, and nothing follows. Its contents are given out only after its signature was verified: a hash
/// proves that a file is whole, and only a signature proves that a registry wrote it.
/// </summary>
public sealed class BackupFile : IAsyncDisposable
{
    private const int BufferBytes = 1024 * 1024;
    private const int MaxManifestBytes = 1024 * 1024;
    private const int MaxSignatureBytes = 4096;
    private const int MaxMembers = 4;
    private const string OlderLast = "manifest.sha256";

    private readonly FileStream _file;
    private readonly List<(string Name, long Offset, long Bytes, string Sha256, byte[] Header)> _members = [];
    private string _signature = "";
    private string _signedText = "";
    private bool _isProven;

    private BackupFile(FileStream file) => _file = file;

    /// <summary>What the backup says of itself.</summary>
    public BackupManifest Manifest { get; private set; } = null!;

    /// <summary>The SHA-256 of the manifest, which stands for the whole backup.</summary>
    public string Sha256 { get; private set; } = "";

    /// <summary>Opens and verifies a backup.</summary>
    /// <exception cref="BackupException">The file is no backup, or a byte of it was changed, or it cannot be read.</exception>
    public static async Task<BackupFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var backup = new BackupFile(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0));
            try
            {
                await backup.VerifyAsync(cancellationToken);
                return backup;
            }
            catch
            {
                await backup.DisposeAsync();
                throw;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup '{path}' cannot be read: {failure.Message}");
        }
    }

    /// <summary>
    /// Verifies that a key signed the manifest, before anything is taken from the backup. The key proves an origin only when it is known
    /// from elsewhere: a forger names a key of their own in the manifest.
    /// </summary>
    /// <exception cref="BackupException">It did not.</exception>
    public void Prove(ILogSigner key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Vkey != Manifest.Ledger.Key)
            throw new BackupException(
                $"The backup '{_file.Name}' is of another registry, or forged: it names the key {Manifest.Ledger.Key} and not {key.Vkey}. "
                    + "Nothing was taken from it."
            );
        if (key.Open(_signature) != _signedText)
            throw new BackupException(
                $"The backup '{_file.Name}' is forged or damaged: the key {key.Vkey} did not sign its manifest. Nothing was taken from it."
            );
        _isProven = true;
    }

    /// <summary>The content of a member; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">No key is proven yet.</exception>
    public Stream? Open(string name)
    {
        if (!_isProven)
            throw new InvalidOperationException("The signature of a backup is verified before anything is taken from it.");
        var member = _members.Find(member => member.Name == name);
        return member.Name is null ? null : new MemberStream(_file, member.Offset, member.Bytes);
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var header = new byte[TarHeader.Block];
        while (await ReadAsync(header, cancellationToken) && header.AsSpan().ContainsAnyExcept((byte)0))
            await ReadMemberAsync([.. header], cancellationToken);
        if (header.AsSpan().ContainsAnyExcept((byte)0) || _file.Length != _file.Position + TarHeader.Block)
            throw Changed("its end is missing or goes on");
        await ReadAsync(header, cancellationToken);
        if (header.AsSpan().ContainsAnyExcept((byte)0))
            throw Changed("its end is not empty");
        await CheckManifestAsync(cancellationToken);
        foreach (var member in _members)
        {
            if (!member.Header.AsSpan().SequenceEqual(TarHeader.Write(member.Name, member.Bytes, Manifest.At)))
                throw Changed($"the header of '{member.Name}' is another one");
        }
    }

    private async Task ReadMemberAsync(byte[] header, CancellationToken cancellationToken)
    {
        var place = _file.Position - TarHeader.Block;
        if (TarHeader.Read(header) is not var (name, size) || size > _file.Length - _file.Position)
            throw _members.Count == 0
                ? new BackupException($"'{_file.Name}' is no backup of a registry: it does not begin as one.")
                : Changed($"the header at byte {place} is none, or the file was cut off");
        if (_members.Count == MaxMembers)
            throw Changed("it has more members than a backup has");
        var offset = _file.Position;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Min(BufferBytes, Math.Max(1, size))];
        var left = size;
        while (left > 0)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, left));
            await _file.ReadExactlyAsync(part, cancellationToken);
            hash.AppendData(part.Span);
            left -= part.Length;
        }

        var padding = new byte[TarHeader.Padding(size)];
        await _file.ReadExactlyAsync(padding, cancellationToken);
        if (padding.AsSpan().ContainsAnyExcept((byte)0))
            throw Changed($"the bytes after '{name}' are not empty");
        _members.Add((name, offset, size, Convert.ToHexStringLower(hash.GetHashAndReset()), header));
    }

    private async Task CheckManifestAsync(CancellationToken cancellationToken)
    {
        if (_members is [.., { Name: OlderLast }])
            throw new BackupException(
                $"The backup '{_file.Name}' has an older form, which no key signed: nothing would prove who wrote it, and it is not read. "
                    + "Make another backup with this version."
            );
        if (
            _members is not [.. var contents, { Name: BackupWriter.Manifest } last, { Name: BackupWriter.Signature } signature]
            || last.Bytes > MaxManifestBytes
            || signature.Bytes > MaxSignatureBytes
        )
            throw Changed("its last members are not the manifest and the signature of it");
        var manifest = await ReadContentAsync(last.Offset, last.Bytes, cancellationToken);
        _signedText = BackupWriter.SignedText(manifest);
        _signature = Encoding.UTF8.GetString(await ReadContentAsync(signature.Offset, signature.Bytes, cancellationToken));
        if (!_signature.StartsWith(_signedText + "\n", StringComparison.Ordinal))
            throw Changed("the manifest does not have the hash that is signed behind it");
        if (BackupManifest.Read(manifest) is not { } read)
            throw new BackupException(
                $"The backup '{_file.Name}' has a form that this version does not know: restore it with the version that wrote it."
            );
        (Manifest, Sha256) = (read, last.Sha256);
        var found = contents.Select(member => new BackupMember(member.Name, member.Bytes, member.Sha256)).ToArray();
        if (found.Length != read.Members.Length)
            throw Changed("it has other members than its manifest says");
        foreach (var (member, promised) in found.Zip(read.Members))
        {
            if (member != promised)
                throw Changed($"the member '{promised.Name}' is not the one that the manifest says");
        }
    }

    private async Task<byte[]> ReadContentAsync(long offset, long size, CancellationToken cancellationToken)
    {
        var content = new byte[size];
        await using var stream = new MemberStream(_file, offset, size);
        await stream.ReadExactlyAsync(content, cancellationToken);
        return content;
    }

    private async Task<bool> ReadAsync(byte[] block, CancellationToken cancellationToken) =>
        await _file.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken) == block.Length;

    private BackupException Changed(string what) =>
        new($"The backup '{_file.Name}' is damaged: {what}. Nothing was taken from it; take another copy of it.");
}

/// <summary>A backup that cannot be used, or written. The message is a sentence for the operator.</summary>
public sealed class BackupException(string sentence) : Exception(sentence);

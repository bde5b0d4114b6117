using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>
/// The folder of the keys as one tar archive: the keys of notices and of the ledger, the signed heads, and the keys of sessions and second
/// factors. Not the passwords of the database: a restored database has new ones. No other file goes in or comes out.
/// </summary>
internal sealed partial class KeyArchive
{
    private const string Unfinished = ".new";

    /// <summary>The greatest size of an archive. Encrypted, it is a little greater.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const int MaxFiles = 1000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly List<(string Name, byte[] Content)> _files = [];

    private KeyArchive() { }

    /// <summary>Reads the folder of the keys.</summary>
    public static KeyArchive FromFolder(string data)
    {
        var archive = new KeyArchive();
        var folder = KeyFile.Folder(data);
        if (!Directory.Exists(folder))
            return archive;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(folder, path);
            if (!KeyName().IsMatch(name))
                continue;
            try
            {
                archive._files.Add((name, File.ReadAllBytes(path)));
            }
            catch (FileNotFoundException)
            {
                // A smaller signed head that the server just replaced by a greater one.
            }
        }

        return archive;
    }

    /// <summary>Reads an archive that <see cref="Write"/> wrote. Throws <see cref="PrerequisiteException"/> for any other.</summary>
    public static KeyArchive Read(byte[] bytes)
    {
        var archive = new KeyArchive();
        try
        {
            using var tar = new TarReader(new MemoryStream(bytes));
            while (tar.GetNextEntry() is { } entry)
            {
                if (
                    entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                    || !KeyName().IsMatch(entry.Name)
                    || archive._files.Exists(file => file.Name == entry.Name)
                    || archive._files.Count == MaxFiles
                    || archive._files.Sum(file => (long)file.Content.Length) + entry.Length > MaxBytes
                )
                    throw new InvalidDataException($"it holds '{entry.Name}'");
                using var content = new MemoryStream();
                entry.DataStream?.CopyTo(content);
                archive._files.Add((entry.Name, content.ToArray()));
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or FormatException)
        {
            throw new PrerequisiteException($"The keys in the backup cannot be read: {failure.Message}. Nothing was restored.");
        }

        return archive;
    }

    /// <summary>
    /// Throws <see cref="BackupException"/> when these are not the keys that the manifest names: the registry would sign with others.
    /// </summary>
    public void MustBeOf(BackupManifest manifest)
    {
        try
        {
            using var ledger = Find(KeyFile.LedgerKeyName) is { } content ? KeyFile.ReadLedgerKey(content) : null;
            using var notices = Find(KeyFile.NoticeKeyName) is { } pem ? NoticeKey.FromPem(pem) : null;
            if (ledger?.Vkey == manifest.Ledger.Key && notices?.ToPublicPem() == manifest.NoticeKey)
                return;
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException or CryptographicException)
        {
            // They are no keys.
        }

        throw new BackupException("The keys in the backup are not those that its manifest names. Nothing was restored.");
    }

    /// <summary>The signed heads among the keys.</summary>
    public IEnumerable<string> SignedHeads() =>
        _files
            .Where(file => file.Name.StartsWith(KeyFile.SignedHeadsName + "/", StringComparison.Ordinal))
            .Select(file => Encoding.UTF8.GetString(file.Content));

    private string? Find(string name) =>
        _files.Find(file => file.Name == name) is { Content: { } content } ? Encoding.UTF8.GetString(content) : null;

    public byte[] Write()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in _files)
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = OwnerOnly, DataStream = new MemoryStream(content) }
                );
        }

        return bytes.ToArray();
    }

    /// <summary>
    /// Writes the files into the folder of the keys. Files that stand there already are replaced. The key of the ledger comes last: where
    /// it stands, every other file does, and a restoration that begins again need not write them.
    /// </summary>
    public void WriteToFolder(string data)
    {
        var folder = KeyFile.CreateFolder(KeyFile.Folder(data)).FullName;
        foreach (var (name, content) in _files.OrderBy(file => file.Name == KeyFile.LedgerKeyName))
        {
            var path = Path.Combine(folder, name);
            KeyFile.CreateFolder(Path.GetDirectoryName(path)!);
            // Written to another file and moved, so that a kill in between leaves no partial key.
            using (
                var file = new FileStream(
                    path + Unfinished,
                    new FileStreamOptions
                    {
                        Mode = FileMode.Create,
                        Access = FileAccess.Write,
                        UnixCreateMode = OwnerOnly,
                    }
                )
            )
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(path + Unfinished, path, overwrite: true);
        }
    }

    /// <summary>The files of the keys: of notices, of the log and of logs that ended, and of sessions and second factors.</summary>
    [GeneratedRegex(
        @"\A(?:notice-es256\.pem|(?:ended-[0-9TZ]+/)?ledger-ed25519|(?:ended-[0-9TZ]+/)?ledger-heads/head-[0-9]+"
            + @"|(?:key|revocation)-[0-9A-Za-z-]+\.xml)\z"
    )]
    private static partial Regex KeyName();
}

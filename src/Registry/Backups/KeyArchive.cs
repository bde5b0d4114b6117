using System.Formats.Tar;
using System.Text;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>
/// The folder of the keys as one tar archive: the keys of notices and of the ledger, the signed heads, and the keys of sessions and second
/// factors. Not the passwords of the database: a restored database has new ones.
/// </summary>
internal sealed class KeyArchive
{
    private const string Passwords = ".pgpass",
        Unfinished = ".new";

    private const int MaxBytes = 4 * 1024 * 1024;
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
            if (Path.GetExtension(path) is Passwords or Unfinished || Path.GetFileName(path).StartsWith("new-", StringComparison.Ordinal))
                continue;
            try
            {
                archive._files.Add((Path.GetRelativePath(folder, path), File.ReadAllBytes(path)));
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
                var isInside = !Path.IsPathRooted(entry.Name) && !entry.Name.Split('/').Contains("..");
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !isInside || entry.Length > MaxBytes)
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

    /// <summary>The signed heads among the keys.</summary>
    public IEnumerable<string> SignedHeads() =>
        _files
            .Where(file => file.Name.StartsWith(KeyFile.SignedHeadsName + "/", StringComparison.Ordinal))
            .Select(file => Encoding.UTF8.GetString(file.Content));

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
}

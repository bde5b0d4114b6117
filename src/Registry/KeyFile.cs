using System.Globalization;
using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry;

/// <summary>The registry's keys. They are files in the data folder, readable by their owner only, and created at the first start.</summary>
internal static class KeyFile
{
    /// <summary>The folder of the signed heads, inside the folder of the keys.</summary>
    public const string SignedHeadsName = "ledger-heads";

    /// <summary>The file with the key of the ledger, inside the folder of the keys.</summary>
    public const string LedgerKeyName = "ledger-ed25519";

    /// <summary>The file with the key of notices, inside the folder of the keys.</summary>
    public const string NoticeKeyName = "notice-es256.pem";

    private const string EndedPrefix = "ended-";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The folder of the keys.</summary>
    public static string Folder(string data) => Path.Combine(data, "keys");

    /// <summary>Creates the folder of the keys, which only its owner may enter. Corrects the rights of one that exists.</summary>
    public static DirectoryInfo CreateFolder(string folder)
    {
        const UnixFileMode Owner = OwnerOnly | UnixFileMode.UserExecute;
        var created = Directory.CreateDirectory(folder, Owner);
        created.UnixFileMode = Owner;
        return created;
    }

    /// <summary>Whether there is a key that signs notices.</summary>
    public static bool HasNoticeKey(string data) => File.Exists(Path.Combine(Folder(data), NoticeKeyName));

    /// <summary>Reads the key that signs notices.</summary>
    public static NoticeKey NoticeKey(string data)
    {
        var path = Path.Combine(Folder(data), NoticeKeyName);
        return Domain.Notices.NoticeKey.FromPem(
            ReadOrCreate(
                path,
                () =>
                {
                    using var key = Domain.Notices.NoticeKey.New();
                    return key.ToPem();
                }
            )
        );
    }

    /// <summary>Reads the key that signs the ledger's checkpoints, and its name: the log's origin, which never changes.</summary>
    /// <param name="publicUrl">Names the log when the key is created; empty means a random name.</param>
    public static SignedNote LedgerKey(string data, string publicUrl)
    {
        var content = ReadOrCreate(
            Path.Combine(Folder(data), LedgerKeyName),
            () =>
            {
                var name = Uri.TryCreate(publicUrl, UriKind.Absolute, out var address)
                    ? address.Authority + "/api/v1/log"
                    : "surveillance-registry/" + RandomNumberGenerator.GetHexString(12, lowercase: true);
                return $"{name}\n{Convert.ToBase64String(SignedNote.NewSeed())}\n";
            }
        );
        return ReadLedgerKey(content);
    }

    /// <summary>Reads the key that signs the ledger's checkpoints; null when there is none yet.</summary>
    public static SignedNote? FindLedgerKey(string data) =>
        File.Exists(Path.Combine(Folder(data), LedgerKeyName)) ? LedgerKey(data, "") : null;

    /// <summary>The public keys of the ledger that are here: the one that signs, and those of logs that ended.</summary>
    public static IEnumerable<SignedNote> LedgerKeys(string data)
    {
        if (!Directory.Exists(Folder(data)))
            yield break;
        foreach (var folder in (string[])[Folder(data), .. Directory.EnumerateDirectories(Folder(data), EndedPrefix + "*")])
        {
            if (File.Exists(Path.Combine(folder, LedgerKeyName)))
                yield return ReadLedgerKey(File.ReadAllText(Path.Combine(folder, LedgerKeyName)));
        }
    }

    /// <summary>Reads the content of the file of a ledger's key.</summary>
    public static SignedNote ReadLedgerKey(string content) =>
        content.Split('\n') is [var name, var seed, ..]
            ? SignedNote.FromSeed(name, Convert.FromBase64String(seed))
            : throw new FormatException("It is no key of a ledger.");

    /// <summary>
    /// Ends the log: its key and signed heads go into a folder of their own, and another key with another name signs from now on.
    /// </summary>
    public static SignedNote BeginNewLog(string data, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var (key, heads) = (Path.Combine(Folder(data), LedgerKeyName), Path.Combine(Folder(data), SignedHeadsName));
        var name = File.ReadLines(key).First();
        var ended = CreateFolder(Path.Combine(Folder(data), EndedPrefix + time)).FullName;
        if (Directory.Exists(heads))
            Directory.Move(heads, Path.Combine(ended, SignedHeadsName));
        File.Copy(key, Path.Combine(ended, LedgerKeyName));
        Write(key, $"{name}/from-{time}\n{Convert.ToBase64String(SignedNote.NewSeed())}\n");
        return LedgerKey(data, "");
    }

    /// <summary>The greatest checkpoint that the key of the ledger signed, beside the key and outside the database.</summary>
    public static SignedHeadFolder SignedHeads(string data) => new(Path.Combine(Folder(data), SignedHeadsName));

    private static string ReadOrCreate(string path, Func<string> create)
    {
        if (File.Exists(path))
            return File.ReadAllText(path);
        CreateFolder(Path.GetDirectoryName(path)!);
        var content = create();
        Write(path, content);
        return content;
    }

    private static void Write(string path, string content)
    {
        // Written to another file and moved, so that a kill in between leaves no partial key.
        using (
            var file = new FileStream(
                path + ".new",
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = OwnerOnly,
                }
            )
        )
        using (var text = new StreamWriter(file))
        {
            text.Write(content);
            text.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}

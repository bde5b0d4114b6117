using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry;

/// <summary>The registry's keys, kept in the data folder, readable by their owner only; made at the first start.</summary>
internal static class KeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where the registry's keys are, readable by its owner only.</summary>
    public static string Folder(string data) => Path.Combine(data, "keys");

    /// <summary>The key that signs notices.</summary>
    public static NoticeKey NoticeKey(string data)
    {
        var path = Path.Combine(Folder(data), "notice-es256.pem");
        return Domain.Notices.NoticeKey.FromPem(
            ReadOrMake(
                path,
                () =>
                {
                    using var key = Domain.Notices.NoticeKey.New();
                    return key.ToPem();
                }
            )
        );
    }

    /// <summary>The key that signs the ledger's checkpoints, and its name: the log's origin, chosen once and kept for ever.</summary>
    /// <param name="publicUrl">What names the log when the key is made; empty: a name of its own.</param>
    public static SignedNote LedgerKey(string data, string publicUrl)
    {
        var lines = ReadOrMake(
                Path.Combine(Folder(data), "ledger-ed25519"),
                () =>
                {
                    var name = Uri.TryCreate(publicUrl, UriKind.Absolute, out var address)
                        ? address.Authority + "/api/v1/log"
                        : "surveillance-registry/" + RandomNumberGenerator.GetHexString(12, lowercase: true);
                    return $"{name}\n{Convert.ToBase64String(SignedNote.NewSeed())}\n";
                }
            )
            .Split('\n');
        return SignedNote.FromSeed(lines[0], Convert.FromBase64String(lines[1]));
    }

    private static string ReadOrMake(string path, Func<string> make)
    {
        if (File.Exists(path))
            return File.ReadAllText(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
        var made = make();
        // Written beside and moved: a kill in the middle leaves no half key.
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
            text.Write(made);
            text.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path);
        return made;
    }
}

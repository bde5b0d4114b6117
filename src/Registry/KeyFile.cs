using SurveillanceRegistry.Domain.Notices;

namespace SurveillanceRegistry.Registry;

/// <summary>The key that signs notices, kept in the data folder, readable by its owner only; made at the first start.</summary>
internal static class KeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where the registry's keys are, readable by its owner only.</summary>
    public static string Folder(string data) => Path.Combine(data, "keys");

    public static NoticeKey ReadOrMake(string data)
    {
        var path = Path.Combine(Folder(data), "notice-es256.pem");
        if (File.Exists(path))
            return NoticeKey.FromPem(File.ReadAllText(path));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
        var key = NoticeKey.New();
        // Written beside and moved: a kill in the middle leaves no half key.
        using (var file = new FileStream(path + ".new", new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        using (var text = new StreamWriter(file))
        {
            text.Write(key.ToPem());
            text.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path);
        return key;
    }
}

using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>
/// The mark of a restoration in the data folder, from before anything is written there until everything is. While it stands, the registry
/// does not start: it would serve a part, or fill an empty register from its files.
/// </summary>
internal sealed class UnfinishedRestore(string data)
{
    private string File => Path.Combine(data, "restore-unfinished");

    public bool Exists => System.IO.File.Exists(File);

    /// <summary>Throws <see cref="PrerequisiteException"/> when a restoration into the data folder did not finish.</summary>
    public static void MustNotExist(string data)
    {
        var mark = new UnfinishedRestore(data);
        if (mark.Exists)
            throw new PrerequisiteException(
                $"A restoration into the data folder '{data}' did not finish ({System.IO.File.ReadAllText(mark.File).Trim()}): "
                    + "run 'registry restore' again with that backup."
            );
    }

    public void Set(string backup)
    {
        Directory.CreateDirectory(data);
        using var file = System.IO.File.Create(File);
        using var text = new StreamWriter(file);
        text.Write($"of {backup}, begun at {TimeProvider.System.GetUtcNow():u}\n");
        text.Flush();
        file.Flush(flushToDisk: true);
    }

    public void Remove() => System.IO.File.Delete(File);
}

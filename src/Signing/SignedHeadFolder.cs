using System.Globalization;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;

namespace SurveillanceRegistry.Signing;

/// <summary>
/// The signed heads in a folder beside the key: one file for each size, never overwritten, so that two processes cannot replace a greater
/// head by a smaller one.
/// </summary>
/// <param name="folder">Created when the first head is stored.</param>
public sealed class SignedHeadFolder(string folder) : ISignedHeads
{
    private const string Prefix = "head-";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string? Greatest() => Sizes().OrderDescending().Select(size => File.ReadAllText(PathOf(size))).FirstOrDefault();

    public void Keep(long size, string note)
    {
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        // Written to another file and moved, so that a kill in between leaves no partial head.
        var unfinished = Path.Combine(folder, $"new-{Environment.ProcessId}");
        using (
            var file = new FileStream(
                unfinished,
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
            text.Write(note);
            text.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, PathOf(size), overwrite: true);
        FlushName(PathOf(size));
        foreach (var smaller in Sizes().Where(other => other < size).ToArray())
            File.Delete(PathOf(smaller));
    }

    private string PathOf(long size) => Path.Combine(folder, Prefix + size.ToString(CultureInfo.InvariantCulture));

    private IEnumerable<long> Sizes() =>
        !Directory.Exists(folder)
            ? []
            : Directory
                .EnumerateFiles(folder, Prefix + "*")
                .Select(path =>
                    long.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                        ? size
                        : -1
                )
                .Where(size => size >= 0);

    /// <summary>
    /// Flushes a file under its new name: a file system with a journal writes the name too. Otherwise a power cut could lose it.
    /// </summary>
    private static void FlushName(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.FlushToDisk(file);
    }
}

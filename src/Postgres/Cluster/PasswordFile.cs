using System.Security.Cryptography;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// A file of database roles and their passwords in the format of libpq (<c>PGPASSFILE</c>), which Npgsql and psql read. Only its owner may
/// read it.
/// </summary>
/// <param name="path">The file; it need not exist.</param>
internal sealed class PasswordFile(string path)
{
    private const int PasswordBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = path;

    /// <summary>The roles of the file and their passwords, in its order; empty if there is no such file.</summary>
    public IReadOnlyList<(string Role, string Password)> Read() =>
        File.Exists(Path)
            ? [.. File.ReadLines(Path).Select(line => line.Split(':')).Where(part => part.Length == 5).Select(part => (part[3], part[4]))]
            : [];

    /// <summary>Makes a password of 64 hexadecimal digits.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetHexString(2 * PasswordBytes, lowercase: true);

    /// <summary>Writes the file, for every host, port and database.</summary>
    public void Write(params IEnumerable<(string Role, string Password)> entries)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!, OwnerOnly | UnixFileMode.UserExecute);
        // Written to another file and moved, so that a kill in between leaves no partial password.
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using (var file = new FileStream(Path + ".new", options))
        using (var text = new StreamWriter(file))
        {
            text.Write(string.Concat(entries.Select(entry => $"*:*:*:{entry.Role}:{entry.Password}\n")));
            text.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(Path + ".new", Path, overwrite: true);
    }
}

using System.Globalization;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>Where PostgreSQL's programs are: as told, else below <c>/usr/lib/postgresql</c>, else on the PATH.</summary>
internal static class PostgresPrograms
{
    private const int OldestVersion = 15;

    /// <summary>
    /// The folder that holds <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>. Throws <see cref="ClusterUnavailableException"/> when there
    /// is none.
    /// </summary>
    /// <param name="told">The folder of the settings; empty: looked for.</param>
    /// <param name="version">The major version that made the cluster, which alone can open it; null when there is no cluster yet: the
    /// newest.</param>
    public static string Find(string told, int? version)
    {
        if (told.Length > 0)
            return Holds(told)
                ? told
                : throw new ClusterUnavailableException(
                    $"REGISTRY_POSTGRES_BIN is '{told}', and there is no 'initdb' and 'postgres' in it: name the folder of PostgreSQL's programs, or leave it empty."
                );
        var installed = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var newest = installed
            .Where(folder => version is null ? Version(folder) >= OldestVersion : Version(folder) == version)
            .OrderByDescending(Version)
            .Select(folder => Path.Combine(folder, "bin"))
            .FirstOrDefault(Holds);
        return newest
            ?? (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .FirstOrDefault(Holds)
            ?? throw new ClusterUnavailableException(
                version is null
                    ? $"The PostgreSQL server (version {OldestVersion} or newer) is not installed: install the package 'postgresql', or set REGISTRY_DATABASE to a server's connection string."
                    : $"The registry's data was written by PostgreSQL {version}, which is not installed: install the package 'postgresql-{version}'."
            );
    }

    private static bool Holds(string folder) =>
        File.Exists(Path.Combine(folder, "initdb"))
        && File.Exists(Path.Combine(folder, "postgres"))
        && File.Exists(Path.Combine(folder, "pg_ctl"));

    private static int Version(string folder) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}

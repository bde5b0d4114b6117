using System.Globalization;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>Finds PostgreSQL's programs: in the configured folder, else below <c>/usr/lib/postgresql</c>, else on the PATH.</summary>
internal static class PostgresPrograms
{
    private const int MinVersion = 15;

    /// <summary>
    /// Returns the folder that has <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>. Throws <see cref="ClusterUnavailableException"/>
    /// when there is none.
    /// </summary>
    /// <param name="configured">The configured folder; empty to search for it.</param>
    /// <param name="version">The major version that created the cluster, the only one that can open it; null for the newest, when there
    /// is no cluster yet.</param>
    public static string Find(string configured, int? version)
    {
        if (configured.Length > 0)
            return HasPrograms(configured)
                ? configured
                : throw new ClusterUnavailableException(
                    $"REGISTRY_POSTGRES_BIN is '{configured}', and there is no 'initdb' and 'postgres' in it: "
                        + "name the folder of PostgreSQL's programs, or leave it empty."
                );
        var installed = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var newest = installed
            .Where(folder => version is null ? Version(folder) >= MinVersion : Version(folder) == version)
            .OrderByDescending(Version)
            .Select(folder => Path.Combine(folder, "bin"))
            .FirstOrDefault(HasPrograms);
        return newest
            ?? (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .FirstOrDefault(HasPrograms)
            ?? throw new ClusterUnavailableException(
                version is null
                    ? $"The PostgreSQL server (version {MinVersion} or newer) is not installed: "
                        + "install the package 'postgresql', or set REGISTRY_DATABASE to a server's connection string."
                    : $"The registry's data was written by PostgreSQL {version}, which is not installed: "
                        + $"install the package 'postgresql-{version}'."
            );
    }

    /// <summary>Returns the folder with the programs of a server's own version, or with the newest ones.</summary>
    public static string FindFor(string configured, int version)
    {
        var own = $"/usr/lib/postgresql/{version.ToString(CultureInfo.InvariantCulture)}/bin";
        return configured.Length == 0 && HasPrograms(own) ? own : Find(configured, version: null);
    }

    private static bool HasPrograms(string folder) =>
        File.Exists(Path.Combine(folder, "initdb"))
        && File.Exists(Path.Combine(folder, "postgres"))
        && File.Exists(Path.Combine(folder, "pg_ctl"));

    private static int Version(string folder) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}

using System.Diagnostics;

namespace SurveillanceRegistry.Postgres;

/// <summary>
/// The environment of the programs that the registry starts: what they need, and nothing of its settings, which hold secrets. PGPORT and
/// PGDATA of the caller are meant for another server.
/// </summary>
internal static class ChildEnvironment
{
    private static readonly string[] Needed = ["PATH", "HOME", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "LD_PRELOAD"];

    /// <summary>Limits the environment of a program that is not started yet.</summary>
    public static ProcessStartInfo Limit(this ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Except(Needed, StringComparer.Ordinal).ToArray())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}

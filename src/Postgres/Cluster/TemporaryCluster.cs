using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// A cluster for one trial, in the folder for temporary files. It is gone afterwards, also when the registry is killed: a shell that waits
/// for the end of the registry stops the server and deletes the folders. What a power cut leaves, the next trial deletes.
/// </summary>
public sealed class TemporaryCluster : IAsyncDisposable
{
    private const string Prefix = "registry-drill-";
    private const string LockName = "trial.lock";

    /// <summary>
    /// Reads one line, or the end. After an end without the line the registry was killed, and its children may still be making the
    /// cluster: then the shell looks for some seconds. The number in the file is of the server only if its command line names the
    /// cluster.
    /// </summary>
    private const string Cleaner = """
        trap '' INT TERM HUP
        read -r line
        rounds=1; [ "$line" = done ] || rounds=16
        while [ "$rounds" -gt 0 ]; do
            pid=$(head -n 1 "$1/cluster/postmaster.pid" 2>/dev/null)
            case "$pid" in
                '' | *[!0-9]*) ;;
                *) tr '\0' '\n' < "/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$1/cluster" && kill -QUIT "$pid" 2>/dev/null ;;
            esac
            rm -rf -- "$@" 2>/dev/null
            rounds=$((rounds - 1)); [ "$rounds" -eq 0 ] || sleep 0.5
        done
        """;

    private readonly PrivateCluster _cluster;
    private readonly Process _cleaner;
    private readonly FileStream _lock;

    private TemporaryCluster(PrivateCluster cluster, Process cleaner, FileStream @lock)
    {
        _cluster = cluster;
        _cleaner = cleaner;
        _lock = @lock;
    }

    /// <summary>The connection string of the owner.</summary>
    public string ConnectionString => _cluster.ConnectionString;

    /// <summary>The connection string of the service. It works once <see cref="GrantServiceAsync"/> has run.</summary>
    public string ServiceConnectionString => _cluster.ServiceConnectionString;

    /// <summary>Starts a cluster.</summary>
    /// <param name="programs">Where PostgreSQL's programs are; empty to search for them.</param>
    public static async Task<TemporaryCluster> StartAsync(string programs, ILogger log, CancellationToken cancellationToken)
    {
        await DeleteLeftOversAsync(cancellationToken);
        var data = Directory.CreateTempSubdirectory(Prefix).FullName;
        var @lock = new FileStream(Path.Combine(data, LockName), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        // PostgreSQL's own user must be able to walk through, when the registry runs as root.
        File.SetUnixFileMode(data, File.GetUnixFileMode(data) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var folder = await ClusterFolder.ForDataAsync(data, cancellationToken);
        var cleaner = Process.Start(
            new ProcessStartInfo("sh", ["-c", Cleaner, "sh", folder.Home, folder.Sockets, data])
            {
                RedirectStandardInput = true,
                WorkingDirectory = "/",
            }.Limit()
        )!;
        try
        {
            var cluster = await PrivateCluster.StartAsync(data, programs, log, cancellationToken, isTemporary: true);
            return new TemporaryCluster(cluster, cleaner, @lock);
        }
        catch
        {
            await CleanAsync(cleaner);
            await @lock.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the service sign in to the migrated cluster.</summary>
    public Task GrantServiceAsync(CancellationToken cancellationToken) => _cluster.GrantServiceAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await CleanAsync(_cleaner);
        _cleaner.Dispose();
        await _lock.DisposeAsync();
    }

    private static async Task CleanAsync(Process cleaner)
    {
        await cleaner.StandardInput.WriteLineAsync("done");
        cleaner.StandardInput.Close();
        await cleaner.WaitForExitAsync();
    }

    /// <summary>
    /// Deletes the folders of trials whose registry and shell were both ended. Any user of the machine can make a folder of such a name: it
    /// is taken only when it is this user's own, and every path comes from its name and not from a file in it.
    /// </summary>
    internal static async Task DeleteLeftOversAsync(CancellationToken cancellationToken)
    {
        foreach (var data in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*").ToArray())
        {
            try
            {
                if (!await ClusterFolder.IsOwnAsync(data, cancellationToken))
                    continue;
                // One in use is locked.
                using var own = new FileStream(Path.Combine(data, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                var (homes, sockets) = ClusterFolder.PlacesFor(data);
                foreach (var home in homes)
                {
                    if (Postmaster.Find(Path.Combine(home, "cluster")) is { } left)
                        await left.KillAsync(TimeSpan.FromSeconds(5), cancellationToken);
                }

                foreach (var path in (string[])[.. homes, .. sockets, data])
                {
                    if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
                        Directory.Delete(path, recursive: true);
                }
            }
            catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
            {
                // It is left to its owner.
            }
        }
    }
}

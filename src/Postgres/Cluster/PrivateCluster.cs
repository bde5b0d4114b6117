using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// The registry's own PostgreSQL cluster, on a unix socket only. When a registry is killed, its cluster goes on: the next registry adopts
/// it, or stops it by its process id and starts it again when it does not answer. Two registries never share a data folder.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120); // It may have to recover from a crash.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(90); // Its last checkpoint waits for a busy disk.
    private static readonly TimeSpan ImmediateStopTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private ClusterFolder _folder;
    private bool _isTemporary;
    private readonly ClusterAccess _access;
    private readonly string _programs;
    private readonly FileStream _lock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _closing = new();
    private Task _watch = Task.CompletedTask;

    private PrivateCluster(ClusterFolder folder, ClusterAccess access, string programs, FileStream @lock, ILogger log)
    {
        _folder = folder;
        _access = access;
        _programs = programs;
        _lock = @lock;
        _log = log;
    }

    /// <summary>The connection string of the cluster's owner, for migrations.</summary>
    public string ConnectionString => _access.OwnerConnectionString(_folder.Sockets);

    /// <summary>The connection string of the service. It works once <see cref="GrantServiceAsync"/> has run.</summary>
    public string ServiceConnectionString => _access.ServiceConnectionString(_folder.Sockets);

    /// <summary>The process id of the cluster's postmaster; null while none runs.</summary>
    internal int? Pid => Postmaster.Find(_folder.Cluster)?.Pid;

    /// <summary>
    /// Starts the cluster of a data folder, and creates it when there is none. Throws <see cref="ClusterUnavailableException"/> with one
    /// sentence when PostgreSQL is not installed, when another user owns the folder, or when another registry uses it; then nothing is left
    /// half created.
    /// </summary>
    /// <param name="data">The data folder, absolute.</param>
    /// <param name="programs">Where PostgreSQL's programs are; empty to search for them.</param>
    /// <param name="isTemporary">Whether its content may be lost with the machine: then it waits for no disk.</param>
    public static async Task<PrivateCluster> StartAsync(
        string data,
        string programs,
        ILogger log,
        CancellationToken cancellationToken,
        bool isTemporary = false
    )
    {
        await ClusterFolder.RequireOwnerAsync(data, cancellationToken);
        PostgresPrograms.Find(programs, version: null); // Before anything is created.
        var @lock = DataFolderLock.Take(data);
        try
        {
            var folder = await ClusterFolder.ForDataAsync(data, cancellationToken);
            await folder.CreateAsync(data, cancellationToken);
            var access = new ClusterAccess(data);
            var cluster = new PrivateCluster(folder, access, PostgresPrograms.Find(programs, folder.Version), @lock, log)
            {
                _isTemporary = isTemporary,
            };
            await cluster.AdoptOrStartAsync(cancellationToken);
            await access.RequirePasswordsAsync(cluster._folder, cancellationToken);
            cluster._watch = cluster.WatchAsync(cluster._closing.Token);
            return cluster;
        }
        catch
        {
            await @lock.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the service sign in to the migrated cluster.</summary>
    public Task GrantServiceAsync(CancellationToken cancellationToken) => _access.GrantServiceAsync(_folder, cancellationToken);

    /// <summary>Whether a data folder has a cluster, running or not.</summary>
    public static async Task<bool> ExistsAsync(string data, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(data))
            return false;
        await ClusterFolder.RequireOwnerAsync(data, cancellationToken);
        return (await ClusterFolder.ForDataAsync(data, cancellationToken)).Version is not null;
    }

    /// <summary>
    /// Returns the connection string of the owner of a data folder's cluster when it already runs; null when none answers. Takes no lock
    /// and starts nothing.
    /// </summary>
    public static async Task<string?> ConnectIfRunningAsync(string data, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(data))
            return null;
        await ClusterFolder.RequireOwnerAsync(data, cancellationToken);
        var running = Postmaster.Find((await ClusterFolder.ForDataAsync(data, cancellationToken)).Cluster);
        if (running is null)
            return null;
        var owner = new ClusterAccess(data).OwnerConnectionString(running.Sockets);
        return await running.ProbeAsync(owner, cancellationToken) == PostmasterReply.Ready ? owner : null;
    }

    /// <summary>Returns the service's connection string for the cluster that an owner's names.</summary>
    public static string ForService(string data, string owner) =>
        new ClusterAccess(data).ServiceConnectionString(new NpgsqlConnectionStringBuilder(owner).Host!);

    /// <summary>Stops the cluster and disconnects its sessions. Everything committed is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
            return;
        await _closing.CancelAsync();
        await _watch;
        try
        {
            if (
                Postmaster.Find(_folder.Cluster) is not null
                && (await StopAsync("fast", StopTimeout, CancellationToken.None)).ExitCode != 0
            )
                await StopImmediatelyAsync(CancellationToken.None);
        }
        catch (ClusterUnavailableException failure)
        {
            // pg_ctl could not be run. Nothing committed is lost when the server is killed: the next start recovers.
            _log.LogError("PostgreSQL could not be stopped in order, and is killed: {Sentence}", failure.Message);
            if (Postmaster.Find(_folder.Cluster) is { } left)
                await left.KillAsync(StopTimeout, CancellationToken.None);
        }

        if (Directory.Exists(_folder.Sockets) && !Directory.EnumerateFileSystemEntries(_folder.Sockets).Any())
            Directory.Delete(_folder.Sockets);
        await _lock.DisposeAsync();
        _closing.Dispose();
    }

    /// <summary>Stops the cluster and deletes it with everything in it.</summary>
    public async Task DiscardAsync()
    {
        await DisposeAsync();
        if (Directory.Exists(_folder.Home))
            Directory.Delete(_folder.Home, recursive: true);
    }

    private async Task AdoptOrStartAsync(CancellationToken cancellationToken)
    {
        for (var waiting = Stopwatch.StartNew(); ; await Task.Delay(RetryDelay, cancellationToken))
        {
            if (Postmaster.Find(_folder.Cluster) is not { } postmaster)
            {
                if (_folder.Version is null)
                {
                    _log.LogInformation("Creating a PostgreSQL cluster in {Folder} …", _folder.Home);
                    await _access.InitialiseAsync(_folder, _programs, cancellationToken);
                }

                if (await TryStartAsync(waiting.Elapsed < StopTimeout, cancellationToken))
                    return;
                continue;
            }

            var answer = await postmaster.ProbeAsync(_access.OwnerConnectionString(postmaster.Sockets), cancellationToken);
            if (answer == PostmasterReply.Ready)
            {
                _log.LogInformation("Adopted the PostgreSQL that an earlier registry left behind (process {Pid}).", postmaster.Pid);
                _folder = _folder with { Sockets = postmaster.Sockets };
                return;
            }

            if (waiting.Elapsed > (answer == PostmasterReply.NotYet ? StartTimeout : AnswerTimeout))
            {
                _log.LogWarning(
                    "The PostgreSQL that an earlier registry left behind (process {Pid}) does not answer; it is stopped and started again.",
                    postmaster.Pid
                );
                await StopImmediatelyAsync(cancellationToken);
            }
        }
    }

    /// <summary>Starts the postmaster and waits until it is ready. Returns false when it is not, and another try may succeed.</summary>
    private async Task<bool> TryStartAsync(bool mayRetry, CancellationToken cancellationToken)
    {
        Postmaster.RemoveStaleFiles(_folder.Cluster, _folder.Sockets);
        // pg_ctl gives the server a session of its own, so that Ctrl-C at a terminal reaches the registry alone.
        var started = await PgCtlAsync(
            StartTimeout,
            cancellationToken,
            "start",
            "-l",
            _folder.Log,
            "-o",
            "-c " + string.Join(" -c ", ClusterSettings.For(_folder.Sockets, _isTemporary))
        );
        if (started.ExitCode == 0)
            return true;
        var logTail = (await AsClusterUserAsync(StopTimeout, cancellationToken, "tail", "-n", "4", _folder.Log)).Output;
        // The sessions of a killed server hold its shared memory for a moment, or the pg_ctl of a killed registry was faster.
        string[] passing = ["shared memory block", "postmaster.pid"];
        if (mayRetry && passing.Any(sign => logTail.Contains(sign, StringComparison.Ordinal)))
            return false;
        throw new ClusterUnavailableException(
            $"PostgreSQL did not start in '{_folder.Home}', and says: {(logTail.Length > 0 ? logTail : started.Output).Split('\n').Last()}"
        );
    }

    /// <summary>
    /// Restarts PostgreSQL when its postmaster has ended. PostgreSQL restarts its own sessions, but not its first process.
    /// </summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        string? reported = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await RestartIfEndedAsync(cancellationToken);
                reported = null;
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                // The registry closes.
            }
            catch (Exception failure)
            {
                // Any reason, a shortage of open files perhaps: the watch looks again. The same reason is logged once.
                if (failure.Message != reported)
                    _log.LogError("The watch on PostgreSQL goes on after a failure: {Sentence}", failure.Message);
                reported = failure.Message;
            }

            await Task.Delay(CheckInterval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RestartIfEndedAsync(CancellationToken cancellationToken)
    {
        if (Postmaster.Find(_folder.Cluster) is not null)
            return;
        _log.LogError("PostgreSQL has ended; it is started again. Its log is {Log}.", _folder.Log);
        await AdoptOrStartAsync(cancellationToken);
        _log.LogWarning("PostgreSQL runs again (process {Pid}).", Pid);
    }

    /// <summary>
    /// Stops a postmaster without waiting for its sessions, and kills it if necessary. Nothing committed is lost: the next start recovers.
    /// </summary>
    private async Task StopImmediatelyAsync(CancellationToken cancellationToken)
    {
        await StopAsync("immediate", ImmediateStopTimeout, cancellationToken);
        if (Postmaster.Find(_folder.Cluster) is { } stuck && !await stuck.KillAsync(StopTimeout, cancellationToken))
            throw new ClusterUnavailableException(
                $"PostgreSQL in '{_folder.Home}' (process {stuck.Pid}) does not answer and cannot be ended: "
                    + "see what holds it up, a disk perhaps, and start the registry again."
            );
    }

    private Task<(int ExitCode, string Output)> StopAsync(string mode, TimeSpan limit, CancellationToken cancellationToken) =>
        PgCtlAsync(limit, cancellationToken, "stop", "-m", mode);

    /// <summary>Runs pg_ctl, which itself waits up to a limit for the result.</summary>
    private Task<(int ExitCode, string Output)> PgCtlAsync(
        TimeSpan limit,
        CancellationToken cancellationToken,
        params string[] arguments
    ) =>
        AsClusterUserAsync(
            limit + CheckInterval,
            cancellationToken,
            [
                Path.Combine(_programs, "pg_ctl"),
                "-D",
                _folder.Cluster,
                "-w",
                "-t",
                limit.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                .. arguments,
            ]
        );

    private Task<(int ExitCode, string Output)> AsClusterUserAsync(
        TimeSpan limit,
        CancellationToken cancellationToken,
        params string[] command
    ) => PostgresCommand.RunAsync(limit, cancellationToken, [.. _folder.RunAs, .. command]);
}

using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// The registry's own PostgreSQL cluster, on a unix socket only. It outlives a registry that is killed: the next one adopts it, or,
/// when it does not answer, stops it by its id and starts it again. Two registries never share one data folder.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private const int WouldBlock = 11; // EWOULDBLOCK, flock(2): another process holds the lock.

    private static readonly TimeSpan LongestMaking = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(120); // It may have to recover from a crash.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(90); // Its last checkpoint waits for a busy disk.
    private static readonly TimeSpan LongestImmediateStop = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private ClusterFolder _folder;
    private readonly string _programs;
    private readonly FileStream _lock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _closing = new();
    private Task _watch = Task.CompletedTask;

    private PrivateCluster(ClusterFolder folder, string programs, FileStream @lock, ILogger log) =>
        (_folder, _programs, _lock, _log) = (folder, programs, @lock, log);

    /// <summary>How to connect.</summary>
    public string ConnectionString => Postmaster.ConnectionString(_folder.Sockets);

    /// <summary>The process id of the cluster's postmaster; null while none runs.</summary>
    internal int? Pid => Postmaster.Find(_folder.Cluster)?.Pid;

    /// <summary>
    /// Starts the cluster of a data folder, making it when there is none. Throws <see cref="ClusterUnavailableException"/> with one
    /// sentence when
    /// PostgreSQL is not installed, the folder is somebody else's, or another registry runs on it; then nothing is left half-made.
    /// </summary>
    /// <param name="data">The data folder, absolute.</param>
    /// <param name="programs">Where PostgreSQL's programs are; empty: found by itself.</param>
    public static async Task<PrivateCluster> StartAsync(string data, string programs, ILogger log, CancellationToken cancellationToken)
    {
        await ClusterFolder.MustBeMineAsync(data, cancellationToken);
        PostgresPrograms.Find(programs, version: null); // Asked before anything is made.
        var @lock = Lock(data);
        try
        {
            var folder = await ClusterFolder.OfAsync(data, cancellationToken);
            await folder.MakeAsync(data, cancellationToken);
            var cluster = new PrivateCluster(folder, PostgresPrograms.Find(programs, folder.Version), @lock, log);
            await cluster.AdoptOrStartAsync(cancellationToken);
            cluster._watch = cluster.WatchAsync(cluster._closing.Token);
            return cluster;
        }
        catch
        {
            await @lock.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// How to connect to the cluster of a data folder that runs already; null when none answers. Takes no lock, starts nothing.
    /// </summary>
    public static async Task<string?> ConnectIfRunningAsync(string data, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(data))
            return null;
        await ClusterFolder.MustBeMineAsync(data, cancellationToken);
        var running = Postmaster.Find((await ClusterFolder.OfAsync(data, cancellationToken)).Cluster);
        return running is not null && await running.AnswerAsync(cancellationToken) == PostmasterReply.Ready
            ? Postmaster.ConnectionString(running.Sockets)
            : null;
    }

    /// <summary>Stops the cluster: sessions are cut, everything committed is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _watch;
        if (Postmaster.Find(_folder.Cluster) is not null && (await StopAsync("fast", LongestStop, CancellationToken.None)).ExitCode != 0)
            await StopAtOnceAsync(CancellationToken.None);
        if (Directory.Exists(_folder.Sockets) && !Directory.EnumerateFileSystemEntries(_folder.Sockets).Any())
            Directory.Delete(_folder.Sockets);
        await _lock.DisposeAsync();
        _closing.Dispose();
    }

    private async Task AdoptOrStartAsync(CancellationToken cancellationToken)
    {
        for (var waiting = Stopwatch.StartNew(); ; await Task.Delay(BetweenTries, cancellationToken))
        {
            if (Postmaster.Find(_folder.Cluster) is not { } left)
            {
                if (_folder.Version is null)
                    await InitialiseAsync(cancellationToken);
                if (await TryStartAsync(waiting.Elapsed < LongestStop, cancellationToken))
                    return;
                continue;
            }

            var answer = await left.AnswerAsync(cancellationToken);
            if (answer == PostmasterReply.Ready)
            {
                _log.LogInformation("Adopted the PostgreSQL that an earlier registry left behind (process {Pid}).", left.Pid);
                _folder = _folder with { Sockets = left.Sockets };
                return;
            }

            if (waiting.Elapsed > (answer == PostmasterReply.NotYet ? LongestStart : LongestSilence))
            {
                _log.LogWarning(
                    "The PostgreSQL that an earlier registry left behind (process {Pid}) does not answer; it is stopped and started again.",
                    left.Pid
                );
                await StopAtOnceAsync(cancellationToken);
            }
        }
    }

    /// <summary>Makes the cluster beside its place and moves it there: a kill in the middle leaves nothing that looks like one.</summary>
    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        _log.LogInformation("Making a PostgreSQL cluster in {Folder} …", _folder.Home);
        // A name of its own each time: the initdb of a registry that was killed may still be writing to the last one.
        var beside = $"{_folder.Cluster}.new-{Path.GetRandomFileName()}";
        await AsClusterUserAsync(LongestMaking, cancellationToken, "sh", "-c", "rm -rf -- \"$0\".new-*", _folder.Cluster);
        // Whoever can enter the socket's folder (mode 0700) is this user or root: there is nothing more for a password to protect.
        var made = await AsClusterUserAsync(
            LongestMaking,
            cancellationToken,
            Path.Combine(_programs, "initdb"),
            "-D",
            beside,
            "--username=registry",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums"
        );
        if (made.ExitCode == 0)
            made = await AsClusterUserAsync(LongestMaking, cancellationToken, "mv", "-T", beside, _folder.Cluster);
        if (made.ExitCode != 0)
            throw new ClusterUnavailableException($"A PostgreSQL cluster could not be made in '{_folder.Home}': {LastLine(made.Output)}");
    }

    /// <summary>Starts the postmaster and waits until it is ready. False: not yet, and worth another try.</summary>
    private async Task<bool> TryStartAsync(bool mayTryAgain, CancellationToken cancellationToken)
    {
        string[] settings =
        [
            $"port={Postmaster.Port}",
            "listen_addresses=",
            $"unix_socket_directories={_folder.Sockets}",
            "unix_socket_permissions=0700",
            "max_connections=80",
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "log_min_messages=warning",
        ];
        Postmaster.ForgetGone(_folder.Cluster, _folder.Sockets);
        // pg_ctl gives the server a session of its own, so that Ctrl-C at a terminal reaches the registry alone.
        var started = await PgCtlAsync(
            LongestStart,
            cancellationToken,
            "start",
            "-l",
            _folder.Log,
            "-o",
            "-c " + string.Join(" -c ", settings)
        );
        if (started.ExitCode == 0)
            return true;
        var said = (await AsClusterUserAsync(LongestStop, cancellationToken, "tail", "-n", "4", _folder.Log)).Output;
        // Sessions of a server that was killed hold its memory for a moment; the pg_ctl of a registry that was killed may have been first.
        if (
            mayTryAgain
            && (said.Contains("shared memory block", StringComparison.Ordinal) || said.Contains("postmaster.pid", StringComparison.Ordinal))
        )
            return false;
        throw new ClusterUnavailableException(
            $"PostgreSQL did not start in '{_folder.Home}', and says: {LastLine(said.Length > 0 ? said : started.Output)}"
        );
    }

    /// <summary>PostgreSQL mends its own sessions; when its first process dies, nobody else would start it again.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (; ; await Task.Delay(BetweenLooks, cancellationToken))
            {
                if (Postmaster.Find(_folder.Cluster) is not null)
                    continue;
                _log.LogError("PostgreSQL is gone; it is started again. Its own words are in {Log}.", _folder.Log);
                try
                {
                    await AdoptOrStartAsync(cancellationToken);
                    _log.LogWarning("PostgreSQL runs again (process {Pid}).", Pid);
                }
                catch (ClusterUnavailableException failure)
                {
                    _log.LogError("{Sentence}", failure.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The registry closes.
        }
    }

    /// <summary>
    /// Stops a postmaster without waiting for its sessions, by force if need be. Nothing committed is lost: the next start recovers it.
    /// </summary>
    private async Task StopAtOnceAsync(CancellationToken cancellationToken)
    {
        await StopAsync("immediate", LongestImmediateStop, cancellationToken);
        if (Postmaster.Find(_folder.Cluster) is { } stuck && !await stuck.KillAsync(LongestStop, cancellationToken))
            throw new ClusterUnavailableException(
                $"PostgreSQL in '{_folder.Home}' (process {stuck.Pid}) does not answer and cannot be ended: see what holds it up, a disk perhaps, and start the registry again."
            );
    }

    /// <summary>Takes the data folder for this process, until it ends in whatever way.</summary>
    private static FileStream Lock(string data)
    {
        try
        {
            Directory.CreateDirectory(data);
            return new FileStream(Path.Combine(data, "registry.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (taken.HResult == WouldBlock)
        {
            throw new ClusterUnavailableException(
                $"Another registry runs on the data folder '{data}': stop it first, or set REGISTRY_DATA to another folder."
            );
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new ClusterUnavailableException(
                $"The data folder '{data}' cannot be written by this user ({failure.Message}): set REGISTRY_DATA to a folder of your own.",
                failure
            );
        }
    }

    private Task<(int ExitCode, string Output)> StopAsync(string mode, TimeSpan limit, CancellationToken cancellationToken) =>
        PgCtlAsync(limit, cancellationToken, "stop", "-m", mode);

    /// <summary>Runs pg_ctl, which itself waits up to a limit for what was asked.</summary>
    private Task<(int ExitCode, string Output)> PgCtlAsync(
        TimeSpan limit,
        CancellationToken cancellationToken,
        params string[] arguments
    ) =>
        AsClusterUserAsync(
            limit + BetweenLooks,
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

    private static string LastLine(string text) => text.Split('\n').Last();
}

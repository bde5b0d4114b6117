using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>
/// The registry's own PostgreSQL cluster, on a unix socket only. It outlives a registry that is killed: the next one adopts it, or,
/// when it does not answer, stops it by its id and starts it again. Two registries never share one data folder.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    private readonly ClusterFolder _folder;
    private readonly string _programs;
    private readonly FileStream _lock;
    private readonly ILogger _log;

    private PrivateCluster(ClusterFolder folder, string programs, FileStream @lock, ILogger log) => (_folder, _programs, _lock, _log) = (folder, programs, @lock, log);

    /// <summary>How to connect.</summary>
    public string ConnectionString => _folder.ConnectionString;

    /// <summary>
    /// Starts the cluster of a data folder, making it when there is none. Throws <see cref="ClusterUnavailable"/> with one sentence when
    /// PostgreSQL is not installed, the folder is somebody else's, or another registry runs on it; then nothing is left half-made.
    /// </summary>
    /// <param name="data">The data folder, absolute.</param>
    /// <param name="programs">Where PostgreSQL's programs are; empty: found by itself.</param>
    public static async Task<PrivateCluster> StartAsync(string data, string programs, ILogger log, CancellationToken cancellationToken)
    {
        var found = PostgresPrograms.Find(programs);
        var folder = await ClusterFolder.ForAsync(data, cancellationToken);
        var @lock = Lock(data);
        try
        {
            var cluster = new PrivateCluster(folder, found, @lock, log);
            await cluster.StartAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await @lock.DisposeAsync();
            throw;
        }
    }

    /// <summary>How to connect to the cluster of a data folder that runs already; null when none answers.</summary>
    public static async Task<string?> ConnectIfRunningAsync(string data, CancellationToken cancellationToken)
    {
        var folder = await ClusterFolder.ForAsync(data, cancellationToken);
        return await AnswersAsync(folder, cancellationToken) ? folder.ConnectionString : null;
    }

    /// <summary>Stops the cluster: sessions are cut, everything committed is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        var stopped = await PgCtlAsync(CancellationToken.None, "stop", "-m", "fast", "-w", "-t", Seconds(LongestStop));
        if (stopped.ExitCode != 0)
            _log.LogWarning("PostgreSQL did not stop by itself: {Output}", stopped.Output);
        await _lock.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _folder.MakeAsync(cancellationToken);
        if (await LeftBehindAsync(cancellationToken) is { } pid)
        {
            if (await WaitForAnswerAsync(cancellationToken))
            {
                _log.LogInformation("Adopted the PostgreSQL that an earlier registry left behind (process {Pid}).", pid);
                return;
            }

            _log.LogWarning("The PostgreSQL that an earlier registry left behind (process {Pid}) does not answer; it is stopped and started again.", pid);
            await PgCtlAsync(cancellationToken, "stop", "-m", "immediate", "-w", "-t", Seconds(LongestStop));
        }

        if (!await ExistsAsync(_folder.Cluster, cancellationToken))
            await InitialiseAsync(cancellationToken);
        await StartPostmasterAsync(cancellationToken);
    }

    /// <summary>The process id of a postmaster of this very cluster that still runs; a stale file, or one whose id another process got, is removed.</summary>
    private async Task<int?> LeftBehindAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(_folder.Cluster, "postmaster.pid");
        if (!await ExistsAsync(file, cancellationToken))
            return null;
        var first = (await File.ReadAllLinesAsync(file, cancellationToken)).FirstOrDefault("");
        if (int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && IsOurs(pid))
            return pid;
        File.Delete(file);
        return null;
    }

    private bool IsOurs(int pid)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cmdline").Split('\0');
            return command[0].EndsWith("postgres", StringComparison.Ordinal) && command.Contains(_folder.Cluster);
        }
        catch (IOException)
        {
            return false; // No such process.
        }
    }

    /// <summary>Makes the cluster beside its place and moves it there: a kill in the middle leaves nothing that looks like one.</summary>
    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        _log.LogInformation("Making a PostgreSQL cluster in {Folder} …", _folder.Home);
        var beside = _folder.Cluster + ".new";
        await AsClusterUserAsync(cancellationToken, "rm", "-rf", beside);
        // Whoever can enter the socket's folder (mode 0700) is this user or root: there is nothing more for a password to protect.
        var made = await AsClusterUserAsync(cancellationToken, Path.Combine(_programs, "initdb"), "-D", beside, "--username=registry", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums");
        if (made.ExitCode != 0 || (made = await AsClusterUserAsync(cancellationToken, "mv", beside, _folder.Cluster)).ExitCode != 0)
            throw new ClusterUnavailable($"A PostgreSQL cluster could not be made in '{_folder.Home}': {LastLine(made.Output)}");
    }

    private async Task StartPostmasterAsync(CancellationToken cancellationToken)
    {
        var options = $"-c listen_addresses= -c unix_socket_directories={_folder.Sockets} -c unix_socket_permissions=0700 -c max_connections=80 -c fsync=on -c synchronous_commit=on -c full_page_writes=on -c log_min_messages=warning";
        for (var waiting = Stopwatch.StartNew(); ;)
        {
            // pg_ctl gives the server a session of its own, so that Ctrl-C at a terminal reaches the registry alone.
            var started = await PgCtlAsync(cancellationToken, "start", "-w", "-t", Seconds(LongestStart), "-l", _folder.Log, "-o", options);
            if (started.ExitCode == 0)
                return;
            // Sessions of a server that was killed hold its shared memory for a moment longer.
            if (waiting.Elapsed > LongestStart || !(await LogTailAsync(cancellationToken)).Contains("shared memory block", StringComparison.Ordinal))
                throw new ClusterUnavailable($"PostgreSQL did not start in '{_folder.Home}': {LastLine(await LogTailAsync(cancellationToken))}");
            await Task.Delay(BetweenTries, cancellationToken);
        }
    }

    private async Task<bool> WaitForAnswerAsync(CancellationToken cancellationToken)
    {
        for (var waiting = Stopwatch.StartNew(); waiting.Elapsed < LongestAnswer; await Task.Delay(BetweenTries, cancellationToken))
        {
            if (await AnswersAsync(_folder, cancellationToken))
                return true;
        }

        return false;
    }

    private static async Task<bool> AnswersAsync(ClusterFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(folder.ConnectionString) { Pooling = false, Timeout = 3 }.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false; // Not there, or still starting.
        }
    }

    private static FileStream Lock(string data)
    {
        try
        {
            Directory.CreateDirectory(data);
            return new FileStream(Path.Combine(data, "registry.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new ClusterUnavailable($"Another registry runs on the data folder '{data}': stop it first, or set REGISTRY_DATA to another folder.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new ClusterUnavailable($"The data folder '{data}' cannot be written by this user: run as its owner, or set REGISTRY_DATA to a folder of your own.");
        }
    }

    private Task<(int ExitCode, string Output)> PgCtlAsync(CancellationToken cancellationToken, params string[] arguments) =>
        AsClusterUserAsync(cancellationToken, [Path.Combine(_programs, "pg_ctl"), "-D", _folder.Cluster, .. arguments]);

    private Task<(int ExitCode, string Output)> AsClusterUserAsync(CancellationToken cancellationToken, params string[] command) =>
        Command.RunAsync(LongestStart + LongestStart, cancellationToken, [.. _folder.RunAs, .. command]);

    private async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => (await AsClusterUserAsync(cancellationToken, "test", "-e", path)).ExitCode == 0;

    private async Task<string> LogTailAsync(CancellationToken cancellationToken) => (await AsClusterUserAsync(cancellationToken, "tail", "-n", "5", _folder.Log)).Output;

    private static string LastLine(string text) => text.Split('\n').Last();

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
}

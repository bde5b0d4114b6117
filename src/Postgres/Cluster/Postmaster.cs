using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>The answer of a postmaster to an attempt to connect.</summary>
internal enum PostmasterReply
{
    None,
    NotYet,
    Ready,
}

/// <summary>The running server of a cluster, found by its own <c>postmaster.pid</c> and checked against the process table.</summary>
/// <param name="Sockets">The folder in which it listens; an earlier registry may have chosen another one than this would.</param>
internal sealed record Postmaster(int Pid, string Cluster, string Sockets)
{
    /// <summary>Part of the socket's name only; nothing listens on the network.</summary>
    public const int Port = 5432;

    private const int ConnectTimeoutSeconds = 2;
    private const int NoSuchProcess = 3; // ESRCH, when a process ends while its file is read.

    /// <summary>The database role that owns the private cluster and its schema.</summary>
    public const string Owner = "registry";

    /// <summary>Returns the connection string of a role, on a socket.</summary>
    /// <param name="passwords">The file with its password.</param>
    public static string ConnectionString(string sockets, string role, string passwords) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = sockets,
            Port = Port,
            Username = role,
            Passfile = passwords,
            Database = "postgres",
            MaxPoolSize = 40,
            Timeout = 15,
            ApplicationName = "surveillance-registry",
        }.ConnectionString;

    /// <summary>Returns the postmaster of a cluster; null when none runs, even when a stale pid file exists.</summary>
    public static Postmaster? Find(string cluster)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(PidFile(cluster));
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        // The file's lines: process id, data folder, start time, port, socket folder, … (PostgreSQL, miscadmin.h). A starting one has
        // fewer.
        return
            int.TryParse(lines.ElementAtOrDefault(0), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && RunsOn(pid, cluster)
            ? new Postmaster(pid, cluster, lines.ElementAtOrDefault(4) ?? "")
            : null;
    }

    /// <summary>
    /// Removes the pid file, the socket and the socket's lock file of a postmaster that ended without removing them. PostgreSQL takes
    /// them for a running server's while any process has that id. In a container whose first process does not reap zombies that is for
    /// ever.
    /// </summary>
    public static void RemoveStaleFiles(string cluster, string sockets)
    {
        if (Find(cluster) is not null)
            return;
        File.Delete(PidFile(cluster));
        foreach (var left in Directory.GetFiles(sockets, ".s.PGSQL.*"))
            File.Delete(left);
    }

    /// <summary>Tries to connect, and returns the result. A server that refuses the sign-in is ready too.</summary>
    public async Task<PostmasterReply> ProbeAsync(string connectionString, CancellationToken cancellationToken)
    {
        if (Sockets.Length == 0)
            return PostmasterReply.NotYet;
        try
        {
            var probe = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = ConnectTimeoutSeconds };
            if (!File.Exists(probe.Passfile))
                probe.Password = "none"; // Without any, Npgsql would end the attempt by itself, as if no server answered.
            await using var connection = new NpgsqlConnection(probe.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return PostmasterReply.Ready;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            return PostmasterReply.Ready;
        }
        catch (PostgresException)
        {
            return PostmasterReply.NotYet; // It is starting, stopping or has no free connection, but it runs.
        }
        catch (NpgsqlException)
        {
            return PostmasterReply.None;
        }
    }

    /// <summary>
    /// Kills the postmaster by its process id, after checking that the id is still its own. Its sessions notice and end.
    /// </summary>
    /// <returns>False when it is still there after the limit.</returns>
    public async Task<bool> KillAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.GetProcessById(Pid);
            if (!RunsOn(Pid, Cluster))
                return true;
            process.Kill();
            await process.WaitForExitAsync(cancellationToken).WaitAsync(limit, cancellationToken);
        }
        catch (ArgumentException)
        {
            // It ended by itself.
        }
        catch (TimeoutException)
        {
            // Whether it still runs is checked below.
        }

        return Find(Cluster) is null;
    }

    private static string PidFile(string cluster) => Path.Combine(cluster, "postmaster.pid");

    /// <summary>Process ids are reused: the process must be a server whose command line names this cluster.</summary>
    private static bool RunsOn(int pid, string cluster)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cmdline").Split('\0');
            return Path.GetFileName(command[0]) == "postgres" && command.Contains(cluster);
        }
        catch (IOException failure)
            when (failure is FileNotFoundException or DirectoryNotFoundException || failure.HResult == NoSuchProcess)
        {
            // Any other failure, such as a shortage of open files, does not mean that the process has ended.
            return false;
        }
    }
}

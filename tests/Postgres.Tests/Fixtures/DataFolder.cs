using System.Diagnostics;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>A data folder for some tests. Disposing stops what runs in it and deletes it.</summary>
public sealed class DataFolder : IAsyncDisposable
{
    internal const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>When tests run as root, PostgreSQL's own user must be able to enter.</summary>
    public DataFolder() => File.SetUnixFileMode(Path, OwnerOnly | UnixFileMode.OtherExecute);

    public string Path { get; } = Directory.CreateTempSubdirectory("registry-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Whether these tests run as root: then PostgreSQL has to run as another user.</summary>
    public static bool AsRoot => Environment.UserName == "root";

    /// <summary>Opens its cluster, as the registry does when it starts.</summary>
    public Task<PrivateCluster> OpenAsync(ILogger? log = null) =>
        PrivateCluster.StartAsync(Path, "", log ?? NullLogger.Instance, Cancellation);

    /// <summary>Connects to its cluster, as a command beside the registry does; null when none answers.</summary>
    public Task<string?> JoinAsync() => PrivateCluster.ConnectIfRunningAsync(Path, Cancellation);

    /// <summary>The postmaster that runs in it now.</summary>
    internal async Task<Postmaster?> PostmasterAsync() => Postmaster.Find((await ClusterFolder.ForDataAsync(Path, Cancellation)).Cluster);

    /// <summary>Commits a note to the running cluster.</summary>
    public async Task RememberAsync(string note) =>
        await AskAsync<int>((await JoinAsync())!, $"create table if not exists note (text text); insert into note values ('{note}')");

    /// <summary>Returns whether the running cluster has a note.</summary>
    public async Task<bool> RemembersAsync(string note) =>
        await AskAsync<bool>((await JoinAsync())!, $"select exists (select from note where text = '{note}')");

    /// <summary>Sends a signal to one process.</summary>
    public static async Task SignalAsync(int pid, string signal)
    {
        using var kill = Process.Start("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {pid}")]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Waits until a process is gone.</summary>
    public static async Task GoneAsync(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            await process.WaitForExitAsync(CancellationToken.None);
        }
        catch (ArgumentException)
        {
            // It was gone already.
        }
    }

    /// <summary>Runs a statement on its own connection.</summary>
    public static async Task<T?> AskAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    public async ValueTask DisposeAsync()
    {
        var place = await ClusterFolder.ForDataAsync(Path, CancellationToken.None);
        if (Postmaster.Find(place.Cluster) is { } left)
        {
            await SignalAsync(left.Pid, "QUIT");
            await SignalAsync(left.Pid, "CONT");
            await GoneAsync(left.Pid);
        }

        foreach (var folder in new[] { place.Home, place.Sockets, Path })
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}

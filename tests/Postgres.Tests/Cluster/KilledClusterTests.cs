using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Cluster;

/// <summary>What is left when a registry, its PostgreSQL or both are killed with signal 9; with real processes.</summary>
[Slow]
public sealed class KilledClusterTests(DataFolder data) : IClassFixture<DataFolder>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_registry_adopts_the_cluster_of_a_killed_registry()
    {
        var left = await KillRegistryAsync("left behind");
        await using var next = await data.OpenAsync();
        Assert.Equal(left, next.Pid);
        Assert.True(await data.RemembersAsync("left behind"));
    }

    [Fact]
    public async Task A_cluster_left_behind_that_does_not_answer_is_killed_and_restarted()
    {
        var stuck = await KillRegistryAsync("stuck");
        await DataFolder.SignalAsync(stuck, "STOP");
        await using var next = await data.OpenAsync();
        Assert.NotEqual(stuck, next.Pid);
        Assert.True(await data.RemembersAsync("stuck"));
    }

    [Fact]
    public async Task A_killed_cluster_is_restarted_and_a_process_that_reuses_its_id_is_left_alone()
    {
        var place = await ClusterFolder.ForDataAsync(data.Path, Cancellation);
        // A process of PostgreSQL's own user: a process of another user would not be mistaken for the postmaster.
        string[] sleeping = [.. place.RunAs, "sleep", "600"];
        using var other = Process.Start(sleeping[0], sleeping[1..]);
        var killed = await KillRegistryAsync("killed too");
        await DataFolder.SignalAsync(killed, "KILL");
        await DataFolder.GoneAsync(killed);
        foreach (var naming in new[] { Path.Combine(place.Cluster, "postmaster.pid"), Path.Combine(place.Sockets, ".s.PGSQL.5432.lock") })
        {
            var lines = await File.ReadAllLinesAsync(naming, Cancellation);
            await File.WriteAllLinesAsync(naming, [other.Id.ToString(CultureInfo.InvariantCulture), .. lines.Skip(1)], Cancellation);
        }

        try
        {
            await using var next = await data.OpenAsync();
            Assert.NotEqual(killed, next.Pid);
            Assert.True(await data.RemembersAsync("killed too"));
            Assert.False(other.HasExited);
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task The_registry_restarts_PostgreSQL_when_only_PostgreSQL_was_killed()
    {
        var log = new WatchedLog("PostgreSQL runs again");
        await using var cluster = await data.OpenAsync(log);
        await data.RememberAsync("alone");
        var killed = cluster.Pid!.Value;
        await DataFolder.SignalAsync(killed, "KILL");
        await DataFolder.GoneAsync(killed);

        await log.Logged.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.NotEqual(killed, cluster.Pid);
        Assert.True(await data.RemembersAsync("alone"));
    }

    /// <summary>Kills a registry that has opened the cluster and committed a note; returns the postmaster that it left running.</summary>
    private async Task<int> KillRegistryAsync(string note)
    {
        using var registry = await RegistryProcess.StartAsync(data.Path);
        await data.RememberAsync(note);
        await registry.KillAsync();
        return (await data.PostmasterAsync())!.Pid;
    }

    /// <summary>A log whose task completes when a message contains a phrase.</summary>
    private sealed class WatchedLog(string phrase) : ILogger
    {
        private readonly TaskCompletionSource _logged = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Logged => _logged.Task;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (formatter(state, exception).Contains(phrase, StringComparison.Ordinal))
                _logged.TrySetResult();
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}

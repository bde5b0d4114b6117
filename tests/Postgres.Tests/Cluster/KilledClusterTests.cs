using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Cluster;

/// <summary>What is left when a registry, its PostgreSQL or both are killed with signal 9; with real processes.</summary>
public sealed class KilledClusterTests(DataFolder data) : IClassFixture<DataFolder>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_adopted_by_the_next_registry_when_only_the_registry_was_killed()
    {
        var left = await KillRegistryAsync("left behind");
        await using var next = await data.OpenAsync();
        Assert.Equal(left, next.Pid);
        Assert.True(await data.RemembersAsync("left behind"));
    }

    [Fact]
    public async Task Is_killed_by_its_id_and_started_again_when_it_was_left_behind_and_does_not_answer()
    {
        var stuck = await KillRegistryAsync("stuck");
        await DataFolder.SignalAsync(stuck, "STOP");
        await using var next = await data.OpenAsync();
        Assert.NotEqual(stuck, next.Pid);
        Assert.True(await data.RemembersAsync("stuck"));
    }

    [Fact]
    public async Task Is_started_again_when_it_was_killed_too_and_another_process_got_its_id_which_is_left_alone()
    {
        var place = await ClusterFolder.OfAsync(data.Path, Cancellation);
        string[] sleeping = [.. place.RunAs, "sleep", "600"]; // Of PostgreSQL's own user: another user's process would not mislead it.
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
    public async Task Is_started_again_under_the_running_registry_when_only_PostgreSQL_was_killed()
    {
        var log = new Overheard("PostgreSQL runs again");
        await using var cluster = await data.OpenAsync(log);
        await data.RememberAsync("alone");
        var killed = cluster.Pid!.Value;
        await DataFolder.SignalAsync(killed, "KILL");
        await DataFolder.GoneAsync(killed);

        await log.Said.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.NotEqual(killed, cluster.Pid);
        Assert.True(await data.RemembersAsync("alone"));
    }

    /// <summary>A registry opens the cluster, commits a word and is killed; the postmaster that it leaves behind.</summary>
    private async Task<int> KillRegistryAsync(string word)
    {
        using var registry = await RegistryProcess.StartAsync(data.Path);
        await data.RememberAsync(word);
        await registry.KillAsync();
        return (await data.PostmasterAsync())!.Pid;
    }

    /// <summary>A log that says when it heard certain words.</summary>
    private sealed class Overheard(string words) : ILogger
    {
        private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Said => _said.Task;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (formatter(state, exception).Contains(words, StringComparison.Ordinal))
                _said.TrySetResult();
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}

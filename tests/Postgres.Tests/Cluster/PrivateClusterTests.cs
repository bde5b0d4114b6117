using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Cluster;

/// <summary>The registry's own PostgreSQL: where it listens, whose it is, and what is reported when it is not available.</summary>
[Slow]
public sealed class PrivateClusterTests(DataFolder data) : IClassFixture<DataFolder>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_listens_on_a_short_socket_of_its_own_and_flushes_commits()
    {
        await using var cluster = await data.OpenAsync();
        var sockets = (await DataFolder.AskAsync<string>(cluster.ConnectionString, "show unix_socket_directories"))!;
        Assert.InRange(Path.Combine(sockets, ".s.PGSQL.5432").Length, 1, 100);
        Assert.Equal(DataFolder.OwnerOnly, File.GetUnixFileMode(sockets));
        Assert.Equal("", await DataFolder.AskAsync<string>(cluster.ConnectionString, "show listen_addresses"));
        Assert.Equal(
            "on on on on UTF8",
            await DataFolder.AskAsync<string>(
                cluster.ConnectionString,
                """
                select concat_ws(
                    ' ',
                    current_setting('fsync'),
                    current_setting('synchronous_commit'),
                    current_setting('full_page_writes'),
                    current_setting('data_checksums'),
                    current_setting('server_encoding')
                )
                """
            )
        );
    }

    [Fact]
    public async Task A_cluster_stops_with_the_registry_and_reopens_with_all_its_data()
    {
        int pid;
        await using (var cluster = await data.OpenAsync())
        {
            pid = cluster.Pid!.Value;
            await data.RememberAsync("adopted in 2019");
        }

        await DataFolder.GoneAsync(pid).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.Null(await data.JoinAsync());
        await using var again = await data.OpenAsync();
        Assert.True(await data.RemembersAsync("adopted in 2019"));
    }

    [Fact]
    public async Task A_cluster_belongs_to_one_registry_and_commands_can_connect_to_it()
    {
        await using var first = await data.OpenAsync();
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => data.OpenAsync());
        Assert.Equal(
            $"Another registry runs on the data folder '{data.Path}': stop it first, or set REGISTRY_DATA to another folder.",
            refusal.Message
        );
        Assert.Equal(first.ConnectionString, await data.JoinAsync());
    }

    [Fact]
    public async Task A_cluster_is_placed_where_its_user_can_reach_it_and_stays_there()
    {
        Assert.SkipUnless(DataFolder.AsRoot, "Only root has to run PostgreSQL as another user.");
        await using var secluded = new DataFolder();
        File.SetUnixFileMode(secluded.Path, DataFolder.OwnerOnly);
        await using (await secluded.OpenAsync())
            await secluded.RememberAsync("lobby");
        var home = (await File.ReadAllTextAsync(Path.Combine(secluded.Path, "postgres.location"), Cancellation)).Trim();
        Assert.StartsWith("/var/lib/surveillance-registry/", home, StringComparison.Ordinal);

        File.SetUnixFileMode(secluded.Path, DataFolder.OwnerOnly | UnixFileMode.OtherExecute);
        await using var again = await secluded.OpenAsync();
        Assert.True(await secluded.RemembersAsync("lobby"));
    }

    [Fact]
    public async Task A_cluster_is_created_whole_after_a_registry_was_killed_creating_it()
    {
        await using var half = new DataFolder();
        var place = await ClusterFolder.ForDataAsync(half.Path, Cancellation);
        await place.CreateAsync(half.Path, Cancellation);
        await PostgresCommand.RunAsync(
            TimeSpan.FromSeconds(10),
            Cancellation,
            [.. place.RunAs, "mkdir", "-p", place.Cluster + ".new-killed/base"]
        );

        await using var cluster = await half.OpenAsync();

        Assert.NotNull(await half.JoinAsync());
        Assert.Equal([place.Cluster, place.Log], Directory.GetFileSystemEntries(place.Home).Order());
    }

    [Fact]
    public async Task A_missing_PostgreSQL_is_reported_in_one_sentence_and_nothing_is_created()
    {
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            PrivateCluster.StartAsync(Path.Combine(data.Path, "var"), "/nowhere", NullLogger.Instance, Cancellation)
        );
        Assert.Equal(
            "REGISTRY_POSTGRES_BIN is '/nowhere', and there is no 'initdb' and 'postgres' in it: "
                + "name the folder of PostgreSQL's programs, or leave it empty.",
            refusal.Message
        );
        Assert.False(Directory.Exists(Path.Combine(data.Path, "var")));
    }

    [Fact]
    public async Task Another_user_s_data_folder_is_reported_in_one_sentence_and_not_touched()
    {
        // For root, a folder given to another user; for an ordinary user, one of root's.
        await using var given = new DataFolder();
        var foreign = DataFolder.AsRoot ? given.Path : "/usr";
        if (DataFolder.AsRoot)
        {
            using var giving = Process.Start("chown", ["nobody", foreign]);
            await giving.WaitForExitAsync(Cancellation);
        }

        var before = Directory.GetFileSystemEntries(foreign);
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            PrivateCluster.StartAsync(foreign, "", NullLogger.Instance, Cancellation)
        );
        Assert.StartsWith($"The data folder '{foreign}' belongs to another user", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(foreign));
    }
}

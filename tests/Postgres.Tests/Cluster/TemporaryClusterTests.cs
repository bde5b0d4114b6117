using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Cluster;

/// <summary>What a trial deletes of earlier ones: anybody can make a folder of such a name in the folder for temporary files.</summary>
[Slow]
public sealed class TemporaryClusterTests(DataFolder live) : IClassFixture<DataFolder>
{
    private const string OtherUser = "65534";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_in_which_a_file_names_a_live_cluster_does_not_end_it(bool isOfAnotherUser)
    {
        Assert.SkipUnless(DataFolder.AsRoot || !isOfAnotherUser, "Only root can give a folder away.");
        await using var cluster = await live.OpenAsync();
        var home = (await ClusterFolder.ForDataAsync(live.Path, Cancellation)).Home;
        var trap = Directory.CreateTempSubdirectory("registry-drill-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(trap, "trial.lock"), "", Cancellation);
            await File.WriteAllTextAsync(Path.Combine(trap, "postgres.location"), home + "\n", Cancellation);
            if (isOfAnotherUser)
                await PostgresCommand.RunAsync(TimeSpan.FromSeconds(10), Cancellation, "chown", "-R", OtherUser, trap);
            var pid = cluster.Pid;
            await TemporaryCluster.DeleteLeftOversAsync(Cancellation);
            Assert.NotNull(pid);
            Assert.Equal(pid, cluster.Pid);
            Assert.True(File.Exists(Path.Combine(home, "cluster", "PG_VERSION")));
            Assert.Equal(isOfAnotherUser, Directory.Exists(trap));
        }
        finally
        {
            if (Directory.Exists(trap))
                Directory.Delete(trap, recursive: true);
        }
    }

    [Fact]
    public async Task A_link_with_the_name_of_a_trial_is_left_alone()
    {
        var target = Directory.CreateTempSubdirectory("registry-test-").FullName;
        var link = Path.Combine(Path.GetTempPath(), "registry-drill-" + Path.GetRandomFileName());
        await File.WriteAllTextAsync(Path.Combine(target, "trial.lock"), "", Cancellation);
        Directory.CreateSymbolicLink(link, target);
        try
        {
            await TemporaryCluster.DeleteLeftOversAsync(Cancellation);
            Assert.True(File.Exists(Path.Combine(link, "trial.lock")));
        }
        finally
        {
            Directory.Delete(link);
            Directory.Delete(target, recursive: true);
        }
    }
}

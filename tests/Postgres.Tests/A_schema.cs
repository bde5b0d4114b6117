using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres.Tests;

/// <summary>How a database comes to the schema of this version.</summary>
public sealed class A_schema(SharedCluster cluster)
{
    private static readonly string[] Scripts =
        [.. typeof(Schema).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Is_brought_forward_once()
    {
        var database = await cluster.NewDatabaseAsync();
        Assert.Equal(Scripts, Schema.Migrate(database, NullLogger.Instance));
        Assert.Empty(Schema.Migrate(database, NullLogger.Instance));
    }

    [Fact]
    public async Task Is_brought_forward_by_one_of_two_registries_that_start_at_once()
    {
        var database = await cluster.NewDatabaseAsync();
        var ran = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Schema.Migrate(database, NullLogger.Instance))));
        Assert.Equal([0, Scripts.Length], ran.Select(scripts => scripts.Count).Order());
    }

    [Fact]
    public void Is_made_by_scripts_numbered_without_a_gap_whose_first_line_says_why()
    {
        Assert.All(Scripts.Index(), script => Assert.Contains($".Migrations.{script.Index + 1:0000}_", script.Item, StringComparison.Ordinal));
        Assert.All(Scripts, script =>
        {
            using var text = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream(script)!);
            Assert.Matches("^-- .{20,}", text.ReadLine());
        });
    }

    [Theory]
    [InlineData("Host=/nowhere;Username=registry;Password=hush")]
    [InlineData("Host=127.0.0.1;Port=1;Username=registry;Password=hush")]
    [InlineData("Nonsense=hush")]
    public void Says_in_one_sentence_that_there_is_no_database_and_never_the_password(string connectionString)
    {
        var refusal = Assert.Throws<ClusterUnavailable>(() => Schema.Migrate(connectionString, NullLogger.Instance));
        Assert.Matches(@"^The database cannot be reached \(.+\): start it, or set REGISTRY_DATABASE to a right connection string\.$", refusal.Message);
        Assert.DoesNotContain("hush", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_what_is_committed_even_on_a_server_that_was_told_not_to()
    {
        var lax = new NpgsqlConnectionStringBuilder(await cluster.NewDatabaseAsync()) { Options = "-c synchronous_commit=off" }.ConnectionString;
        await using var database = new Database(lax);
        await using var connection = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var ask = new NpgsqlCommand("show synchronous_commit", connection);
        Assert.Equal("on", await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}

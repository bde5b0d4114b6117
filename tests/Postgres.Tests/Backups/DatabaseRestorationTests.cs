using Microsoft.Extensions.Logging.Abstractions;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Notices;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Backups;

/// <summary>A dump of one database, restored into another one.</summary>
[Slow]
public sealed class DatabaseRestorationTests(SharedCluster cluster)
{
    /// <summary>When the restorations and the drill end.</summary>
    private static readonly DateTimeOffset Restored = SmallCity.Noon.AddDays(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restored_database_has_every_row_and_grant_of_its_snapshot_and_an_entry_more()
    {
        await using var city = await cluster.NewCityAsync();
        var (dump, size) = await DumpAsync(city, between: "update registry.place set body = body || '{\"name\":\"Renamed\"}'");

        var target = await cluster.NewDatabaseAsync();
        await using var restoration = new DatabaseRestoration(target, "");
        Assert.Equal(DatabaseContent.Nothing, await restoration.ContentAsync(Cancellation));
        await restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation);
        Assert.Equal(DatabaseContent.UnfinishedRestore, await restoration.ContentAsync(Cancellation));
        await FinishAsync(restoration);
        Assert.Equal(DatabaseContent.Registry, await restoration.ContentAsync(Cancellation));

        await using var restored = new Database(target, cluster.ServiceOf(target));
        Assert.Equal(size + 1, await restored.AskAsync<long>("select size from registry.ledger_head"));
        Assert.Equal(0, await restored.AskAsync<long>("select count(*) from registry.place where body ->> 'name' = 'Renamed'"));
        Assert.Equal(
            await city.AskAsync<long>("select count(*) from registry.heartbeat"),
            await restored.AskAsync<long>("select count(*) from registry.heartbeat")
        );
        // The service reads and appends in the restored database, and still may not change what was recorded.
        await new DrillRegister(restored.Source).RecordAsync("ab12", SmallCity.Noon, size, holds: true, Restored, Cancellation);
        Assert.NotNull(await new DrillRegister(restored.Source).LastAsync(Cancellation));
        Assert.Equal(1_000_000, await new NoticeRegister(restored.Source).FirstSequenceAsync(Cancellation));
        Assert.False(await restored.AskAsync<bool>("select has_table_privilege('registry_service', 'registry.ledger_entry', 'update')"));

        using var key = NoticeKey.New();
        await using var snapshot = await new LedgerSnapshots(restored.Source).OpenAsync(Cancellation);
        var finding = await LedgerVerifier.RunAsync(snapshot, new NoSignature(), key, against: null, Cancellation);
        Assert.Null(finding.Fault);
    }

    [Fact]
    public async Task A_restoration_that_did_not_finish_is_known_and_begins_again()
    {
        await using var city = await cluster.NewCityAsync();
        var (dump, size) = await DumpAsync(city);
        var target = await cluster.NewDatabaseAsync();
        await using var restoration = new DatabaseRestoration(target, "");
        await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            restoration.RestoreAsync(() => new MemoryStream(dump[..^200]), Cancellation)
        );
        Assert.Equal(DatabaseContent.UnfinishedRestore, await restoration.ContentAsync(Cancellation));
        Assert.False(await DataFolder.AskAsync<bool>(target, "select exists (select from pg_namespace where nspname = 'registry')"));
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            ServiceLogin.MigrateAsync(target, NullLogger.Instance, Cancellation)
        );
        Assert.Contains("did not finish", refusal.Message, StringComparison.Ordinal);

        await restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation);
        await restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation); // As after a kill between the rows and the last step.
        await FinishAsync(restoration);
        Assert.Equal(size + 1, await DataFolder.AskAsync<long>(target, "select size from registry.ledger_head"));
    }

    [Fact]
    public async Task A_restoration_over_a_registry_is_refused_and_one_that_is_given_up_leaves_nothing()
    {
        await using var city = await cluster.NewCityAsync();
        var (dump, size) = await DumpAsync(city);
        await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            new DatabaseRestoration(city.ConnectionString, "").RestoreAsync(() => new MemoryStream(dump), Cancellation)
        );
        Assert.Equal(size, await city.AskAsync<long>("select size from registry.ledger_head"));

        await using var restoration = new DatabaseRestoration(await cluster.NewDatabaseAsync(), "");
        await restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation);
        await restoration.GiveUpAsync(Cancellation);
        Assert.Equal(DatabaseContent.Nothing, await restoration.ContentAsync(Cancellation));
    }

    [Fact]
    public async Task A_snapshot_names_the_head_the_migrations_and_the_version_of_the_server()
    {
        await using var city = await cluster.NewCityAsync();
        await using var snapshot = await DatabaseSnapshot.OpenAsync(city.ConnectionString, "", Cancellation);
        Assert.Equal(await city.AskAsync<long>("select size from registry.ledger_head"), snapshot.Head.Size);
        Assert.Equal(Schema.Migrations, snapshot.Migrations);
        Assert.Null(snapshot.Checkpoint);
        Assert.Matches(@"^\d+\.", snapshot.Server);
    }

    private static async Task FinishAsync(DatabaseRestoration restoration)
    {
        restoration.Migrate(NullLogger.Instance);
        await restoration.FinishAsync("ab12", SmallCity.Noon, null, Restored, Cancellation);
    }

    /// <param name="between">What another session changes after the snapshot was taken and before it is dumped.</param>
    internal static async Task<(byte[] Dump, long Size)> DumpAsync(Database city, string? between = null)
    {
        await using var snapshot = await DatabaseSnapshot.OpenAsync(city.ConnectionString, "", Cancellation);
        if (between is not null)
            await city.AskAsync<int>(between);
        using var dump = new MemoryStream();
        await snapshot.DumpAsync(stream => stream.CopyToAsync(dump, Cancellation), Cancellation);
        return (dump.ToArray(), snapshot.Head.Size);
    }

    private sealed class NoSignature : ILogSigner
    {
        public string Name => "none";

        public string Vkey => "none";

        public string Sign(string text) => throw new NotSupportedException();

        public string? Open(string note) => null;
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Backups;

/// <summary>What the statements of a forged dump may do: nothing outside of what they make, and that is dropped.</summary>
[Slow]
public sealed class RestoringRoleTests(SharedCluster cluster) : IDisposable
{
    /// <summary>What a function of an index does. The city that is dumped must not do it itself: it comes after the index.</summary>
    private const string Index = """
        create function registry.spelled(text) returns text language plpgsql immutable set search_path = pg_catalog as
        $$ begin return $1 || registry.act(); end $$;
        create index on registry.place (registry.spelled(id))
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("registry-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_program_that_a_dump_names_is_not_run()
    {
        // The user of the server writes there.
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        var proof = Path.Combine(_folder, "was-run");
        var dump = await ForgeAsync($"copy (select 1) to program ''touch {proof}''");
        var target = await cluster.NewDatabaseAsync();
        await using var restoration = new DatabaseRestoration(target, "");
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation)
        );
        Assert.Contains("pg_execute_server_program", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(proof));
        await restoration.GiveUpAsync(Cancellation);
        Assert.Equal(DatabaseContent.Nothing, await restoration.ContentAsync(Cancellation));
    }

    [Fact]
    public async Task An_object_that_a_dump_makes_beside_the_registry_is_dropped_with_all_else()
    {
        var dump = await ForgeAsync("create or replace function public.left_behind() returns int language sql as $q$ select 1 $q$");
        var target = await cluster.NewDatabaseAsync();
        await using var restoration = new DatabaseRestoration(target, "");
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation)
        );
        Assert.StartsWith("The dump made 'function public.left_behind()'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(DatabaseContent.Nothing, await restoration.ContentAsync(Cancellation));
        Assert.Equal(0, await LeftAsync(target));
    }

    [Fact]
    public async Task A_dump_that_lists_what_no_registry_has_is_refused_before_anything_is_run()
    {
        await using var city = await cluster.NewCityAsync();
        await city.AskAsync<int>("create function public.helpful() returns int language sql as 'select 1'");
        var (dump, _) = await DatabaseRestorationTests.DumpAsync(city);
        await using var restoration = new DatabaseRestoration(await cluster.NewDatabaseAsync(), "");
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation)
        );
        Assert.Contains("FUNCTION public helpful()", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(DatabaseContent.Nothing, await restoration.ContentAsync(Cancellation));
    }

    [Fact]
    public async Task A_mark_does_not_make_a_live_registry_one_that_is_dropped()
    {
        await using var city = await cluster.NewCityAsync();
        var (dump, size) = await DatabaseRestorationTests.DumpAsync(city);
        await city.AskAsync<int>("create table public.registry_restore (begun_at timestamptz)");
        await using var restoration = new DatabaseRestoration(city.ConnectionString, "");
        Assert.Equal(DatabaseContent.Registry, await restoration.ContentAsync(Cancellation));
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation));
        await restoration.GiveUpAsync(Cancellation);
        Assert.Equal(size, await city.AskAsync<long>("select size from registry.ledger_head"));
    }

    [Fact]
    public async Task Two_restorations_into_one_database_are_one_after_the_other()
    {
        await using var city = await cluster.NewCityAsync();
        var (dump, _) = await DatabaseRestorationTests.DumpAsync(city);
        var target = await cluster.NewDatabaseAsync();
        await using var first = new DatabaseRestoration(target, "");
        await first.RestoreAsync(() => new MemoryStream(dump), Cancellation);
        await using var second = new DatabaseRestoration(target, "");
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            second.RestoreAsync(() => new MemoryStream(dump), Cancellation)
        );
        Assert.Contains("in progress", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_without_greater_rights_restores_when_it_may_make_roles()
    {
        await using var city = await cluster.NewCityAsync();
        var (dump, size) = await DatabaseRestorationTests.DumpAsync(city);
        var superuser = await cluster.NewDatabaseAsync();
        var login = new NpgsqlConnectionStringBuilder(superuser) { Passfile = null, Password = PasswordFile.NewPassword() };
        login.Username = "owner_of_" + login.Database;
        await DataFolder.AskAsync<int>(
            superuser,
            $"create role {login.Username} login password '{login.Password}'; alter database {login.Database} owner to {login.Username}"
        );
        await using var restoration = new DatabaseRestoration(login.ConnectionString, "");
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation)
        );
        Assert.Contains("CREATEROLE", refusal.Message, StringComparison.Ordinal);

        await DataFolder.AskAsync<int>(superuser, $"alter role {login.Username} createrole");
        await restoration.RestoreAsync(() => new MemoryStream(dump), Cancellation);
        restoration.Migrate(NullLogger.Instance);
        await restoration.FinishAsync("ab12", SmallCity.Noon, null, SmallCity.Noon.AddDays(1), Cancellation);
        Assert.Equal(size + 1, await DataFolder.AskAsync<long>(superuser, "select size from registry.ledger_head"));
        Assert.Equal(
            login.Username,
            await DataFolder.AskAsync<string>(superuser, "select nspowner::regrole::text from pg_namespace where nspname = 'registry'")
        );
        Assert.Equal(0, await LeftAsync(superuser));
    }

    /// <summary>The objects and the role of a restoration that are left in a database.</summary>
    private static Task<long> LeftAsync(string database) =>
        DataFolder.AskAsync<long>(
            database,
            $"""
            select (select count(*) from pg_roles where rolname = '{RestoringRole.NameFor(
                new NpgsqlConnectionStringBuilder(database).Database
            )}')
                + (select count(*) from pg_proc where proname = 'left_behind')
                + (select count(*) from pg_class where relname = 'registry_restore')
            """
        );

    private static string Act(string statement) =>
        $"""
            create or replace function registry.act() returns text language plpgsql set search_path = pg_catalog as
            $$ begin {statement}; return ''; end $$;
            """;

    /// <summary>Dumps a city with an index whose function runs a statement for each place while the index is made.</summary>
    private async Task<byte[]> ForgeAsync(string statement)
    {
        await using var city = await cluster.NewCityAsync();
        await city.AskAsync<int>(Act("null") + Index);
        await city.AskAsync<int>(Act($"execute '{statement}'"));
        var (dump, _) = await DatabaseRestorationTests.DumpAsync(city);
        return dump;
    }
}

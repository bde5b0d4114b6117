using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests;

/// <summary>The registry on a server that it does not manage: it never serves as the owner of its schema.</summary>
public sealed class ServiceLoginTests(SharedCluster cluster) : IDisposable
{
    private readonly string _passwords = Path.Combine(Directory.CreateTempSubdirectory("registry-test-").FullName, "login.pgpass");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_owner_s_connection_string_leads_to_a_login_that_cannot_become_the_owner()
    {
        var owner = await cluster.NewDatabaseAsync();
        var service = await OpenAsync(owner);
        await using (var source = SourceOf(service))
        {
            Assert.StartsWith("registry_service_", await AskAsync<string>(source, "select session_user"), StringComparison.Ordinal);
            Assert.False(await AskAsync<bool>(source, "select rolsuper or rolcreaterole from pg_roles where rolname = session_user"));
            foreach (
                var attempt in new[]
                {
                    "set role none; delete from registry.ledger_entry",
                    "reset role; update registry.ledger_head set size = 0",
                    "reset session authorization; drop table registry.ledger_entry",
                    "set role registry",
                    "set session authorization registry",
                    "grant registry to registry_service",
                    "alter role registry_service superuser",
                }
            )
            {
                var refusal = await Assert.ThrowsAsync<PostgresException>(() => AskAsync<int>(source, attempt));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            }
        }

        Assert.Equal(service, await OpenAsync(owner)); // A command beside the server has the same login.
    }

    [Fact]
    public async Task A_service_s_connection_string_serves_a_migrated_database_and_changes_nothing()
    {
        await using var database = await cluster.NewRegisterAsync();
        var service = cluster.ServiceOf(database.ConnectionString);
        Assert.Equal(service, await OpenAsync(service));
        Assert.False(File.Exists(_passwords));
    }

    [Fact]
    public async Task A_service_s_connection_string_is_refused_while_the_owner_has_to_migrate()
    {
        var service = cluster.ServiceOf(await cluster.NewDatabaseAsync());
        // The schema has another owner already, and a later version knows more of it.
        await DataFolder.AskAsync<int>(cluster.OwnerOf(service), "create schema registry");
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => OpenAsync(service));
        Assert.Matches("^The database has an older schema .* run 'registry migrate' with the owner's", refusal.Message);
        var migration = await Assert.ThrowsAsync<ClusterUnavailableException>(() =>
            ServiceLogin.MigrateAsync(service, NullLogger.Instance, Cancellation)
        );
        Assert.StartsWith("The role of REGISTRY_DATABASE may not change the schema", migration.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_that_can_make_no_login_is_told_to_name_one()
    {
        var superuser = await cluster.NewDatabaseAsync();
        var name = "owner_of_" + new NpgsqlConnectionStringBuilder(superuser).Database;
        await DataFolder.AskAsync<int>(
            superuser,
            $"create role {name} login password 'long enough'; grant registry_service to {name}; "
                + $"do $$ begin execute format('alter database %I owner to {name}', current_database()); end $$; "
                + $"alter schema public owner to {name}"
        );
        var owner = new NpgsqlConnectionStringBuilder(superuser) { Username = name, Password = "long enough" }.ConnectionString;
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => OpenAsync(owner));
        Assert.Matches("^REGISTRY_DATABASE signs in as the owner of the schema, .* make a role that is a member", refusal.Message);
        Assert.DoesNotContain("long enough", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_passwords)!, recursive: true);

    private Task<string> OpenAsync(string connectionString) =>
        ServiceLogin.OpenAsync(connectionString, _passwords, NullLogger.Instance, Cancellation);

    /// <summary>The registry's own data source.</summary>
    private static NpgsqlDataSource SourceOf(string connectionString) =>
        (NpgsqlDataSource)
            new ServiceCollection()
                .AddPostgres(connectionString)
                .Single(service => service.ServiceType == typeof(NpgsqlDataSource) && !service.IsKeyedService)
                .ImplementationFactory!(null!);

    private static Task<T?> AskAsync<T>(NpgsqlDataSource source, string sql) => source.ScalarAsync<T>(sql, null, Cancellation);
}

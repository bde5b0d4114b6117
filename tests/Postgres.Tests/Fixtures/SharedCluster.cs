using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Policies;

[assembly: AssemblyFixture(typeof(SurveillanceRegistry.Postgres.Tests.Fixtures.SharedCluster))]
// These tests mostly wait for disks and other processes.
[assembly: Xunit.v3.Parallelization(MaxThreads = 6)]

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>One real cluster for the whole run, and a database for each test.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private const string Template = "migrated";

    private const int ReadyDatabases = 4;

    private readonly DataFolder _data = new();
    private readonly Channel<string> _ready = Channel.CreateBounded<string>(ReadyDatabases);
    private readonly CancellationTokenSource _closing = new();
    private PrivateCluster _cluster = null!;
    private Task _preparing = Task.CompletedTask;
    private int _databases;

    public async ValueTask InitializeAsync()
    {
        _cluster = await _data.OpenAsync();
        var template = await NewDatabaseAsync(Template, "template1");
        Schema.Migrate(template, NullLogger.Instance);
        // The tests' clocks stand years away from the database's. Only the owner can allow that.
        await DataFolder.AskAsync<int>(template, "update registry.ledger_head set clock_tolerance = '100 years'");
        await _cluster.GrantServiceAsync(TestContext.Current.CancellationToken);
        NpgsqlConnection.ClearAllPools(); // A template may have no session.
        _preparing = PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _preparing;
        NpgsqlConnection.ClearAllPools();
        await _cluster.DisposeAsync();
        await _data.DisposeAsync();
        _closing.Dispose();
    }

    /// <summary>An empty database without a schema: its connection string.</summary>
    public Task<string> NewDatabaseAsync() => NewDatabaseAsync($"test_{Interlocked.Increment(ref _databases)}", "template1");

    /// <summary>A database with the registry's schema and nothing in it.</summary>
    internal async Task<Database> NewRegisterAsync()
    {
        var owner = await _ready.Reader.ReadAsync(_closing.Token);
        return new(owner, ServiceOf(owner));
    }

    /// <summary>The service's connection string for the same database.</summary>
    internal string ServiceOf(string connectionString) => WithDatabaseOf(connectionString, _cluster.ServiceConnectionString);

    /// <summary>The owner's connection string for the same database.</summary>
    internal string OwnerOf(string connectionString) => WithDatabaseOf(connectionString, _cluster.ConnectionString);

    private static string WithDatabaseOf(string connectionString, string role) =>
        new NpgsqlConnectionStringBuilder(role)
        {
            Database = new NpgsqlConnectionStringBuilder(connectionString).Database,
        }.ConnectionString;

    /// <summary>Prepares a few databases ahead, so that no test waits for one. A fault reaches the tests that wait.</summary>
    private async Task PrepareAsync()
    {
        try
        {
            while (true)
            {
                var database = await NewDatabaseAsync($"test_{Interlocked.Increment(ref _databases)}", Template);
                await _ready.Writer.WriteAsync(database, _closing.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _ready.Writer.Complete();
        }
        catch (Exception fault)
        {
            _ready.Writer.Complete(fault);
        }
    }

    /// <summary>A database that is seeded with <see cref="SmallCity"/>.</summary>
    internal async Task<Database> NewCityAsync()
    {
        var database = await NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, TestContext.Current.CancellationToken);
        return database;
    }

    private async Task<string> NewDatabaseAsync(string name, string template)
    {
        await DataFolder.AskAsync<int>(_cluster.ConnectionString, $"create database {name} template {template}");
        return new NpgsqlConnectionStringBuilder(_cluster.ConnectionString) { Database = name }.ConnectionString;
    }
}

/// <summary>
/// A database of one test, reached as the registry reaches it, and by a second connection that sees only what is committed.
/// </summary>
internal sealed class Database(string connectionString, string? serviceConnectionString = null) : IAsyncDisposable
{
    private readonly Lazy<NpgsqlDataSource> _beside = new(() => NpgsqlDataSource.Create(connectionString));

    /// <summary>The connection string of the owner.</summary>
    public string ConnectionString => connectionString;

    /// <summary>The registry's own data source, as <see cref="PostgresSetup.AddPostgres"/> sets it up.</summary>
    public NpgsqlDataSource Source { get; } =
        (NpgsqlDataSource)
            new ServiceCollection()
                .AddPostgres(serviceConnectionString ?? connectionString)
                .Single(service => service.ServiceType == typeof(NpgsqlDataSource) && !service.IsKeyedService)
                .ImplementationFactory!(null!);

    /// <summary>Opens a connection beside the registry's.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>Runs a query beside the registry. All use one connection: a server process for each of them costs more.</summary>
    public async Task<T?> AskAsync<T>(string sql, object? values = null)
    {
        await using var connection = await _beside.Value.OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await connection.ExecuteScalarAsync<T>(sql, values);
    }

    /// <summary>Waits until a session of this database waits for a lock; returns its process id.</summary>
    public async Task<int> BlockedAsync()
    {
        await using var beside = await ConnectAsync();
        for (; ; )
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (
                await beside.ExecuteScalarAsync<int?>(
                    "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                ) is
                { } pid
            )
                return pid;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (_beside.IsValueCreated)
            await _beside.Value.DisposeAsync();
    }
}

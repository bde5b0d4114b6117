using System.Collections.Immutable;
using System.Data;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>
/// The database of a registry at one instant, for a backup. The facts about it and the dump come from the same snapshot; writers go on. The
/// dump is PostgreSQL's own (pg_dump): it knows partitions, constraints and grants, and another version of PostgreSQL restores it.
/// </summary>
public sealed class DatabaseSnapshot : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly PostgresLogin _login;
    private readonly string _programs;
    private readonly string _name;

    private DatabaseSnapshot(NpgsqlConnection connection, PostgresLogin login, string programs, string name)
    {
        _connection = connection;
        _login = login;
        _programs = programs;
        _name = name;
    }

    /// <summary>The head of the ledger.</summary>
    public LedgerHead Head { get; private set; } = null!;

    /// <summary>The signed note of the greatest published checkpoint; null when there is none.</summary>
    public string? Checkpoint { get; private set; }

    /// <summary>The migrations that ran, in their order.</summary>
    public ImmutableArray<string> Migrations { get; private set; }

    /// <summary>The version of the server.</summary>
    public string Server => _connection.PostgreSqlVersion.ToString();

    /// <summary>Opens the snapshot.</summary>
    /// <param name="connectionString">The owner's: the service may not read all that a backup needs.</param>
    /// <param name="programs">Where PostgreSQL's programs are; empty to search for them.</param>
    public static async Task<DatabaseSnapshot> OpenAsync(string connectionString, string programs, CancellationToken cancellationToken)
    {
        connectionString = ServiceLogin.RequireTls(connectionString);
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 60 }.ConnectionString
        );
        try
        {
            await connection.OpenAsync(cancellationToken);
            await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var name = await connection.ExecuteScalarAsync<string>(Command("select pg_export_snapshot()", cancellationToken));
            var folder = PostgresPrograms.FindFor(programs, connection.PostgreSqlVersion.Major);
            var snapshot = new DatabaseSnapshot(connection, PostgresLogin.From(connectionString), folder, name!);
            await snapshot.ReadAsync(cancellationToken);
            return snapshot;
        }
        catch (NpgsqlException failure)
        {
            await connection.DisposeAsync();
            throw Schema.Unreachable(failure);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Dumps the database: an archive of pg_dump in the custom format, not compressed.</summary>
    /// <param name="take">Reads the dump to its end.</param>
    public async Task DumpAsync(Func<Stream, Task> take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(take);
        using var dump = PostgresProgram.Start(
            _programs,
            "pg_dump",
            _login,
            "--format=custom",
            "--compress=0", // A processor compresses more slowly than a disk writes.
            "--no-owner",
            "--snapshot=" + _name
        );
        dump.Input.Close();
        await take(dump.Output);
        await dump.FinishAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var (size, frontier) = await _connection.QuerySingleAsync<(long, byte[][])>(
            Command("select size, frontier from registry.ledger_head", cancellationToken)
        );
        Head = new LedgerHead(size, [.. frontier.Select(hash => (ReadOnlyMemory<byte>)hash)]);
        Checkpoint = await LedgerState.NewestCheckpointAsync(_connection, cancellationToken);
        Migrations = [.. await Schema.RanAsync(_connection, cancellationToken)];
    }

    private static CommandDefinition Command(string sql, CancellationToken cancellationToken) =>
        new(sql, cancellationToken: cancellationToken);
}

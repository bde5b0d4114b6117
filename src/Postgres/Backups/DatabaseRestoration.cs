using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>What a database holds.</summary>
public enum DatabaseContent
{
    Nothing,
    Registry,

    /// <summary>What a restoration left that did not finish.</summary>
    UnfinishedRestore,
}

/// <summary>
/// Restores a dump into an empty database. The database holds a mark from before the first row until everything is there, so that a
/// restoration that a kill ended is known, and only such a database is emptied again.
/// </summary>
/// <param name="database">The owner's connection string.</param>
/// <param name="programs">Where PostgreSQL's programs are; empty to search for them.</param>
public sealed class DatabaseRestoration(string database, string programs)
{
    /// <summary>How far the sequences of notices jump: far more than a place gets between a backup and the loss of the database.</summary>
    private const long NoticeLeap = 1_000_000;

    private readonly string _owner = ServiceLogin.RequireTls(database);

    private const string Mark = "public.registry_restore";

    private const string MakeService = """
        do $do$
        begin
            if not exists (select from pg_roles where rolname = 'registry_service') then
                create role registry_service;
            end if;
            if not pg_has_role(current_user, 'registry_service', 'member') then
                execute format('grant registry_service to %I', current_user);
            end if;
        end $do$
        """;

    /// <summary>Returns what the database holds.</summary>
    public async Task<DatabaseContent> ContentAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        if (await ExistsAsync(connection, Mark, cancellationToken))
            return DatabaseContent.UnfinishedRestore;
        return
            await ExistsAsync(connection, "registry.ledger_entry", cancellationToken)
            || await ExistsAsync(connection, "public.registry_migration", cancellationToken)
            ? DatabaseContent.Registry
            : DatabaseContent.Nothing;
    }

    /// <summary>Whether the registry in the database was restored from a backup.</summary>
    /// <param name="backup">The SHA-256 of the backup's manifest.</param>
    public async Task<bool> IsOfAsync(string backup, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                """
                select exists (
                    select from registry.restoration join registry.ledger_entry on index = entry
                    where convert_from(bytes, 'UTF8')::jsonb #>> '{body,backup}' = @backup
                )
                """,
                new { backup },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>Restores a dump; the database is then as it was dumped, and still marked.</summary>
    /// <exception cref="ClusterUnavailableException">The database refuses it, or holds a registry.</exception>
    public async Task RestoreAsync(Stream dump, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dump);
        await using (var connection = await ConnectAsync(cancellationToken))
        {
            if (await ContentAsync(cancellationToken) == DatabaseContent.Registry)
                throw new ClusterUnavailableException("The database holds a registry already: nothing was restored.");
            await ExecuteAsync(connection, $"create table if not exists {Mark} (begun_at timestamptz not null default now())");
            await EmptyAsync(connection);
            await ExecuteAsync(connection, MakeService);
        }

        using var restore = PostgresProgram.Start(
            PostgresPrograms.FindFor(programs, await MajorAsync(cancellationToken)),
            "pg_restore",
            PostgresLogin.From(_owner),
            "--format=custom",
            "--single-transaction", // All of it, or nothing.
            "--exit-on-error",
            "--no-owner"
        );
        try
        {
            await dump.CopyToAsync(restore.Input, cancellationToken);
            restore.Input.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything, and says why.
        }

        await restore.FinishAsync(cancellationToken);
    }

    /// <summary>Removes what was restored; the database is empty and no longer marked.</summary>
    public async Task GiveUpAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await EmptyAsync(connection);
        await ExecuteAsync(connection, $"drop table if exists {Mark}");
    }

    /// <summary>Brings what was restored to the schema of this version, records the restoration, and removes the mark.</summary>
    /// <param name="backup">The SHA-256 of the backup's manifest.</param>
    /// <param name="madeAt">When the backup was made.</param>
    /// <param name="endedLog">The public key of a log that ended: its checkpoints go, because another key signs from now on. Null when the
    /// log goes on.</param>
    public async Task FinishAsync(
        string backup,
        DateTimeOffset madeAt,
        string? endedLog,
        DateTimeOffset now,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        Schema.Migrate(_owner, log);
        await using var connection = await ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, now, cancellationToken);
        var last = await ledger.ScalarAsync<long?>("select max(sequence) from registry.notice") ?? 0;
        var entry = await ledger.AppendAsync(
            LedgerKinds.RegistryRestored,
            Attribution.Registry,
            new
            {
                backup,
                madeAt = LedgerEntry.FormatTime(madeAt),
                noticesFrom = last + NoticeLeap,
                endedLog,
            }
        );
        await ledger.ExecuteAsync(
            "insert into registry.restoration (entry, notices_from) values (@entry, @from)",
            new { entry, from = last + NoticeLeap }
        );
        if (endedLog is not null)
            await ledger.ExecuteAsync("delete from registry.ledger_checkpoint", new { });
        await ledger.ExecuteAsync($"drop table {Mark}", new { });
        await transaction.CommitDurablyAsync();
    }

    private static async Task EmptyAsync(NpgsqlConnection connection)
    {
        await ExecuteAsync(connection, "drop schema if exists registry cascade");
        await ExecuteAsync(connection, "drop table if exists public.registry_migration");
    }

    private async Task<int> MajorAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        return connection.PostgreSqlVersion.Major;
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(_owner) { Pooling = false, CommandTimeout = 3600 }.ConnectionString
            );
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (Exception failure) when (failure is NpgsqlException or ArgumentException)
        {
            throw Schema.Unreachable(failure);
        }
    }

    /// <summary>Whether a table exists. Asks the catalog, which needs no right to the schema.</summary>
    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "select exists (select from pg_class where relnamespace::regnamespace::text || '.' || relname = @table)",
                new { table },
                cancellationToken: cancellationToken
            )
        );

    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql) => connection.ExecuteAsync(sql);
}

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
/// Restores a dump into an empty database, by a role that may do nothing else. The database holds a mark from before the first row until
/// everything is there, so that a restoration that a kill ended is known. Only what that role made is ever dropped.
/// </summary>
/// <param name="database">The owner's connection string.</param>
/// <param name="programs">Where PostgreSQL's programs are; empty to search for them.</param>
public sealed class DatabaseRestoration(string database, string programs) : IAsyncDisposable
{
    /// <summary>How far the sequences of notices jump: far more than a place gets between a backup and the loss of the database.</summary>
    private const long NoticeLeap = 1_000_000;

    private readonly string _owner = ServiceLogin.RequireTls(database);

    private const string Mark = "public.registry_restore";

    /// <summary>Holds the lock of a restoration; null before it begins.</summary>
    private NpgsqlConnection? _lock;
    private RestoringRole? _role;

    /// <summary>
    /// The connection string of the role that owns what was restored, until <see cref="FinishAsync"/>. What runs in the database meanwhile
    /// runs with it: a trigger of the dump would have the rights of a greater role.
    /// </summary>
    public string Login => Role.Login;

    private RestoringRole Role => _role ?? throw new InvalidOperationException("Nothing was restored yet.");

    /// <summary>Returns what the database holds.</summary>
    public async Task<DatabaseContent> ContentAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        return await ContentAsync(connection, cancellationToken);
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
    /// <param name="dump">Opens the dump from its beginning.</param>
    /// <exception cref="ClusterUnavailableException">
    /// The database refuses it, or holds a registry, or the dump holds what no registry has.
    /// </exception>
    public async Task RestoreAsync(Func<Stream> dump, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dump);
        var folder = PostgresPrograms.FindFor(programs, await MajorAsync(cancellationToken));
        await using (var contents = dump())
            await DumpContents.CheckAsync(folder, contents, cancellationToken);
        await BeginAsync(cancellationToken);
        using var restore = PostgresProgram.Start(
            folder,
            "pg_restore",
            PostgresLogin.From(Login),
            "--format=custom",
            "--single-transaction", // All of it, or nothing.
            "--exit-on-error",
            "--no-owner"
        );
        await using (var content = dump())
            await restore.FeedAsync(content, cancellationToken);
        await restore.FinishAsync(cancellationToken);
        await using var connection = await ConnectAsync(cancellationToken);
        if (await Role.FindForeignAsync(connection) is not { } foreign)
            return;
        await GiveUpAsync(cancellationToken);
        throw new ClusterUnavailableException(
            $"The dump made '{foreign}', which no registry has. Everything that it made was dropped, and nothing was restored."
        );
    }

    /// <summary>Drops everything that the dump made; the database is empty and no longer marked.</summary>
    public async Task GiveUpAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await RestoringRole.DiscardAsync(connection, RestoringRole.NameFor(connection.Database));
        await ExecuteAsync(connection, $"drop table if exists {Mark}");
    }

    /// <summary>Brings what was restored to the schema of this version.</summary>
    public void Migrate(ILogger log) => Schema.Migrate(Login, log);

    /// <summary>Records the restoration, gives everything to the owner, and removes the mark.</summary>
    /// <param name="backup">The SHA-256 of the backup's manifest.</param>
    /// <param name="madeAt">When the backup was made.</param>
    /// <param name="endedLog">The public key of a log that ended: its checkpoints go, because another key signs from now on. Null when the
    /// log goes on.</param>
    public async Task FinishAsync(
        string backup,
        DateTimeOffset madeAt,
        string? endedLog,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await RecordAsync(backup, madeAt, endedLog, now, cancellationToken);
        await using var connection = await ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await Role.HandOverAsync(connection);
        await ExecuteAsync(connection, $"drop table {Mark}");
        await transaction.CommitDurablyAsync();
    }

    public ValueTask DisposeAsync() => _lock?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Marks the database and makes the role.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            _lock ??= await ConnectAsync(cancellationToken);
            await using var transaction = await _lock.BeginTransactionAsync(cancellationToken);
            if (!await _lock.ExecuteScalarAsync<bool>($"select pg_try_advisory_lock({AdvisoryLocks.Restore})"))
                throw new ClusterUnavailableException("Another restoration into this database is in progress: nothing was restored.");
            // A server that starts meanwhile has migrated before this, and then there is a registry, or it finds the mark.
            await ExecuteAsync(_lock, $"select pg_advisory_xact_lock({AdvisoryLocks.Migrate})");
            if (await ContentAsync(_lock, cancellationToken) == DatabaseContent.Registry)
                throw new ClusterUnavailableException("The database holds a registry already: nothing was restored.");
            await ExecuteAsync(_lock, $"create table if not exists {Mark} (begun_at timestamptz not null default now())");
            _role = await RestoringRole.MakeAsync(_lock, _owner);
            await transaction.CommitDurablyAsync();
        }
        catch (PostgresException refused)
        {
            throw new ClusterUnavailableException(
                $"The database refuses what a restoration needs ({refused.MessageText}): name a role in REGISTRY_DATABASE that owns the "
                    + "database and may make roles. Nothing was restored.",
                refused
            );
        }
    }

    private async Task RecordAsync(
        string backup,
        DateTimeOffset madeAt,
        string? endedLog,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await ConnectAsync(Login, cancellationToken);
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
        await transaction.CommitDurablyAsync();
    }

    /// <summary>
    /// A mark alone does not make a database one that may be emptied: the schema in it is of the restoring role, or it is a registry.
    /// </summary>
    private static async Task<DatabaseContent> ContentAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Owner = """
            select exists (
                select from pg_namespace where nspname = 'registry' and pg_get_userbyid(nspowner) <> @role
                union all
                select from pg_class
                where relnamespace = 'public'::regnamespace and relname = 'registry_migration' and pg_get_userbyid(relowner) <> @role
            )
            """;
        var role = RestoringRole.NameFor(connection.Database);
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(Owner, new { role }, cancellationToken: cancellationToken)))
            return DatabaseContent.Registry;
        return
            await ExistsAsync(connection, Mark, cancellationToken)
            || await ExistsAsync(connection, "registry.ledger_entry", cancellationToken)
            ? DatabaseContent.UnfinishedRestore
            : DatabaseContent.Nothing;
    }

    private async Task<int> MajorAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        return connection.PostgreSqlVersion.Major;
    }

    private Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(_owner, cancellationToken);

    private static async Task<NpgsqlConnection> ConnectAsync(string login, CancellationToken cancellationToken)
    {
        try
        {
            var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(login) { Pooling = false, CommandTimeout = 3600 }.ConnectionString
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

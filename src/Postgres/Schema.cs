using DbUp;
using DbUp.Engine.Output;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres;

/// <summary>Brings a database to the schema of this version: numbered scripts, forward only, each in a transaction of its own.</summary>
public static class Schema
{
    /// <summary>The database role of the running registry: it may add records but not change them.</summary>
    public const string ServiceRole = "registry_service";

    private const string ScriptFolder = ".Migrations.";
    private const int MinServerVersion = 15;
    private const int LockTimeoutSeconds = 600;

    private static IEnumerable<string> ScriptNames =>
        typeof(Schema).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal));

    /// <summary>
    /// Runs the scripts that have not run yet. Two processes that start at once take turns. Throws
    /// <see cref="ClusterUnavailableException"/> when the server cannot be reached or is too old, and <see
    /// cref="InvalidOperationException"/> when a script fails; the database is then as it was before that script.
    /// </summary>
    /// <returns>The names of the scripts that were run.</returns>
    public static IReadOnlyList<string> Migrate(string connectionString, ILogger log)
    {
        using var migrating = OpenLocked(connectionString);
        // Not pooled: no session of the owner is left when this ends.
        var alone = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        var upgrade = DeployChanges
            .To.PostgresqlDatabase(alone)
            .WithScriptsEmbeddedInAssembly(typeof(Schema).Assembly, name => name.EndsWith(".sql", StringComparison.Ordinal))
            .JournalToPostgresqlTable("public", "registry_migration")
            .WithTransactionPerScript()
            .LogTo(new SilentUpgradeLog(log))
            .Build()
            .PerformUpgrade();
        if (!upgrade.Successful)
            throw new InvalidOperationException($"The database could not be migrated: {upgrade.Error.Message}", upgrade.Error);
        foreach (var script in upgrade.Scripts)
            log.LogInformation("Migrated: {Script}", script.Name);
        return [.. upgrade.Scripts.Select(script => script.Name)];
    }

    /// <summary>The names of all migrations of this version, in their order, such as <c>0007_service_role.sql</c>.</summary>
    public static IReadOnlyList<string> Migrations => [.. ScriptNames.Select(ShortName).Order(StringComparer.Ordinal)];

    /// <summary>Returns the short names of the scripts that ran, in their order.</summary>
    internal static async Task<IReadOnlyList<string>> RanAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select scriptname from public.registry_migration", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await rows.ReadAsync(cancellationToken))
            names.Add(ShortName(rows.GetString(0)));
        return [.. names.Order(StringComparer.Ordinal)];
    }

    private static string ShortName(string script) =>
        script[(script.IndexOf(ScriptFolder, StringComparison.Ordinal) + ScriptFolder.Length)..];

    /// <summary>Returns the names of the scripts that have not run yet, in their order. The service may ask too.</summary>
    internal static async Task<IReadOnlyList<string>> PendingAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var isMigrated = await database.ScalarAsync<bool>(
            "select to_regclass('public.registry_migration') is not null",
            null,
            cancellationToken
        );
        var ran = isMigrated
            ? await database.QueryAsync<string>("select scriptname from public.registry_migration", null, cancellationToken)
            : [];
        return [.. ScriptNames.Except(ran).Order(StringComparer.Ordinal)];
    }

    /// <summary>The refusal of a server that cannot be reached, or of a connection string that cannot be read.</summary>
    internal static ClusterUnavailableException Unreachable(Exception failure) =>
        // Only the message of the server or of the parser: the connection string may contain a password.
        new(
            $"The database cannot be reached ({failure.Message}): start it, or set REGISTRY_DATABASE to a right connection string.",
            failure
        );

    /// <summary>Opens a connection that holds the migration lock until it is closed.</summary>
    private static NpgsqlConnection OpenLocked(string connectionString)
    {
        try
        {
            var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(connectionString)
                {
                    Pooling = false,
                    CommandTimeout = LockTimeoutSeconds,
                }.ConnectionString
            );
            connection.Open();
            if (connection.PostgreSqlVersion.Major < MinServerVersion)
            {
                throw new ClusterUnavailableException(
                    $"The database is PostgreSQL {connection.PostgreSqlVersion}, and the registry needs {MinServerVersion} or newer: "
                        + "set REGISTRY_DATABASE to a newer server, or leave it empty."
                );
            }

            using var command = new NpgsqlCommand("select pg_advisory_lock($1)", connection);
            command.Parameters.Add(new NpgsqlParameter { Value = AdvisoryLocks.Migrate });
            command.ExecuteNonQuery();
            return connection;
        }
        catch (Exception failure) when (failure is NpgsqlException or ArgumentException)
        {
            throw Unreachable(failure);
        }
    }

    private sealed class SilentUpgradeLog(ILogger log) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) { }

        public void LogDebug(string format, params object[] args) { }

        public void LogInformation(string format, params object[] args) { }

        public void LogWarning(string format, params object[] args) => Write(LogLevel.Warning, null, format, args);

        public void LogError(string format, params object[] args) => Write(LogLevel.Error, null, format, args);

        public void LogError(Exception ex, string format, params object[] args) => Write(LogLevel.Error, ex, format, args);

        private void Write(LogLevel level, Exception? failure, string format, object[] values) =>
            log.Log(level, failure, "{Migration}", string.Format(System.Globalization.CultureInfo.InvariantCulture, format, values));
    }
}

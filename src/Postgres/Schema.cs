using DbUp;
using DbUp.Engine.Output;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres;

/// <summary>Brings a database to the schema of this version: numbered scripts, forward only, each in a transaction of its own.</summary>
public static class Schema
{
    /// <summary>The role under which the registry works: it adds to what was recorded, and changes none of it.</summary>
    public const string ServiceRole = "registry_service";

    private const int OldestServer = 15,
        LongestWaitSeconds = 600;
    private const long Turn = 0x5245_4749_5354_5259; // "REGISTRY": the advisory lock of whoever migrates.

    /// <summary>
    /// Runs what has not run yet; two registries that start at once take turns. Throws <see cref="ClusterUnavailableException"/> when the
    /// server
    /// cannot be reached or is too old, and <see cref="InvalidOperationException"/> when a script fails; the database then stands where
    /// it stood before that script.
    /// </summary>
    /// <returns>The names of the scripts that were run.</returns>
    public static IReadOnlyList<string> Migrate(string connectionString, ILogger log)
    {
        using var turn = TakeTurn(connectionString);
        var upgrade = DeployChanges
            .To.PostgresqlDatabase(connectionString)
            .WithScriptsEmbeddedInAssembly(typeof(Schema).Assembly, name => name.EndsWith(".sql", StringComparison.Ordinal))
            .JournalToPostgresqlTable("public", "registry_migration")
            .WithTransactionPerScript()
            .LogTo(new SilentUpgradeLog(log))
            .Build()
            .PerformUpgrade();
        return upgrade.Successful
            ? [.. upgrade.Scripts.Select(script => script.Name)]
            : throw new InvalidOperationException($"The database could not be migrated: {upgrade.Error.Message}", upgrade.Error);
    }

    /// <summary>
    /// How the registry signs in once the schema stands. In its private cluster it signs in as <see cref="ServiceRole"/> itself; on
    /// somebody's
    /// server as whom they said, and takes on that role.
    /// </summary>
    public static string ForService(string connectionString)
    {
        var service = new NpgsqlConnectionStringBuilder(connectionString);
        if (service.Username == Postmaster.Owner)
            service.Username = ServiceRole;
        return service.ConnectionString;
    }

    /// <summary>A connection that holds the turn until it is closed.</summary>
    private static NpgsqlConnection TakeTurn(string connectionString)
    {
        try
        {
            var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(connectionString)
                {
                    Pooling = false,
                    CommandTimeout = LongestWaitSeconds,
                }.ConnectionString
            );
            connection.Open();
            if (connection.PostgreSqlVersion.Major < OldestServer)
                throw new ClusterUnavailableException(
                    $"The database is PostgreSQL {connection.PostgreSqlVersion}, and the registry needs {OldestServer} or newer: set REGISTRY_DATABASE to a newer server, or leave it empty."
                );
            using var turn = new NpgsqlCommand("select pg_advisory_lock($1)", connection) { Parameters = { new() { Value = Turn } } };
            turn.ExecuteNonQuery();
            return connection;
        }
        catch (Exception failure) when (failure is NpgsqlException or ArgumentException)
        {
            // What the server or the reader of the string said; the string itself may hold a password.
            throw new ClusterUnavailableException(
                $"The database cannot be reached ({failure.Message}): start it, or set REGISTRY_DATABASE to a right connection string.",
                failure
            );
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

using DbUp;
using DbUp.Engine.Output;
using Microsoft.Extensions.Logging;

namespace SurveillanceRegistry.Postgres;

/// <summary>Brings a database to the schema of this version: numbered scripts, forward only, each in a transaction of its own.</summary>
public static class Schema
{
    /// <summary>Runs what has not run yet. Throws when a script fails; the database then stands where it stood before that script.</summary>
    /// <returns>The names of the scripts that were run.</returns>
    public static IReadOnlyList<string> Migrate(string connectionString, ILogger log)
    {
        var upgrade = DeployChanges.To.PostgresqlDatabase(connectionString)
            .WithScriptsEmbeddedInAssembly(typeof(Schema).Assembly, name => name.EndsWith(".sql", StringComparison.Ordinal))
            .JournalToPostgresqlTable("public", "registry_migration")
            .WithTransactionPerScript()
            .LogTo(new Quiet(log))
            .Build()
            .PerformUpgrade();
        return upgrade.Successful ? [.. upgrade.Scripts.Select(script => script.Name)] : throw new InvalidOperationException($"The database could not be migrated: {upgrade.Error.Message}", upgrade.Error);
    }

    private sealed class Quiet(ILogger log) : IUpgradeLog
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

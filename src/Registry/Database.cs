using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The database of the settings: somebody's server, or the registry's own private cluster. Brought to this version's schema.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly PrivateCluster? _cluster;

    private Database(string connectionString, PrivateCluster? cluster) => (ConnectionString, _cluster) = (connectionString, cluster);

    public string ConnectionString { get; }

    /// <summary>For the server: takes the data folder for itself.</summary>
    public static async Task<Database> OpenAsync(Settings settings, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        if (settings.Database.Length > 0)
            return Migrated(new Database(settings.Database, null), logs);
        var cluster = await PrivateCluster.StartAsync(
            settings.Data,
            settings.PostgresBin,
            logs.CreateLogger<PrivateCluster>(),
            cancellationToken
        );
        return Migrated(new Database(cluster.ConnectionString, cluster), logs);
    }

    /// <summary>
    /// For a verb that may run beside the server: joins the running cluster, or opens the database for as long as the verb runs.
    /// </summary>
    public static async Task<Database> JoinAsync(Settings settings, ILoggerFactory logs, CancellationToken cancellationToken) =>
        settings.Database.Length == 0
        && Directory.Exists(settings.Data)
        && await PrivateCluster.ConnectIfRunningAsync(settings.Data, cancellationToken) is { } running
            ? new Database(Schema.ForService(running), null)
            : await OpenAsync(settings, logs, cancellationToken);

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static Database Migrated(Database database, ILoggerFactory logs)
    {
        foreach (var script in Schema.Migrate(database.ConnectionString, logs.CreateLogger(nameof(Schema))))
            logs.CreateLogger(nameof(Schema)).LogInformation("Migrated: {Script}", script);
        return new Database(Schema.ForService(database.ConnectionString), database._cluster);
    }
}

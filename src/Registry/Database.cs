using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The database of the settings: an existing server, or the registry's own private cluster. It is migrated to this version's schema when it
/// is opened.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly PrivateCluster? _cluster;

    private Database(string connectionString, PrivateCluster? cluster)
    {
        ConnectionString = connectionString;
        _cluster = cluster;
    }

    public string ConnectionString { get; }

    /// <summary>Opens the database for the server, which takes the data folder for itself.</summary>
    public static async Task<Database> OpenAsync(Settings settings, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        if (settings.Database.Length > 0)
            return Migrate(settings.Database, null, logs);
        var cluster = await PrivateCluster.StartAsync(
            settings.Data,
            settings.PostgresBin,
            logs.CreateLogger<PrivateCluster>(),
            cancellationToken
        );
        return Migrate(cluster.ConnectionString, cluster, logs);
    }

    /// <summary>
    /// Opens the database for a command that may run beside the server: joins the running cluster, or starts one for as long as the command
    /// runs.
    /// </summary>
    public static async Task<Database> JoinAsync(Settings settings, ILoggerFactory logs, CancellationToken cancellationToken) =>
        settings.Database.Length == 0
        && Directory.Exists(settings.Data)
        && await PrivateCluster.ConnectIfRunningAsync(settings.Data, cancellationToken) is { } running
            ? new Database(Schema.ForService(running), null)
            : await OpenAsync(settings, logs, cancellationToken);

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static Database Migrate(string connectionString, PrivateCluster? cluster, ILoggerFactory logs)
    {
        var log = logs.CreateLogger(nameof(Schema));
        foreach (var script in Schema.Migrate(connectionString, log))
            log.LogInformation("Migrated: {Script}", script);
        return new Database(Schema.ForService(connectionString), cluster);
    }
}

using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Registry.Backups;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The database of the settings: an existing server, or the registry's own private cluster. Opening it brings it to this version's schema.
/// The registry works in it with the rights of the service alone.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly PrivateCluster? _cluster;

    private Database(string connectionString, string owner, PrivateCluster? cluster)
    {
        ConnectionString = connectionString;
        Owner = owner;
        _cluster = cluster;
    }

    /// <summary>The connection string of the service, which can add records and cannot change them.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// The connection string with the greatest rights that the settings give: the private cluster's owner, or as REGISTRY_DATABASE says.
    /// For backups; nothing that serves uses it.
    /// </summary>
    public string Owner { get; }

    /// <summary>Opens the database for the server, which takes the data folder for itself.</summary>
    public static async Task<Database> OpenAsync(Settings settings, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        UnfinishedRestore.MustNotExist(settings.Data);
        var log = logs.CreateLogger(nameof(Schema));
        if (settings.Database.Length > 0)
        {
            var passwords = Path.Combine(KeyFile.Folder(settings.Data), "database-login.pgpass");
            return new Database(
                await ServiceLogin.OpenAsync(settings.Database, passwords, log, cancellationToken),
                ServiceLogin.RequireTls(settings.Database),
                null
            );
        }

        var cluster = await PrivateCluster.StartAsync(
            settings.Data,
            settings.PostgresBin,
            logs.CreateLogger<PrivateCluster>(),
            cancellationToken
        );
        try
        {
            Schema.Migrate(cluster.ConnectionString, log);
            await cluster.GrantServiceAsync(cancellationToken);
            return new Database(cluster.ServiceConnectionString, cluster.ConnectionString, cluster);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Opens the database for a command that may run beside the server: joins the running cluster, or starts one for as long as the command
    /// runs.
    /// </summary>
    public static async Task<Database> JoinAsync(Settings settings, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        UnfinishedRestore.MustNotExist(settings.Data);
        return
            settings.Database.Length == 0
            && Directory.Exists(settings.Data)
            && await PrivateCluster.ConnectIfRunningAsync(settings.Data, cancellationToken) is { } running
            ? new Database(PrivateCluster.ForService(settings.Data, running), running, null)
            : await OpenAsync(settings, logs, cancellationToken);
    }

    /// <summary>Brings the database to this version's schema, as its owner, also while a server runs.</summary>
    public static async Task MigrateAsync(Settings settings, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        UnfinishedRestore.MustNotExist(settings.Data);
        var log = logs.CreateLogger(nameof(Schema));
        if (settings.Database.Length > 0)
            await ServiceLogin.MigrateAsync(settings.Database, log, cancellationToken);
        else if (await PrivateCluster.ConnectIfRunningAsync(settings.Data, cancellationToken) is { } running)
            Schema.Migrate(running, log);
        else
            await using (await OpenAsync(settings, logs, cancellationToken)) { }
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}

using Dapper;
using Npgsql;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>What a database says about its ledger, without any check.</summary>
public sealed class LedgerState(NpgsqlDataSource database)
{
    private const string Newest = "select note from registry.ledger_checkpoint order by size desc limit 1";

    /// <summary>The signed note of the greatest published checkpoint; null when there is none.</summary>
    public Task<string?> NewestCheckpointAsync(CancellationToken cancellationToken) =>
        database.ScalarAsync<string>(Newest, null, cancellationToken);

    /// <summary>Whether a notice was ever issued.</summary>
    public Task<bool> HasNoticesAsync(CancellationToken cancellationToken) =>
        database.ScalarAsync<bool>("select exists (select from registry.notice)", null, cancellationToken);

    internal static Task<string?> NewestCheckpointAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<string>(new CommandDefinition(Newest, cancellationToken: cancellationToken));
}

using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>
/// Maintains the partitions of the heartbeat log, one table a day. Creates those of the next days, and drops those whose retention ended,
/// with a ledger entry that proves how many heartbeats were dropped without saying it.
/// </summary>
public sealed class HeartbeatPartitionMaintenance(
    NpgsqlDataSource database,
    HeartbeatRetention retention,
    TimeProvider time,
    ILogger<HeartbeatPartitionMaintenance> logger
) : IPeriodicTask
{
    private const int DaysAhead = 2;
    private const int TimeoutSeconds = 3600;
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>After how long the maintenance is tried again when a reader of the log held its locks.</summary>
    public static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromMinutes(1);

    public TimeSpan Interval { get; private set; } = Every;

    public Task RunOnceAsync(CancellationToken cancellationToken)
    {
        Interval = Every;
        return KeepAsync(cancellationToken);
    }

    public void OnFailed(Exception failure)
    {
        if (failure is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
            Interval = BeforeTryingAgain; // Not logged: a reader holds the log, which is normal.
        else
            logger.LogWarning(failure, "The days of the heartbeat log could not be kept; tried again in an hour.");
    }

    /// <summary>
    /// Creates the days ahead and drops the days that are over, each in its own transaction. The slow steps, counting and waiting for the
    /// ledger's head, come before the short lock during which no heartbeat can be written.
    /// </summary>
    /// <exception cref="PostgresException">With <see cref="PostgresErrorCodes.LockNotAvailable"/>: a long transaction reads the log, so its
    /// partitions cannot be changed now.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "select registry.open_heartbeat_days(@DaysAhead)",
                new { DaysAhead },
                cancellationToken: cancellationToken
            )
        );
        while (await DropAsync(connection, cancellationToken)) { }
    }

    /// <summary>Drops one day that is over. Returns false when there is none.</summary>
    private async Task<bool> DropAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ended = await connection.QuerySingleOrDefaultAsync<(string Part, long Beats)?>(
            new CommandDefinition(
                "select part, beats from registry.end_heartbeat_day(@Days)",
                new { retention.Days },
                transaction,
                TimeoutSeconds,
                cancellationToken: cancellationToken
            )
        );
        if (ended is not var (part, beats))
            return false;
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, time.GetUtcNow(), cancellationToken);
        await ledger.ExecuteAsync("select registry.drop_heartbeat_day(@part, @Days)", new { part, retention.Days });
        await RecordAsync(ledger, new DroppedHeartbeats(0, part, beats, RandomNumberGenerator.GetBytes(32)));
        await transaction.CommitDurablyAsync();
        logger.LogInformation("Dropped {Part} of the heartbeat log, which ended more than {Days} days ago.", part, retention.Days);
        return true;
    }

    /// <summary>
    /// Appends the entry with the hash, and stores the number. The number itself is not public: a reader who knows the heartbeats of the
    /// fixed devices could subtract them and learn those of the mobile ones.
    /// </summary>
    private async Task RecordAsync(LedgerTransaction ledger, DroppedHeartbeats dropped)
    {
        var entry = await ledger.AppendAsync(
            LedgerKinds.HeartbeatsPurged,
            Attribution.Registry,
            new
            {
                part = dropped.Part,
                keptDays = retention.Days,
                dropped.Sha256,
            }
        );
        await ledger.ExecuteAsync(
            "insert into registry.dropped_heartbeats (entry, part, beats, salt) values (@entry, @Part, @Beats, @Salt)",
            new
            {
                entry,
                dropped.Part,
                dropped.Beats,
                dropped.Salt,
            }
        );
    }
}

/// <summary>For how many whole days single heartbeats are stored. The states of each device, derived from them, stay.</summary>
public sealed record HeartbeatRetention(int Days)
{
    /// <summary>Long enough to answer a question about last month.</summary>
    public const int DefaultDays = 31;
}

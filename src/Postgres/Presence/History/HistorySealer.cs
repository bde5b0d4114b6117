using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Presence.History;

/// <summary>Seals the days of the history that are over: appends a digest of them to the ledger.</summary>
public sealed class HistorySealer(NpgsqlDataSource database, TimeProvider time, ILogger<HistorySealer> logger)
    : IPeriodicTask,
        IHistorySealer
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    public TimeSpan Interval => Every;

    public Task RunOnceAsync(CancellationToken cancellationToken) => SealAsync(cancellationToken);

    // What is not sealed now is sealed by the next run, with what came since.
    public void OnFailed(Exception failure) =>
        logger.LogWarning(failure, "The history could not be sealed; the next attempt is in an hour.");

    public async Task<DateTimeOffset?> SealAsync(CancellationToken cancellationToken)
    {
        var until = (time.GetUtcNow() - IHistorySealer.SealedAfter).UtcDateTime.Date;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "select pg_advisory_xact_lock(@SealHistory)",
                new { AdvisoryLocks.SealHistory },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var previous = await HistoryDigests.LastAsync(connection, cancellationToken);
        if (previous is not null && previous.Until >= until)
            return previous.Until;
        var lastObservation = await LastObservationAsync(cancellationToken);
        // The first sealed day is the first that the registry observed. That does not depend on any device.
        if (previous is null && !await IsObservedBeforeAsync(connection, until, cancellationToken))
            return null;
        var digest = new HistoryDigest(
            Entry: 0,
            Since: previous?.Until,
            Until: until,
            After: previous?.Last ?? long.MinValue,
            Last: lastObservation,
            Beats: 0,
            Salt: RandomNumberGenerator.GetBytes(HistoryDigest.SaltBytes),
            ActsAfter: previous?.ActsLast ?? long.MinValue,
            ActsLast: Math.Max(previous?.ActsLast ?? 0, await LastActAsync(cancellationToken)),
            WatchAfter: previous?.WatchLast ?? long.MinValue,
            WatchLast: await LastObservedPeriodAsync(connection, cancellationToken),
            ReadingsAfter: previous?.ReadingsLast ?? long.MinValue,
            // Never lower than before, even when rows were deleted: the verifier names them, and the days go on being sealed.
            ReadingsLast: Math.Max(previous?.ReadingsLast ?? 0, await LastReadingAsync(cancellationToken))
        );
        digest = digest with { Beats = await HistoryDigests.CountHeartbeatsAsync(connection, digest, cancellationToken) };
        var sha256 = await HistoryDigests.ComputeAsync(connection, digest, cancellationToken);
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, time.GetUtcNow(), cancellationToken);
        var entry = await RecordAsync(ledger, digest, sha256);
        await transaction.CommitDurablyAsync();
        logger.LogInformation(
            "The history of devices until {Until} was sealed in entry {Entry} of the ledger.",
            LedgerEntry.FormatTime(until),
            entry
        );
        return until;
    }

    private static async Task<long> RecordAsync(LedgerTransaction ledger, HistoryDigest digest, string sha256)
    {
        var entry = await ledger.AppendAsync(
            LedgerKinds.HistoryDigest,
            Attribution.Registry,
            new
            {
                since = digest.Since is { } since ? LedgerEntry.FormatTime(since) : null,
                until = LedgerEntry.FormatTime(digest.Until),
                sha256,
            }
        );
        await ledger.ExecuteAsync(
            """
            insert into registry.history_digest
                (entry, since, until, after, last, beats, salt, acts_after, acts_last, watch_after, watch_last,
                readings_after, readings_last)
            values (@entry, @Since, @Until, @After, @Last, @Beats, @Salt, @ActsAfter, @ActsLast, @WatchAfter, @WatchLast,
                @ReadingsAfter, @ReadingsLast)
            """,
            new
            {
                entry,
                digest.Since,
                digest.Until,
                digest.After,
                digest.Last,
                digest.Beats,
                digest.Salt,
                digest.ActsAfter,
                digest.ActsLast,
                digest.WatchAfter,
                digest.WatchLast,
                digest.ReadingsAfter,
                digest.ReadingsLast,
            }
        );
        return entry;
    }

    /// <summary>
    /// Returns the number of the newest state change: each writer holds a share lock on its partition's owner row until its transaction
    /// ends, and this method locks all those rows.
    /// </summary>
    private Task<long> LastObservationAsync(CancellationToken cancellationToken) =>
        LastNumberAsync(
            (connection, transaction) =>
                connection.ExecuteAsync(
                    new CommandDefinition(
                        "select from registry.partition_owner order by part for update",
                        transaction: transaction,
                        cancellationToken: cancellationToken
                    )
                ),
            "select coalesce(max(id), 0) from registry.observation",
            cancellationToken
        );

    /// <summary>
    /// Returns the number of the newest act on a mobile device: a transaction that writes an act locks the ledger's head until it ends, and
    /// so does this method.
    /// </summary>
    private Task<long> LastActAsync(CancellationToken cancellationToken) =>
        LastNumberAsync(
            (connection, transaction) => LedgerTransaction.BeginAsync(connection, transaction, time.GetUtcNow(), cancellationToken),
            "select coalesce(max(number), 0) from registry.mobile_act",
            cancellationToken
        );

    /// <summary>
    /// Returns the number of the newest reading of a mobile device: each writer shares a lock, which this method takes alone.
    /// </summary>
    private Task<long> LastReadingAsync(CancellationToken cancellationToken) =>
        LastNumberAsync(
            (connection, transaction) =>
                connection.ExecuteAsync(
                    new CommandDefinition(
                        "select pg_advisory_xact_lock(@Readings)",
                        new { AdvisoryLocks.Readings },
                        transaction,
                        cancellationToken: cancellationToken
                    )
                ),
            "select coalesce(max(id), 0) from registry.reading",
            cancellationToken
        );

    /// <summary>Returns the newest number of a table of which all rows with lower numbers are committed or rolled back.</summary>
    /// <param name="waitForWriters">Takes in the transaction the lock that excludes every writer of the table.</param>
    /// <param name="newest">The query for the number.</param>
    private async Task<long> LastNumberAsync(
        Func<NpgsqlConnection, NpgsqlTransaction, Task> waitForWriters,
        string newest,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await waitForWriters(connection, transaction);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(newest, transaction: transaction, cancellationToken: cancellationToken)
        );
    }

    private static Task<long> LastObservedPeriodAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<long>(
            new CommandDefinition("select coalesce(max(id), 0) from registry.watch", cancellationToken: cancellationToken)
        );

    private static Task<bool> IsObservedBeforeAsync(NpgsqlConnection connection, DateTime until, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "select exists (select from registry.watch where from_at < @until)",
                new { until },
                cancellationToken: cancellationToken
            )
        );
}

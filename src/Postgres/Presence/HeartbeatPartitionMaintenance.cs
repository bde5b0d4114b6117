using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>For how many whole days single heartbeats are kept. What was learnt from them, the states of each unit, stays.</summary>
public sealed record HeartbeatRetention(int Days)
{
    /// <summary>Long enough to answer a question about last month.</summary>
    public const int DefaultDays = 31;
}

/// <summary>How many heartbeats a part of the log had when it was dropped.</summary>
/// <param name="Entry">The entry that has the hash.</param>
/// <param name="Salt">32 random bytes: without them nobody can try out numbers.</param>
internal sealed record DroppedHeartbeats(long Entry, string Part, long Beats, byte[] Salt)
{
    /// <summary>What the entry says, in hexadecimal.</summary>
    public string Sha256 =>
        Convert.ToHexStringLower(
            SHA256.HashData([
                .. Salt,
                .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"dropped\t1\t{Part}\t{Beats}\n")),
            ])
        );
}

/// <summary>
/// Keeps the heartbeat log in days: makes the days ahead, and drops what the retention schedule no longer keeps, with an entry in the
/// ledger that proves how much was dropped, and does not say it.
/// </summary>
public sealed class HeartbeatPartitionMaintenance(
    NpgsqlDataSource database,
    HeartbeatRetention retention,
    TimeProvider time,
    ILogger<HeartbeatPartitionMaintenance> logger
) : BackgroundService
{
    private const int DaysAhead = 2,
        LongestSeconds = 3600;
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>How long after somebody read the log, and its days could not be changed, that is tried again.</summary>
    public static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            timer.Period = Every;
            try
            {
                await KeepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                timer.Period = BeforeTryingAgain; // Quietly: somebody reads the log, and heartbeats go before its days.
            }
            catch (Exception failure)
            {
                // There are days ahead: the next hour tries again.
                logger.LogWarning(failure, "The days of the heartbeat log could not be kept; tried again in an hour.");
            }
        } while (
            await timer
                .WaitForNextTickAsync(stoppingToken)
                .AsTask()
                .ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default)
        );
    }

    /// <summary>
    /// Makes the days ahead and drops the days that are over, each by itself: what takes long, the count and the way to the ledger's head,
    /// comes
    /// before the moment in which nobody can write.
    /// </summary>
    /// <exception cref="PostgresException">Somebody reads the log, and its days cannot be changed for now (<see
    /// cref="PostgresErrorCodes.LockNotAvailable"/>).</exception>
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

    private async Task<bool> DropAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (
            await connection.QuerySingleOrDefaultAsync<(string Part, long Beats)?>(
                new CommandDefinition(
                    "select part, beats from registry.end_heartbeat_day(@Days)",
                    new { retention.Days },
                    transaction,
                    LongestSeconds,
                    cancellationToken: cancellationToken
                )
            )
            is not var (part, beats)
        )
            return false;
        var append = await LedgerTransaction.BeginAsync(connection, transaction, time.GetUtcNow(), cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "select registry.drop_heartbeat_day(@part, @Days)",
                new { part, retention.Days },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        // How many there were of all units is not public: whoever knows the fixed ones could subtract them.
        var gone = new DroppedHeartbeats(0, part, beats, RandomNumberGenerator.GetBytes(32));
        var entry = await append.EntryAsync(
            "heartbeats-purged",
            Attribution.Registry,
            new
            {
                part,
                keptDays = retention.Days,
                gone.Sha256,
            }
        );
        await connection.ExecuteAsync(
            new CommandDefinition(
                "insert into registry.dropped_heartbeats (entry, part, beats, salt) values (@entry, @Part, @Beats, @Salt)",
                new
                {
                    entry,
                    gone.Part,
                    gone.Beats,
                    gone.Salt,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
        logger.LogInformation("Dropped {Part} of the heartbeat log, which ended more than {Days} days ago.", part, retention.Days);
        return true;
    }
}

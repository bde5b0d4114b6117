using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>The machine's clock was set: from what it would have said to what it says.</summary>
public sealed record ClockStep(DateTimeOffset From, DateTimeOffset To);

/// <summary>
/// Holds the machine's clock against the steady one, and enters it in the ledger when it was set. Everything is told by that clock; whoever
/// reads the history must be able to know when it jumped, and what was then written into days that were over.
/// </summary>
public sealed class ClockStepDetector(NpgsqlDataSource database, TimeProvider time, ILogger<ClockStepDetector> logger) : BackgroundService
{
    /// <summary>What a clock is moved by less than this is a correction, and no step.</summary>
    public static readonly TimeSpan MinStep = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private (DateTimeOffset Wall, long Steady) _before = (time.GetUtcNow(), time.GetTimestamp());
    private bool _hasLooked;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // What could not be entered is entered at the next look.
                logger.LogDebug(failure, "The clock could not be looked at.");
            }
        } while (
            await timer
                .WaitForNextTickAsync(stoppingToken)
                .AsTask()
                .ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default)
        );
    }

    /// <summary>Looks at the clock; at the first look, also whether it stands before what was last written.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!_hasLooked && await LastKnownAsync(cancellationToken) is { } last && last - _before.Wall >= MinStep)
            await EnterAsync(new ClockStep(last, _before.Wall), cancellationToken);
        _hasLooked = true;
        var (wall, steady) = (time.GetUtcNow(), time.GetTimestamp());
        var expected = _before.Wall + time.GetElapsedTime(_before.Steady, steady);
        // Whatever was written since the last look was written after the step at the earliest, which may have been right then.
        if ((wall - expected).Duration() >= MinStep)
            await EnterAsync(new ClockStep(_before.Wall, _before.Wall + (wall - expected)), cancellationToken);
        _before = (wall, steady);
    }

    private async Task<DateTimeOffset?> LastKnownAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
            await connection.ExecuteScalarAsync<DateTime?>(
                new CommandDefinition("select max(to_at) from registry.watch", cancellationToken: cancellationToken)
            )
                is { } at
            ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc))
            : null;
    }

    private async Task EnterAsync(ClockStep step, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var append = await LedgerTransaction.BeginAsync(connection, transaction, time.GetUtcNow(), cancellationToken);
        await append.EntryAsync(
            "clock-stepped",
            Attribution.Registry,
            new { from = LedgerEntry.Time(step.From), to = LedgerEntry.Time(step.To) }
        );
        await transaction.CommitAsync(cancellationToken);
        logger.LogWarning(
            "The machine's clock was set from {From} to {To}. It is in the ledger; what units do is judged by the steady clock.",
            LedgerEntry.Time(step.From),
            LedgerEntry.Time(step.To)
        );
    }
}

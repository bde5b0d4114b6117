using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>
/// Compares the machine's clock with the monotonic one and records in the ledger when the clock was set. All recorded times come from that
/// clock: a reader of the history must know when it jumped, and which rows were then written into days that were over.
/// </summary>
public sealed class ClockStepDetector(NpgsqlDataSource database, TimeProvider time, ILogger<ClockStepDetector> logger) : IPeriodicTask
{
    /// <summary>The smallest difference that counts as a step; less is a correction.</summary>
    public static readonly TimeSpan MinStep = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private DateTimeOffset _previousTime = time.GetUtcNow();
    private long _previousTimestamp = time.GetTimestamp();
    private bool _hasLooked;

    public TimeSpan Interval => Every;

    public Task RunOnceAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    // A step that could not be recorded is recorded by the next run.
    public void OnFailed(Exception failure) => logger.LogDebug(failure, "The clocks could not be compared; the next run tries again.");

    /// <summary>
    /// Compares the clocks with those of the previous call, and records a step. The first call also compares the clock with the last time
    /// that the registry recorded, which finds a step while it was not running.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!_hasLooked && await LastRecordedAsync(cancellationToken) is { } last && last - _previousTime >= MinStep)
            await RecordAsync(new ClockStep(last, _previousTime), cancellationToken);
        _hasLooked = true;
        var now = time.GetUtcNow();
        var timestamp = time.GetTimestamp();
        var step = now - (_previousTime + time.GetElapsedTime(_previousTimestamp, timestamp));
        // The step may have happened right after the previous call. Its times are reckoned from there, so that every row since is covered.
        if (step.Duration() >= MinStep)
            await RecordAsync(new ClockStep(_previousTime, _previousTime + step), cancellationToken);
        _previousTime = now;
        _previousTimestamp = timestamp;
    }

    private async Task<DateTimeOffset?> LastRecordedAsync(CancellationToken cancellationToken)
    {
        var at = await database.ScalarAsync<DateTime?>("select max(to_at) from registry.watch", null, cancellationToken);
        return at is { } last ? new DateTimeOffset(DateTime.SpecifyKind(last, DateTimeKind.Utc)) : null;
    }

    private async Task RecordAsync(ClockStep step, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, time.GetUtcNow(), cancellationToken);
        await ledger.AppendAsync(
            LedgerKinds.ClockStepped,
            Attribution.Registry,
            new { from = LedgerEntry.FormatTime(step.From), to = LedgerEntry.FormatTime(step.To) }
        );
        await transaction.CommitDurablyAsync();
        logger.LogWarning(
            "The machine's clock was set from {From} to {To}. The ledger records it. Timeouts of devices use the monotonic clock.",
            LedgerEntry.FormatTime(step.From),
            LedgerEntry.FormatTime(step.To)
        );
    }
}

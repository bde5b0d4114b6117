using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>The drills that were held, in the register of the city that the backup is of.</summary>
public sealed class DrillRegister(NpgsqlDataSource database)
{
    /// <summary>Records a drill.</summary>
    /// <param name="backup">The SHA-256 of the backup's manifest.</param>
    /// <param name="madeAt">When the backup was made.</param>
    /// <param name="entries">The number of ledger entries in the backup.</param>
    /// <param name="holds">Whether everything in it holds.</param>
    public async Task RecordAsync(
        string backup,
        DateTimeOffset madeAt,
        long entries,
        bool holds,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await LedgerTransaction.RunAsync<object>(
            database,
            now,
            async ledger =>
            {
                var entry = await ledger.AppendAsync(
                    LedgerKinds.BackupDrilled,
                    new Attribution("operator"),
                    new
                    {
                        backup,
                        madeAt = LedgerEntry.FormatTime(madeAt),
                        entries,
                        holds,
                    }
                );
                await ledger.ExecuteAsync(
                    "insert into registry.drill (entry, at, holds) values (@entry, @at, @holds)",
                    new
                    {
                        entry,
                        at = ledger.At.UtcDateTime,
                        holds,
                    }
                );
                return LedgerTransaction.Done;
            },
            cancellationToken
        );

    /// <summary>The last drill in which everything held; null when there was none.</summary>
    public async Task<DateTimeOffset?> LastAsync(CancellationToken cancellationToken) =>
        await database.ScalarAsync<DateTime?>("select max(at) from registry.drill where holds", null, cancellationToken) is { } at
            ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc))
            : null;
}

using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Postgres.Presence.History;

/// <summary>The register of the periods during which the registry observed devices, in a table.</summary>
public sealed class ObservedPeriodRegister(NpgsqlDataSource database) : IObservedPeriodRegister
{
    /// <summary>A slower answer counts as an outage of the database, and ends the period.</summary>
    private const int TimeoutSeconds = 2;

    public async Task<long> BeginAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        using var standby = StandbyConfirmation.Watch(connection);
        var period = await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(
                "insert into registry.watch (from_at, to_at) values (@at, @at) returning id",
                new { at = at.UtcDateTime },
                commandTimeout: TimeoutSeconds,
                cancellationToken: cancellationToken
            )
        );
        RequireStandby(standby);
        return period;
    }

    public async Task ExtendAsync(long period, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        using var standby = StandbyConfirmation.Watch(connection);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "update registry.watch set to_at = greatest(to_at, @at) where id = @period",
                new { period, at = at.UtcDateTime },
                commandTimeout: TimeoutSeconds,
                cancellationToken: cancellationToken
            )
        );
        RequireStandby(standby);
    }

    /// <summary>A period whose wait for the standby timed out was not observed: heartbeats waited as long.</summary>
    private static void RequireStandby(StandbyConfirmation standby)
    {
        if (standby.WasCancelled)
            throw new TimeoutException($"The standby did not confirm within {TimeoutSeconds} s.");
    }

    public async Task<ObservationGap?> FindGapAsync(DateTimeOffset at, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (until, again) = await connection.QuerySingleAsync<(DateTime? Until, DateTime? Again)>(
            new CommandDefinition(
                """
                select
                    (select max(to_at) from registry.watch where from_at <= @at),
                    (select min(from_at) from registry.watch where from_at > @at)
                """,
                new { at = at.UtcDateTime },
                cancellationToken: cancellationToken
            )
        );
        return ObservationGap.At(at, Instant(until), Instant(again), now);

        static DateTimeOffset? Instant(DateTime? utc) => utc is { } known ? new DateTimeOffset(known, TimeSpan.Zero) : null;
    }
}

using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>When the registry was able to see, in a table.</summary>
public sealed class ObservedPeriodRegister(NpgsqlDataSource database) : IObservedPeriodRegister
{
    private const int LongestSeconds = 2;

    public async Task<long> BeginAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(
                "insert into registry.watch (from_at, to_at) values (@at, @at) returning id",
                new { at = at.UtcDateTime },
                commandTimeout: LongestSeconds,
                cancellationToken: cancellationToken
            )
        );
    }

    public async Task ExtendAsync(long period, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "update registry.watch set to_at = greatest(to_at, @at) where id = @period",
                new { period, at = at.UtcDateTime },
                commandTimeout: LongestSeconds,
                cancellationToken: cancellationToken
            )
        );
    }
}

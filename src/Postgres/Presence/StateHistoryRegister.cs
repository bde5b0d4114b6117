using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>What devices were doing, drawn from the changes of what was known of them and from when the registry could see.</summary>
public sealed class StateHistoryRegister(NpgsqlDataSource database, TimeProvider time) : IStateHistoryRegister
{
    public async Task<StateHistory> FindAsync(string deviceId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        to = to - from > IStateHistoryRegister.MaxSpan ? from + IStateHistoryRegister.MaxSpan : to;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var values = new
        {
            deviceId,
            from = from.UtcDateTime,
            to = to.UtcDateTime,
        };
        var changes = await connection.QueryAsync<(DateTime At, string Body)>(
            new CommandDefinition(
                """
                (select at, body::text, id from registry.observation where device = @deviceId and at <= @from order by id desc limit 1)
                union all (select at, body::text, id from registry.observation where device = @deviceId and at > @from and at < @to order by id limit 100000)
                order by id
                """,
                values,
                cancellationToken: cancellationToken
            )
        );
        var watch = await connection.QueryAsync<(DateTime From, DateTime To)>(
            new CommandDefinition(
                "select from_at, to_at from registry.watch where to_at >= @from and from_at <= @to order by from_at limit 100000",
                values,
                cancellationToken: cancellationToken
            )
        );
        return StateHistory.Create(
            [.. changes.Select(change => new StateChange(change.At, JsonRow.Value<DeviceObservation>(change.Body)))],
            [.. watch.Select(period => new ObservedPeriod(period.From, period.To))],
            from,
            to,
            time.GetUtcNow()
        );
    }
}

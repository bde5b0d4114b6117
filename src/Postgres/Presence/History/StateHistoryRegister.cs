using Npgsql;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Postgres.Presence.History;

/// <summary>Reads the history of a device from its state changes and from the periods that the registry observed.</summary>
public sealed class StateHistoryRegister(NpgsqlDataSource database, TimeProvider time) : IStateHistoryRegister
{
    /// <summary>The most rows of one answer, so that a request cannot exhaust the memory.</summary>
    private const string MaxRows = "100000";

    public async Task<StateHistory> FindAsync(string deviceId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        to = to - from > IStateHistoryRegister.MaxSpan ? from + IStateHistoryRegister.MaxSpan : to;
        var values = new
        {
            deviceId,
            from = from.UtcDateTime,
            to = to.UtcDateTime,
        };
        var changes = await database.QueryAsync<(DateTime At, string Body)>(
            $"""
            (
                select at, body::text, id from registry.observation
                where device = @deviceId and at <= @from
                order by id desc
                limit 1
            )
            union all
            (
                select at, body::text, id from registry.observation
                where device = @deviceId and at > @from and at < @to
                order by id
                limit {MaxRows}
            )
            order by id
            """,
            values,
            cancellationToken
        );
        var periods = await database.QueryAsync<(DateTime From, DateTime To)>(
            $"""
            select from_at, to_at from registry.watch
            where to_at >= @from and from_at <= @to
            order by from_at
            limit {MaxRows}
            """,
            values,
            cancellationToken
        );
        return StateHistory.Create(
            [.. changes.Select(change => new StateChange(change.At, JsonRow.Value<DeviceObservation>(change.Body)))],
            [.. periods.Select(period => new ObservedPeriod(period.From, period.To))],
            from,
            to,
            time.GetUtcNow()
        );
    }
}

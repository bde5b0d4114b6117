using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Postgres.Registers;

/// <summary>What was at the places: devices as the ledger has them, fleets in their versions.</summary>
public sealed class PlaceUses(NpgsqlDataSource database) : IPlaceUses
{
    /// <summary>After how many seconds a question is given up: any reader may ask it.</summary>
    private const int TimeoutSeconds = 10;

    /// <summary>
    /// Looked at are the devices that are at the places and those that an entry named there. A device that was never changed is as its row
    /// says; of any other the last entry by then is read. An entry of an older version that does not say the place leaves the device out.
    /// </summary>
    internal static readonly string Devices = $"""
        select said->>'place', id
        from (
            select device.id, case
                when version = 1 then device.body
                when changed.body is not null then changed.body
                when kind = '{LedgerKinds.DeviceRegistered}' then (select convert_from(bytes, 'UTF8')::jsonb->'body'->'registered')
            end as said
            from registry.device
                join registry.ledger_entry on index = entry and at <= @then
                left join lateral (
                    select coalesce(written->'registered', written) as body
                    from registry.ledger_entry change
                        cross join lateral (select convert_from(change.bytes, 'UTF8')::jsonb->'body' as written) one
                    where version > 1 and change.kind = '{LedgerKinds.DeviceChanged}' and registry.device_of(change.bytes) = device.id
                        and change.at <= @then
                    order by change.index desc
                    limit 1
                ) changed on true
            where place is not null and device.id in (
                select id from registry.device where place = any(@places)
                union
                select coalesce(registered->>'id', written->>'id')
                from registry.ledger_entry
                    cross join lateral (select convert_from(bytes, 'UTF8')::jsonb->'body' as written) one
                    cross join lateral (select written->'registered' as registered) two
                where kind in ('{LedgerKinds.DeviceRegistered}', '{LedgerKinds.DeviceChanged}') and registry.place_of(bytes) = any(@places)
                    and at <= @then
            )
        ) known
        where said->>'place' = any(@places) and said->>'lifecycle' <> 'removed'
        """;

    private const string Fleets = """
        select place, id
        from (
            select distinct on (id) id, body
            from registry.inventory_version
            where register = 'fleet' and holds_from <= @asOf and recorded_at <= @knownAt
            order by id, version desc
        ) known
        cross join jsonb_array_elements_text(body->'places') place
        where place = any(@places) and coalesce(body->>'retired', 'false') <> 'true'
        """;

    public Task<ILookup<string, string>> DevicesByPlaceAsync(
        IReadOnlyCollection<string> places,
        DateTimeOffset then,
        CancellationToken cancellationToken
    ) => ReadAsync(Devices, new { places = places.ToArray(), then = then.UtcDateTime }, cancellationToken);

    public Task<ILookup<string, string>> FleetsByPlaceAsync(
        IReadOnlyCollection<string> places,
        RegisterPoint point,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(point);
        var values = new
        {
            places = places.ToArray(),
            asOf = point.AsOf.UtcDateTime,
            knownAt = point.KnownAt.UtcDateTime,
        };
        return ReadAsync(Fleets, values, cancellationToken);
    }

    private async Task<ILookup<string, string>> ReadAsync(string sql, object values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Place, string Id)>(
            new CommandDefinition(sql, values, commandTimeout: TimeoutSeconds, cancellationToken: cancellationToken)
        );
        return rows.OrderBy(row => row.Id, StringComparer.Ordinal).ToLookup(row => row.Place, row => row.Id, StringComparer.Ordinal);
    }
}

using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Postgres.Registers;

/// <summary>What was at the places: devices as the ledger has them, fleets in their versions.</summary>
public sealed class PlaceUses(NpgsqlDataSource database) : IPlaceUses
{
    /// <summary>
    /// A device that was never changed is as its row says. Of any other the last entry by then is read. An entry of an older version that
    /// does not say the place leaves the device out.
    /// </summary>
    private const string Devices = """
        with changed as (
            select distinct on (id) id, body
            from (
                select index, written->>'id' as id, coalesce(written->'registered', written) as body
                from registry.ledger_entry
                    cross join lateral (select convert_from(bytes, 'UTF8')::jsonb->'body' as written) one
                where kind = @changed and at <= @then
            ) change
            order by id, index desc
        )
        select said->>'place', id
        from (
            select device.id, case
                when version = 1 then device.body
                when changed.id is not null then changed.body
                when kind = @registered then (select convert_from(bytes, 'UTF8')::jsonb->'body'->'registered')
            end as said
            from registry.device
                join registry.ledger_entry on index = entry and at <= @then
                left join changed on changed.id = device.id
            where place is not null
        ) known
        where said->>'place' is not null and said->>'lifecycle' <> 'removed'
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
        where coalesce(body->>'retired', 'false') <> 'true'
        """;

    public Task<ILookup<string, string>> DevicesByPlaceAsync(DateTimeOffset then, CancellationToken cancellationToken) =>
        ReadAsync(
            Devices,
            new
            {
                then = then.UtcDateTime,
                changed = LedgerKinds.DeviceChanged,
                registered = LedgerKinds.DeviceRegistered,
            },
            cancellationToken
        );

    public Task<ILookup<string, string>> FleetsByPlaceAsync(RegisterPoint point, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(point);
        return ReadAsync(Fleets, new { asOf = point.AsOf.UtcDateTime, knownAt = point.KnownAt.UtcDateTime }, cancellationToken);
    }

    private async Task<ILookup<string, string>> ReadAsync(string sql, object values, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Place, string Id)>(sql, values, cancellationToken);
        return rows.OrderBy(row => row.Id, StringComparer.Ordinal).ToLookup(row => row.Place, row => row.Id, StringComparer.Ordinal);
    }
}

using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Registers;

namespace SurveillanceRegistry.Postgres.Places;

/// <summary>The places that fleets work from, and what a notice says of the fleets there.</summary>
public sealed class FleetBaseRegister(NpgsqlDataSource database) : IFleetBaseRegister
{
    public async Task<ImmutableArray<FleetBase>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Fleet, string Department, string[] Places)>(
            "select id, department, places from registry.fleet_base where department is not null order by id",
            null,
            cancellationToken
        );
        return [.. rows.Select(row => new FleetBase(row.Fleet, row.Department, [.. row.Places]))];
    }

    public async Task<ImmutableArray<PlaceFleet>> FindAsync(string place, DateTimeOffset then, CancellationToken cancellationToken)
    {
        var fleets = await database.BodiesAsync<Fleet>(
            """
            select body::text from registry.fleet_base
            where places @> array[@place] and coalesce(body->>'retired', 'false') <> 'true'
            """,
            new { place },
            cancellationToken
        );
        return fleets.IsEmpty ? [] : await DescribeAsync(fleets, then, cancellationToken);
    }

    public Task<ImmutableArray<PlaceFleet>> DescribeAsync(Fleet fleet, DateTimeOffset then, CancellationToken cancellationToken) =>
        DescribeAsync([fleet], then, cancellationToken);

    public Task<Outcome<FleetBase>> SetAsync(
        FleetBase fleet,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return LedgerTransaction.RunAsync(
            database,
            at,
            ledger => FleetRows.Register.BaseAsync(ledger, fleet, by, reason),
            cancellationToken
        );
    }

    private async Task<ImmutableArray<PlaceFleet>> DescribeAsync(
        ImmutableArray<Fleet> described,
        DateTimeOffset then,
        CancellationToken cancellationToken
    )
    {
        var fleets = described.Select(fleet => fleet.Id).ToArray();
        var named = await database.QueryAsync<(string Fleet, string Technology)>(
            "select id, technology from registry.fleet where id = any(@fleets)",
            new { fleets },
            cancellationToken
        );
        // Of each device the act by which it was last registered or changed, and the captures that it had named by then.
        var known = await database.QueryAsync<(string Fleet, string Kind, string Department, string Capture)>(
            """
            select distinct fleet, kind, department, capture
            from (
                select distinct on (device) device, fleet, kind, department, lifecycle, body->'sensors' as sensors
                from registry.mobile_act
                where at <= @then and body ? 'sensors'
                    and device in (select device from registry.mobile_act where fleet = any(@fleets))
                order by device, number desc
            ) unit
            left join lateral (
                select body->'beyond' as named from registry.observation
                where observation.device = unit.device and at <= @then
                order by at desc limit 1
            ) last on true
            cross join jsonb_array_elements_text(sensors || coalesce(nullif(named, 'null'), '[]')) capture
            where lifecycle <> 'removed' and fleet = any(@fleets)
            """,
            new { then = then.UtcDateTime, fleets },
            cancellationToken
        );
        var byId = described.ToDictionary(fleet => fleet.Id, StringComparer.Ordinal);
        return PlaceFleet.Join(
            named.Select(fleet => Of(fleet.Fleet, fleet.Technology, byId[fleet.Fleet].Department, [])),
            known.Select(unit =>
                Of(unit.Fleet, DeviceKind.Find(unit.Kind)!.Technology, unit.Department, [JsonRow.Word<Capture>(unit.Capture)])
            )
        );

        PlaceFleet Of(string id, string technology, string? department, ImmutableArray<Capture> captures) =>
            new(id, technology, department ?? "", captures) { Name = byId[id].Name };
    }
}

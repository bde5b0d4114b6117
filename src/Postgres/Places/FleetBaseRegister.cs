using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Places;

/// <summary>The places that fleets work from, in a table; each change has a ledger entry.</summary>
public sealed class FleetBaseRegister(NpgsqlDataSource database) : IFleetBaseRegister
{
    public async Task<ImmutableArray<FleetBase>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Fleet, string Department, string[] Places)>(
            "select fleet, department, places from registry.fleet_base order by fleet",
            null,
            cancellationToken
        );
        return [.. rows.Select(row => new FleetBase(row.Fleet, row.Department, [.. row.Places]))];
    }

    public async Task<ImmutableArray<PlaceFleet>> FindAsync(string place, DateTimeOffset then, CancellationToken cancellationToken)
    {
        var named = await database.QueryAsync<(string Fleet, string Technology, string Department)>(
            """
            select fleet, technology, department
            from registry.fleet_base join registry.fleet on id = fleet
            where places @> array[@place]
            """,
            new { place },
            cancellationToken
        );
        if (named.Length == 0)
            return [];
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
            new { then = then.UtcDateTime, fleets = named.Select(fleet => fleet.Fleet).ToArray() },
            cancellationToken
        );
        return PlaceFleet.Join(
            named.Select(fleet => new PlaceFleet(fleet.Fleet, fleet.Technology, fleet.Department, [])),
            known.Select(unit => new PlaceFleet(
                unit.Fleet,
                DeviceKind.Find(unit.Kind)!.Technology,
                unit.Department,
                [JsonRow.Word<Capture>(unit.Capture)]
            ))
        );
    }

    public Task<Outcome<FleetBase>> SetAsync(
        FleetBase fleet,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return LedgerTransaction.RunAsync(database, at, ledger => SetAsync(ledger, fleet, by, reason), cancellationToken);
    }

    /// <summary>Records the places of a fleet within a transaction.</summary>
    /// <param name="reason">Null for the opening, which has none.</param>
    internal static async Task<Outcome<FleetBase>> SetAsync(LedgerTransaction ledger, FleetBase fleet, Attribution by, string? reason)
    {
        var isKnown = await ledger.ScalarAsync<bool>("select exists (select from registry.fleet where id = @Fleet)", new { fleet.Fleet });
        if (!isKnown)
            return new Refusal(RefusalCodes.NotFound, $"No fleet '{fleet.Fleet}' is registered: register a device of it first.", "fleet");
        try
        {
            var entry = await ledger.AppendAsync(
                LedgerKinds.FleetBased,
                by,
                new
                {
                    fleet.Fleet,
                    fleet.Department,
                    fleet.Places,
                    reason,
                }
            );
            await ledger.ExecuteAsync(
                """
                insert into registry.fleet_base (fleet, department, places, entry) values (@Fleet, @Department, @places, @entry)
                on conflict (fleet) do update set department = @Department, places = @places, entry = @entry
                """,
                new
                {
                    fleet.Fleet,
                    fleet.Department,
                    places = fleet.Places.ToArray(),
                    entry,
                }
            );
            return fleet;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return new Refusal(RefusalCodes.Invalid, "A place is not registered: name places that are registered.", "places");
        }
    }
}

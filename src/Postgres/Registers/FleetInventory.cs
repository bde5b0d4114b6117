using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Registers;

/// <summary>The register of fleets with its versions.</summary>
public sealed class FleetInventory(NpgsqlDataSource database) : InventoryRegister<Fleet>(database, FleetRows.Register);

/// <summary>The statements that change the register of fleets.</summary>
internal sealed class FleetRows : InventoryRows<Fleet>
{
    private FleetRows()
        : base("fleet", "fleet_base", LedgerKinds.FleetAdded, LedgerKinds.FleetRevised) { }

    public static FleetRows Register { get; } = new();

    /// <summary>Adds a fleet that a device names first. The entry that names it is that of the device's technology.</summary>
    public async Task NameAsync(LedgerTransaction ledger, string fleet, long entry)
    {
        if (await FindAsync(ledger, fleet) is not null)
            return;
        var named = Fleet.Named(fleet);
        await AddAsync(ledger, named, entry);
        await AddVersionAsync(ledger, named, 1, entry, null);
    }

    /// <summary>Records the department and the places that a file states of a fleet.</summary>
    /// <param name="reason">Null for the opening, which has none.</param>
    public async Task<Outcome<FleetBase>> BaseAsync(LedgerTransaction ledger, FleetBase stated, Attribution by, string? reason)
    {
        if (await FindAsync(ledger, stated.Fleet) is not { } found)
            return new Refusal(RefusalCodes.NotFound, $"No fleet '{stated.Fleet}' is registered: register a device of it first.", "fleet");
        if (found.Value.IsRetired)
            return new Refusal(RefusalCodes.Invalid, $"Fleet '{stated.Fleet}' is retired: bring it back first.", "fleet");
        var after = found.Value with { Department = stated.Department, Places = stated.Places };
        if (await CheckAsync(ledger, found.Value, after) is { IsEmpty: false } refusals)
            return refusals;
        var entry = await ledger.AppendAsync(
            LedgerKinds.FleetBased,
            by,
            new
            {
                stated.Fleet,
                stated.Department,
                stated.Places,
                reason,
            }
        );
        await UpdateAsync(ledger, after);
        await AddVersionAsync(ledger, after, found.Version + 1, entry, null);
        return stated;
    }

    public override string IdOf(Fleet value) => value.Id;

    protected override async Task<ImmutableArray<Refusal>> CheckAsync(LedgerTransaction ledger, Fleet? before, Fleet after)
    {
        if (!after.IsRetired)
            return await CheckPlacesAsync(ledger, after.Places);
        if (before is null or { IsRetired: true })
            return [];
        var devices = await ledger.ScalarAsync<int>(
            "select count(*)::int from registry.device where fleet = @Id and body->>'lifecycle' <> 'removed'",
            new { after.Id }
        );
        var publicDevices = await ledger.ScalarAsync<int>(
            """
            select count(*)::int
            from (
                select distinct on (device) fleet, lifecycle
                from registry.mobile_act
                where at <= @then and device in (select device from registry.mobile_act where fleet = @Id)
                order by device, number desc
            ) unit
            where fleet = @Id and lifecycle <> 'removed'
            """,
            new { after.Id, then = (ledger.At - PlaceFleet.Delay).UtcDateTime }
        );
        return FleetRegistration.CheckRetirement(after.Id, devices, publicDevices) is { } refusal ? [refusal] : [];
    }

    protected override Task AddAsync(LedgerTransaction ledger, Fleet value, long entry) =>
        ledger.ExecuteAsync(
            """
            insert into registry.fleet_base (id, department, places, body, entry)
            values (@Id, @Department, @places, @body::jsonb, @entry)
            """,
            new
            {
                value.Id,
                value.Department,
                places = value.Places.ToArray(),
                body = JsonRow.Body(value),
                entry,
            }
        );

    protected override Task UpdateAsync(LedgerTransaction ledger, Fleet value) =>
        ledger.ExecuteAsync(
            """
            update registry.fleet_base
            set department = @Department, places = @places, body = @body::jsonb, version = version + 1
            where id = @Id
            """,
            new
            {
                value.Id,
                value.Department,
                places = value.Places.ToArray(),
                body = JsonRow.Body(value),
            }
        );

    protected override object Details(Fleet value, int version, string? reason, DateTimeOffset? since) =>
        new
        {
            value.Id,
            version,
            since = Format(since),
            reason,
            registered = value,
        };

    private static async Task<ImmutableArray<Refusal>> CheckPlacesAsync(LedgerTransaction ledger, ImmutableArray<string> places)
    {
        var known = (
            await ledger.QueryAsync<(string Id, bool IsRetired)>(
                "select id, coalesce(body->>'retired', 'false') = 'true' from registry.place where id = any(@places)",
                new { places = places.ToArray() }
            )
        ).ToDictionary(place => place.Id, place => place.IsRetired, StringComparer.Ordinal);
        return
        [
            .. places
                .Where(place => known.GetValueOrDefault(place, true))
                .Select(place => new Refusal(
                    RefusalCodes.Invalid,
                    known.ContainsKey(place)
                        ? $"Place '{place}' is retired: bring it back first, or name another."
                        : $"There is no place '{place}': name one that is registered.",
                    "places"
                )),
        ];
    }
}

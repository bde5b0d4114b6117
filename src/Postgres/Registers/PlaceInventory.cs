using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Registers;

/// <summary>The register of places with its versions.</summary>
public sealed class PlaceInventory(NpgsqlDataSource database) : InventoryRegister<Place>(database, PlaceRows.Register);

/// <summary>The statements that change the register of places.</summary>
internal sealed class PlaceRows : InventoryRows<Place>
{
    private PlaceRows()
        : base("place", "place", LedgerKinds.PlaceRegistered, LedgerKinds.PlaceChanged) { }

    public static PlaceRows Register { get; } = new();

    public override string IdOf(Place value) => value.Id;

    protected override async Task<ImmutableArray<Refusal>> CheckAsync(LedgerTransaction ledger, Place? before, Place after)
    {
        if (!after.IsRetired || before is null or { IsRetired: true })
            return [];
        var place = after.Id;
        var use = new PlaceUse(
            [
                .. await ledger.QueryAsync<string>(
                    "select id from registry.device where place = @place and body->>'lifecycle' <> 'removed' order by id",
                    new { place }
                ),
            ],
            await WithdrawalRegister.UnconfirmedAtAsync(ledger, place),
            [
                .. await ledger.QueryAsync<string>(
                    "select id from registry.kiosk where place = @place and coalesce(body->>'removed', 'false') <> 'true' order by id",
                    new { place }
                ),
            ],
            [
                .. await ledger.QueryAsync<string>(
                    """
                    select id from registry.fleet_base
                    where places @> array[@place] and coalesce(body->>'retired', 'false') <> 'true'
                    order by id
                    """,
                    new { place }
                ),
            ]
        );
        return PlaceRegistration.CheckRetirement(place, use) is { } refusal ? [refusal] : [];
    }

    protected override Task AddAsync(LedgerTransaction ledger, Place value, long entry) =>
        ledger.ExecuteAsync(
            "insert into registry.place (id, body, entry) values (@Id, @body::jsonb, @entry)",
            new
            {
                value.Id,
                body = JsonRow.Body(value),
                entry,
            }
        );

    protected override Task UpdateAsync(LedgerTransaction ledger, Place value) =>
        ledger.ExecuteAsync(
            "update registry.place set body = @body::jsonb, version = version + 1 where id = @Id",
            new { value.Id, body = JsonRow.Body(value) }
        );

    protected override object Details(Place value, int version, string? reason, DateTimeOffset? since) =>
        reason is null
            ? new { value.Id, registered = value }
            : new
            {
                value.Id,
                version,
                since = Format(since),
                reason,
                registered = value,
            };
}

using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Registers;

/// <summary>The register of kiosks with its versions.</summary>
public sealed class KioskInventory(NpgsqlDataSource database) : InventoryRegister<Kiosk>(database, KioskRows.Register);

/// <summary>The statements that change the register of kiosks.</summary>
internal sealed class KioskRows : InventoryRows<Kiosk>
{
    private KioskRows()
        : base("kiosk", "kiosk", LedgerKinds.KioskRegistered, LedgerKinds.KioskChanged) { }

    public static KioskRows Register { get; } = new();

    public override string IdOf(Kiosk value) => value.Id;

    protected override async Task<ImmutableArray<Refusal>> CheckAsync(LedgerTransaction ledger, Kiosk? before, Kiosk after)
    {
        var isRetired = await ledger.ScalarAsync<bool?>(
            "select coalesce(body->>'retired', 'false') = 'true' from registry.place where id = @Place",
            new { after.Place }
        );
        return isRetired switch
        {
            null => [Refused($"There is no place '{after.Place}': name one that is registered.")],
            true when !after.Removed => [Refused($"Place '{after.Place}' is retired: bring it back first, or name another.")],
            _ => [],
        };

        static Refusal Refused(string sentence) => new(RefusalCodes.Invalid, sentence, "place");
    }

    protected override Task AddAsync(LedgerTransaction ledger, Kiosk value, long entry) =>
        ledger.ExecuteAsync(
            "insert into registry.kiosk (id, place, body, entry) values (@Id, @Place, @body::jsonb, @entry)",
            new
            {
                value.Id,
                value.Place,
                body = JsonRow.Body(value),
                entry,
            }
        );

    protected override Task UpdateAsync(LedgerTransaction ledger, Kiosk value) =>
        ledger.ExecuteAsync(
            "update registry.kiosk set place = @Place, body = @body::jsonb, version = version + 1 where id = @Id",
            new
            {
                value.Id,
                value.Place,
                body = JsonRow.Body(value),
            }
        );

    protected override object Details(Kiosk value, int version, string? reason, DateTimeOffset? since) =>
        reason is null
            ? new
            {
                value.Id,
                value.Place,
                registered = value,
            }
            : new
            {
                value.Id,
                value.Place,
                version,
                since = Format(since),
                reason,
                registered = value,
            };
}

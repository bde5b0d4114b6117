using SurveillanceRegistry.Postgres.Tests.Ledger;

namespace SurveillanceRegistry.Postgres.Tests.Registers;

/// <summary>Alterations of the versions of places, screens and fleets.</summary>
public static class InventoryAlterations
{
    /// <summary>Each alteration, as in <see cref="LedgerSnapshotsTests.Alterations"/>.</summary>
    public static TheoryData<string, string, string?, string> All { get; } =
        new()
        {
            { "update registry.place set version = 1 where id = 'corner'", "place", "version", "corner" },
            { "update registry.place set body = body - 'retired' where id = 'corner'", "place", "body.retired", "corner" },
            {
                "update registry.inventory_version set holds_from = holds_from - interval '1 year' where id = 'corner' and version = 2",
                "inventory_version",
                "holds_from",
                "place corner"
            },
            {
                "update registry.inventory_version set body = body || '{\"name\":\"Elsewhere\"}' where id = 'lobby'",
                "inventory_version",
                "body.name",
                "place lobby"
            },
            { "delete from registry.inventory_version where id = 'kiosk-3' and version = 2", "inventory_version", null, "kiosk kiosk-3" },
            {
                """
                    insert into registry.inventory_version (register, id, version, holds_from, recorded_at, body, entry)
                    select register, id, 9, holds_from, recorded_at, body, entry from registry.inventory_version where id = 'gate'
                    """,
                "inventory_version",
                null,
                "place gate"
            },
            { "update registry.fleet_base set department = 'parks' where id = 'patrol'", "fleet_base", "department", "patrol" },
            {
                "update registry.fleet_base set body = body || '{\"name\":\"Day\"}' where id = 'patrol'",
                "fleet_base",
                "body.name",
                "patrol"
            },
            { "update registry.fleet_base set version = 1 where id = 'spare'", "fleet_base", "version", "spare" },
            { "update registry.fleet_base set body = body - 'retired' where id = 'spare'", "fleet_base", "body.retired", "spare" },
            {
                "update registry.inventory_version set body = body || '{\"places\":[]}' where id = 'patrol' and version = 2",
                "inventory_version",
                "body.places",
                "fleet patrol"
            },
            {
                "update registry.inventory_version set body = body || '{\"department\":\"parks\"}' where id = 'patrol' and version = 1",
                "inventory_version",
                "body.department",
                "fleet patrol"
            },
            { "update registry.listed_name set name = 'Jane Doe'", "listed_name", "name", "" },
            { "delete from registry.listed_name", "listed_name", null, "" },
            { "delete from registry.legal_hold where records = 'security-log'", "legal_hold", null, "" },
            { "update registry.legal_hold set records = 'heartbeats' where records = 'security-log'", "legal_hold", "records", "" },
            {
                "update registry.legal_hold set reference = 'Request 3' where records = 'security-log'",
                "legal_hold",
                "reference, salt",
                ""
            },
            {
                "update registry.legal_hold set released_entry = entry + 2, released_at = placed_at where records = 'security-log'",
                "legal_hold",
                "released_entry",
                ""
            },
            { "update registry.kiosk set version = 2 where id = 'kiosk-3'", "kiosk", "version", "kiosk-3" },
        };
}

using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices.Imports;

/// <summary>Registers many fixed devices in a few statements: one statement for each would take four times as long.</summary>
internal static class DeviceBatch
{
    private const int Devices = 500;

    /// <summary>Registers devices. Returns the refusal of the first that cannot be; null when all are registered.</summary>
    public static async Task<Refusal?> RegisterAsync(
        LedgerTransaction ledger,
        ImmutableArray<Device> devices,
        Attribution by,
        string reason
    )
    {
        foreach (var some in devices.Chunk(Devices))
        {
            if (await RegisterSomeAsync(ledger, some, by, reason) is { } refusal)
                return refusal;
        }

        return null;
    }

    private static async Task<Refusal?> RegisterSomeAsync(LedgerTransaction ledger, Device[] devices, Attribution by, string reason)
    {
        if (await FindRefusalAsync(ledger, devices) is { } refusal)
            return refusal;
        var ids = devices.Select(device => device.Id).ToArray();
        var entries = await ledger.AppendManyAsync(
            LedgerKinds.DeviceRegistered,
            by,
            devices.Select(device => DeviceRows.Details(device, reason))
        );
        try
        {
            // In the order of the entries: device numbers follow it.
            await ledger.ExecuteAsync(
                """
                insert into registry.device (id, place, body, entry)
                select id, place, body::jsonb, entry
                from unnest(@ids, @places, @bodies, @entries) with ordinality one (id, place, body, entry, number)
                order by number
                """,
                new
                {
                    ids,
                    places = devices.Select(device => device.Place).ToArray(),
                    bodies = devices.Select(JsonRow.Body).ToArray(),
                    entries,
                }
            );
            return null;
        }
        catch (PostgresException refused) when (DeviceRows.IsOfValues(refused))
        {
            return DeviceRows.Refused(refused, devices[0]);
        }
    }

    /// <summary>
    /// Returns the refusal of the first device that cannot be registered. It is looked for before, because PostgreSQL refuses a statement
    /// as a whole. The transaction holds the ledger's head, so nothing is registered meanwhile.
    /// </summary>
    private static async Task<Refusal?> FindRefusalAsync(LedgerTransaction ledger, Device[] devices)
    {
        var ids = devices.Select(device => device.Id).ToArray();
        var taken = await ledger.QueryAsync<string>(
            "select id from registry.device where id = any(@ids) union all select id from registry.gateway where id = any(@ids)",
            new { ids }
        );
        if (taken.Length > 0)
            return new Refusal(
                RefusalCodes.Taken,
                $"'{taken[0]}' is registered already: choose another id, or change what is registered.",
                "id"
            );
        var numbers = await ledger.QueryAsync<string>(
            """
            select body->>'assetNumber' from registry.device
            where body->>'assetNumber' = any(@numbers) and body->>'lifecycle' <> 'removed'
            """,
            new { numbers = devices.Select(device => device.AssetNumber).OfType<string>().ToArray() }
        );
        return numbers.Length > 0
            ? new Refusal(
                RefusalCodes.Taken,
                $"Another device that is in use has the asset number '{numbers[0]}': each has a number of its own.",
                "assetNumber"
            )
            : null;
    }
}

using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Registers;

namespace SurveillanceRegistry.Postgres.Policies;

/// <summary>Seeds an empty registry from the files of a city, within one transaction.</summary>
internal static class OpeningRecorder
{
    /// <summary>Records everything: the documents, then places and kiosks, then gateways and devices.</summary>
    public static async Task RecordAsync(LedgerTransaction ledger, Opening opening)
    {
        var files = opening.Files.Select(RecordedFile.From).ToArray();
        var entry = await ledger.AppendAsync(
            LedgerKinds.RegistryOpened,
            Attribution.Registry,
            new { files = files.Select(Details), complete = true }
        );
        foreach (var file in files)
        {
            await ledger.ExecuteAsync(
                "insert into registry.opening_file (entry, name, sha256, salt) values (@entry, @Name, @Sha256, @salt)",
                new
                {
                    entry,
                    file.Name,
                    file.Sha256,
                    salt = file.Salt.IsEmpty ? null : file.Salt.ToArray(),
                }
            );
        }

        await DocumentRecorder.RecordAsync(ledger, Attribution.Registry, [.. opening.Governance.Documents()], change: null);
        foreach (var place in opening.Places)
            await PlaceRows.Register.OpenAsync(ledger, place);
        foreach (var kiosk in opening.Kiosks)
            await KioskRows.Register.OpenAsync(ledger, kiosk);
        foreach (var gateway in opening.Gateways)
        {
            if (!await GatewayRegister.AddAsync(ledger, gateway, Attribution.Registry, reason: null))
                throw new InvalidOperationException($"The gateway '{gateway.Id}' cannot be registered: its id is taken.");
        }

        await DeviceRows.RecordFleetsAsync(ledger, Attribution.Registry, opening.Devices);
        foreach (var device in opening.Devices)
            await InsertAsync(ledger, device);
        foreach (var fleet in opening.FleetBases)
        {
            if (!(await FleetRows.Register.BaseAsync(ledger, fleet, Attribution.Registry, reason: null)).IsDone)
                throw new InvalidOperationException($"The fleet '{fleet.Fleet}' has no device: it works from no place.");
        }
    }

    /// <summary>The salt stays in the table: with it a reader of the ledger could check a guess at the file.</summary>
    private static object Details(RecordedFile file) =>
        file.Salt.IsEmpty
            ? new { file.Name, file.Sha256 }
            : new
            {
                file.Name,
                file.Sha256,
                isSalted = true,
            };

    private static async Task InsertAsync(LedgerTransaction ledger, Device device)
    {
        var entry = await ledger.RecordDeviceAsync(
            LedgerKinds.DeviceRegistered,
            Attribution.Registry,
            device,
            DeviceRows.Details(device, reason: null)
        );
        await ledger.ExecuteAsync(
            "insert into registry.device (id, place, fleet, body, entry) values (@Id, @Place, @Fleet, @body::jsonb, @entry)",
            new
            {
                device.Id,
                device.Place,
                device.Fleet,
                body = JsonRow.Body(device),
                entry,
            }
        );
    }
}

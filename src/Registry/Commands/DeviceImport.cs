using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files;
using SurveillanceRegistry.Files.Inventory.Inventory;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>
/// Registers the new gateways and devices of an inventory file, all of them or none, and then where fleets work from that have no place.
/// </summary>
/// <param name="Reason">The reason that the ledger records.</param>
/// <param name="IsPreview">If true, prints what would be registered and registers nothing.</param>
internal sealed record DeviceImport(string Path, string Reason, bool IsPreview, bool AsJson)
{
    public async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var (additions, problems) = await ReadAdditionsAsync(Path, services, cancellationToken);
        if (additions is null)
            return CommandOutput.Problems(problems, AsJson);
        if (!IsPreview && !await RegisterAsync(services, additions, cancellationToken))
            return 1;
        return CommandOutput.Done(
            new
            {
                registered = !IsPreview,
                gateways = additions.Gateways.Select(gateway => gateway.Id),
                devices = additions.Devices.Select(device => device.Id),
                fleetBases = additions.FleetBases.Select(fleet => fleet.Fleet),
                additions.Unchanged,
            },
            $"{additions.Gateways.Length} gateways and {additions.Devices.Length} devices {(IsPreview ? "would be" : "were")} registered; "
                + $"{additions.Unchanged} stood there already.",
            AsJson
        );
    }

    /// <summary>Reads a file of additions against what is registered: its additions, or every problem.</summary>
    public static async Task<FileReading<InventoryAdditions>> ReadAdditionsAsync(
        string path,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var policies = services.GetRequiredService<IPolicyRegister>();
        await RegisterAccess.MustBeFilledAsync(policies, cancellationToken);
        var places = services.GetRequiredService<IPlaceRegister>();
        var registered = await services.GetRequiredService<IDeviceRegister>().AllAsync(cancellationToken);
        return InventoryFile.ReadAdditions(
            path,
            (await policies.HistoryAsync(cancellationToken)).Current,
            new RegisteredInventory(
                await places.PlacesAsync(cancellationToken),
                await places.KiosksAsync(cancellationToken),
                [.. registered.Select(device => device.Fleet).OfType<string>().Distinct()],
                await services.GetRequiredService<IGatewayRegister>().GatewaysAsync(cancellationToken),
                registered
            )
            {
                FleetBases = await services.GetRequiredService<IFleetBaseRegister>().AllAsync(cancellationToken),
            }
        );
    }

    /// <summary>Returns false, with every reason on stderr, if something was not registered.</summary>
    private async Task<bool> RegisterAsync(IServiceProvider services, InventoryAdditions additions, CancellationToken cancellationToken)
    {
        var (now, by) = (TimeProvider.System.GetUtcNow(), RegisterAccess.Operator);
        if (!additions.Gateways.IsEmpty || !additions.Devices.IsEmpty)
        {
            var devices = services.GetRequiredService<IDeviceRegister>();
            var outcome = await devices.ImportAsync(additions.Gateways, additions.Devices, by, Reason, now, cancellationToken);
            foreach (var refusal in outcome.Refusals)
                await Console.Error.WriteLineAsync($"Nothing was registered: {refusal.Sentence}");
            if (!outcome.IsDone)
                return false;
        }

        var fleets = services.GetRequiredService<IFleetBaseRegister>();
        foreach (var fleet in additions.FleetBases)
        {
            var outcome = await fleets.SetAsync(fleet, by, Reason, now, cancellationToken);
            foreach (var refusal in outcome.Refusals)
                await Console.Error.WriteLineAsync($"The places of fleet '{fleet.Fleet}' were not registered: {refusal.Sentence}");
            if (!outcome.IsDone)
                return false;
        }

        return true;
    }
}

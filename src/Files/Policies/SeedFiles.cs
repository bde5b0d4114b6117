using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Inventory.Inventory;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>Reads the files with which an empty registry is filled.</summary>
public static class SeedFiles
{
    /// <summary>Reads the policies and the inventory. Returns the opening, or every problem of both.</summary>
    /// <param name="policiesFolder">The folder <c>policies/</c>.</param>
    /// <param name="inventoryPath">The inventory under <c>devices/</c>.</param>
    public static FileReading<Opening> Read(string policiesFolder, string inventoryPath)
    {
        var policies = PolicyFiles.Read(policiesFolder);
        var inventory = InventoryFile.Read(inventoryPath, policies.Value?.Governance);
        return FileReading<Opening>.From(
            policies.Problems.Concat(inventory.Problems),
            () =>
                new Opening(
                    policies.Value!.Governance,
                    inventory.Value!.Places,
                    inventory.Value.Kiosks,
                    inventory.Value.Devices,
                    [.. policies.Value.Files, inventory.Value.File]
                )
                {
                    Gateways = inventory.Value.Gateways,
                    FleetBases = inventory.Value.FleetBases,
                }
        );
    }
}

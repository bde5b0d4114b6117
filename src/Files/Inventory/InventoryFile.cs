using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Inventory.Inventory;

/// <summary>The content of an inventory file, and its hash.</summary>
public sealed record InventoryContent(
    ImmutableArray<Place> Places,
    ImmutableArray<Kiosk> Kiosks,
    ImmutableArray<Gateway> Gateways,
    ImmutableArray<Device> Devices,
    OpeningFile File
)
{
    /// <summary>The places that fleets work from.</summary>
    public ImmutableArray<FleetBase> FleetBases { get; init; } = [];
}

/// <summary>What the registry already holds when an inventory is imported.</summary>
public sealed record RegisteredInventory(
    ImmutableArray<Place> Places,
    ImmutableArray<Kiosk> Kiosks,
    ImmutableArray<string> Fleets,
    ImmutableArray<Gateway> Gateways,
    ImmutableArray<Device> Devices
)
{
    /// <summary>The places that fleets work from.</summary>
    public ImmutableArray<FleetBase> FleetBases { get; init; } = [];

    /// <summary>What a registry holds that was opened with an inventory.</summary>
    public static RegisteredInventory From(InventoryContent inventory)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        return new RegisteredInventory(
            inventory.Places,
            inventory.Kiosks,
            [.. inventory.Devices.Select(device => device.Fleet).OfType<string>().Distinct()],
            inventory.Gateways,
            inventory.Devices
        )
        {
            FleetBases = inventory.FleetBases,
        };
    }
}

/// <summary>What an import adds to the registry.</summary>
/// <param name="Unchanged">The number of gateways and devices of the file that are already registered.</param>
public sealed record InventoryAdditions(ImmutableArray<Gateway> Gateways, ImmutableArray<Device> Devices, int Unchanged)
{
    /// <summary>The places of fleets that work from no place yet.</summary>
    public ImmutableArray<FleetBase> FleetBases { get; init; } = [];
}

/// <summary>
/// Reads an inventory under <c>devices/</c>: places, kiosks, fleets, gateways and devices. Returns the whole inventory or every problem.
/// </summary>
public static class InventoryFile
{
    /// <summary>A larger inventory is not read, in bytes: enough for some 50,000 devices.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>Reads the inventory of an empty registry.</summary>
    /// <param name="path">The file.</param>
    /// <param name="governance">
    /// The city, its departments and technologies. Null when the policy files could not be read: then those ids are not checked.
    /// </param>
    public static FileReading<InventoryContent> Read(string path, GovernanceSnapshot? governance)
    {
        var (file, inventory) = Read(path, governance, registered: null);
        return FileReading<InventoryContent>.From(file.Problems, () => inventory!);
    }

    /// <summary>
    /// Whether a file adds to a registry: it has devices and leaves out places, which an opening inventory must have.
    /// </summary>
    public static bool IsAddition(string path) =>
        YamlFile.Read(path, MaxBytes).Root is YamlMap root && root["places"] is null && root["devices"] is not null;

    /// <summary>
    /// Reads an inventory that adds gateways and devices to a registry. An entry that differs from the registered one is a problem on its
    /// line, and so is a place or kiosk that is not registered.
    /// </summary>
    public static FileReading<InventoryAdditions> ReadAdditions(string path, GovernanceSnapshot governance, RegisteredInventory registered)
    {
        ArgumentNullException.ThrowIfNull(registered);
        var (file, inventory) = Read(path, governance, registered);
        return FileReading<InventoryAdditions>.From(file.Problems, () => Additions(inventory!, registered));
    }

    private static InventoryAdditions Additions(InventoryContent inventory, RegisteredInventory registered)
    {
        HashSet<string> registeredIds =
        [
            .. registered.Gateways.Select(gateway => gateway.Id),
            .. registered.Devices.Select(device => device.Id),
        ];
        ImmutableArray<Gateway> gateways = [.. inventory.Gateways.Where(gateway => !registeredIds.Contains(gateway.Id))];
        ImmutableArray<Device> devices = [.. inventory.Devices.Where(device => !registeredIds.Contains(device.Id))];
        var unchanged = inventory.Gateways.Length + inventory.Devices.Length - gateways.Length - devices.Length;
        var registeredFleets = registered.FleetBases.Select(fleet => fleet.Fleet).ToHashSet(StringComparer.Ordinal);
        return new InventoryAdditions(gateways, devices, unchanged)
        {
            FleetBases = [.. inventory.FleetBases.Where(fleet => !registeredFleets.Contains(fleet.Fleet))],
        };
    }

    private static (YamlFile File, InventoryContent? Content) Read(
        string path,
        GovernanceSnapshot? governance,
        RegisteredInventory? registered
    )
    {
        var file = YamlFile.Read(path, MaxBytes);
        if (file.Root is not { } root)
            return (file, null);
        var schema = FieldSchema.Map("an inventory", keys => ReadKeys(keys, file, governance, registered));
        return (file, schema.Read(root, file));
    }

    private static InventoryContent ReadKeys(YamlKeys keys, YamlFile file, GovernanceSnapshot? governance, RegisteredInventory? registered)
    {
        CheckSample(keys, governance);

        // An import may leave out places, kiosks and fleets: they are registered.
        var places = ReadList(keys, "places", InventorySchemas.Place, registered);
        keys.RequireDistinct("places", places.Select(place => place?.Id));
        HashSet<string> placeIds = [.. registered?.Places.Select(place => place.Id) ?? places.Select(place => place?.Id).OfType<string>()];

        var kiosks = ReadList(keys, "kiosks", InventorySchemas.Kiosk(placeIds, registered), registered);
        keys.RequireDistinct("kiosks", kiosks.Select(kiosk => kiosk?.Id));

        var fleets = ReadList(keys, "fleets", FieldSchema.Id, registered);
        keys.RequireDistinct("fleets");

        var gateways = keys.Optional("gateways", FieldSchema.ListOf(InventorySchemas.Gateway(governance)), []);
        keys.RequireDistinct("gateways", gateways.Select(gateway => gateway?.Id));
        HashSet<string> gatewayIds =
        [
            .. gateways.Select(gateway => gateway?.Id).OfType<string>(),
            .. registered?.Gateways.Where(gateway => !gateway.Removed).Select(gateway => gateway.Id) ?? [],
        ];

        HashSet<string> fleetIds = [.. fleets.OfType<string>(), .. registered?.Fleets ?? []];
        var device = InventorySchemas.Device(placeIds, fleetIds, gatewayIds, registered, governance);
        var devices = keys.Required("devices", FieldSchema.ListOf(device));
        keys.RequireDistinct("devices", devices.Select(item => item?.Id));
        keys.CheckEach("devices", devices, item => CheckNoGateway(item, gatewayIds));

        var fleetBase = InventorySchemas.FleetBase(placeIds, fleetIds, governance);
        var bases = keys.Optional("fleet_bases", FieldSchema.ListOf(fleetBase), []);
        keys.RequireDistinct("fleet_bases", bases.Select(item => item?.Fleet));
        if (registered is null)
            keys.CheckEach("fleet_bases", bases, item => CheckHasDevice(item, devices));

        var inventory = new InventoryContent(
            places,
            kiosks,
            gateways,
            devices,
            new OpeningFile($"devices/{Path.GetFileName(file.Name)}", file.Sha256) { IsPrivate = true }
        )
        {
            FleetBases = bases,
        };
        if (registered is not null)
            new AdditionsCheck(registered).Check(keys, inventory);
        return inventory;
    }

    private static void CheckSample(YamlKeys keys, GovernanceSnapshot? governance)
    {
        var sample = keys.Required("sample", FieldSchema.Flag);
        var isReadable = keys.Node("sample") is YamlText { Text: "true" or "false" };
        if (isReadable && governance?.City.IsSample is { } expected && sample != expected)
            keys.Report("sample", $"'{Word(sample)}'", $"'{Word(expected)}', as in city.yaml");

        static string Word(bool flag) => flag ? "true" : "false";
    }

    /// <summary>Reads a list that an opening must have and an import may leave out.</summary>
    private static ImmutableArray<T> ReadList<T>(
        YamlKeys keys,
        string key,
        FieldSchema<T> item,
        RegisteredInventory? registered,
        int minItems = 0
    ) => registered is null ? keys.Required(key, FieldSchema.ListOf(item, minItems)) : keys.Optional(key, FieldSchema.ListOf(item), []);

    private static (string Found, string Expected)? CheckHasDevice(FleetBase? item, ImmutableArray<Device> devices) =>
        item?.Fleet is { } fleet && !devices.Any(device => device?.Fleet == fleet)
            ? ($"the fleet {YamlNode.Quote(fleet)}, which has no device", "a fleet with at least one device in this file")
            : null;

    private static (string Found, string Expected)? CheckNoGateway(Device? device, HashSet<string> gatewayIds) =>
        device?.Id is { } id && gatewayIds.Contains(id) ? ($"{YamlNode.Quote(id)}, which is a gateway", "an id that no gateway has") : null;
}

using System.Collections.Immutable;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Inventory.Inventory;

/// <summary>What an inventory says is installed, and its hash.</summary>
public sealed record Inventory(
    ImmutableArray<Place> Places,
    ImmutableArray<Kiosk> Kiosks,
    ImmutableArray<Gateway> Gateways,
    ImmutableArray<Device> Devices,
    OpeningFile File
);

/// <summary>What a filled register holds, for an inventory that adds to it.</summary>
public sealed record RegisteredInventory(
    ImmutableArray<Place> Places,
    ImmutableArray<Kiosk> Kiosks,
    ImmutableArray<string> Fleets,
    ImmutableArray<Gateway> Gateways,
    ImmutableArray<Device> Devices
);

/// <summary>What an inventory adds to a filled register.</summary>
/// <param name="Unchanged">How many of its gateways and devices stand there already, exactly so.</param>
public sealed record InventoryAdditions(ImmutableArray<Gateway> Gateways, ImmutableArray<Device> Devices, int Unchanged);

/// <summary>
/// Reads an inventory under <c>devices/</c>: places, kiosks, fleets, gateways and devices. All of it, or every error there is.
/// </summary>
public static class InventoryFile
{
    /// <summary>The largest inventory that is read, in bytes: some 50,000 units.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private static readonly FieldSchema<Place> Place = FieldSchema.Keys(
        "a place",
        keys => new Place(
            keys.Required("id", FieldSchema.Id),
            keys.Required("name", FieldSchema.Text),
            keys.Required("address", FieldSchema.Text),
            keys.Required("area", FieldSchema.Text)
        )
    );

    /// <summary>Reads an inventory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="governance">The city, its departments and technologies; null when its files could not be read: then those are not
    /// checked.</param>
    public static FileReading<Inventory> Read(string path, GovernanceSnapshot? governance) =>
        Read(path, governance, null, (inventory, _) => inventory);

    /// <summary>
    /// Reads an inventory that adds gateways and devices to a filled register. What stands there already stays; an entry that says
    /// otherwise
    /// is an error on its line, and so is a place or a screen that is not registered.
    /// </summary>
    public static FileReading<InventoryAdditions> ReadAdditions(string path, GovernanceSnapshot governance, RegisteredInventory registered)
    {
        ArgumentNullException.ThrowIfNull(registered);
        return Read(
            path,
            governance,
            registered,
            (inventory, old) =>
            {
                ImmutableArray<Gateway> gateways = [.. inventory.Gateways.Where(gateway => !old.Contains(gateway.Id))];
                ImmutableArray<Device> devices = [.. inventory.Devices.Where(device => !old.Contains(device.Id))];
                return new InventoryAdditions(
                    gateways,
                    devices,
                    inventory.Gateways.Length + inventory.Devices.Length - gateways.Length - devices.Length
                );
            }
        );
    }

    private static FileReading<T> Read<T>(
        string path,
        GovernanceSnapshot? governance,
        RegisteredInventory? registered,
        Func<Inventory, HashSet<string>, T> value
    )
        where T : class
    {
        var file = YamlFile.Read(path, MaxBytes);
        var inventory = file.Root is null
            ? null
            : FieldSchema.Keys("an inventory", keys => Inventory(keys, file, governance, registered)).Read(file.Root, file);
        return FileReading<T>.From(
            file.Problems,
            () =>
                value(
                    inventory!,
                    [.. registered?.Gateways.Select(gateway => gateway.Id) ?? [], .. registered?.Devices.Select(device => device.Id) ?? []]
                )
        );
    }

    private static Inventory Inventory(YamlKeys keys, YamlFile file, GovernanceSnapshot? governance, RegisteredInventory? registered)
    {
        var sample = keys.Required("sample", FieldSchema.Flag);
        if (
            governance is { City.IsSample: var expected }
            && keys.Node("sample") is YamlText { Text: "true" or "false" }
            && sample != expected
        )
            keys.Report("sample", $"'{(sample ? "true" : "false")}'", $"'{(expected ? "true" : "false")}', as in city.yaml");

        // A register that is filled has its places, screens and fleets: an inventory that adds to it may leave them out.
        var places = registered is null
            ? keys.Required("places", FieldSchema.ListOf(Place, least: 1))
            : keys.Optional("places", FieldSchema.ListOf(Place), []);
        keys.EachOnce("places", places.Select(place => place?.Id));
        HashSet<string> placeIds = [.. registered?.Places.Select(place => place.Id) ?? places.Select(place => place?.Id).OfType<string>()];

        var whose = registered is null ? "of this file" : "that is registered";
        var kiosk = FieldSchema.ListOf(Kiosk(placeIds, whose));
        var kiosks = registered is null ? keys.Required("kiosks", kiosk) : keys.Optional("kiosks", kiosk, []);
        keys.EachOnce("kiosks", kiosks.Select(one => one?.Id));

        var fleets = registered is null
            ? keys.Required("fleets", FieldSchema.ListOf(FieldSchema.Id))
            : keys.Optional("fleets", FieldSchema.ListOf(FieldSchema.Id), []);
        keys.EachOnce("fleets");

        var gateways = keys.Optional("gateways", FieldSchema.ListOf(GatewayForm(governance)), []);
        keys.EachOnce("gateways", gateways.Select(gateway => gateway?.Id));
        HashSet<string> gatewayIds =
        [
            .. gateways.Select(gateway => gateway?.Id).OfType<string>(),
            .. registered?.Gateways.Where(gateway => !gateway.Removed).Select(gateway => gateway.Id) ?? [],
        ];

        var devices = keys.Required(
            "devices",
            FieldSchema.ListOf(
                DeviceForm(
                    placeIds,
                    [.. fleets.OfType<string>(), .. registered?.Fleets ?? []],
                    gatewayIds,
                    whose,
                    registered is null ? whose : "of this file or of the register",
                    governance
                )
            )
        );
        keys.EachOnce("devices", devices.Select(device => device?.Id));
        keys.Each(
            "devices",
            devices,
            device =>
                device?.Id is { } id && gatewayIds.Contains(id)
                    ? ($"{YamlNode.Quote(id)}, which is a gateway", "an id that no gateway has")
                    : null
        );
        if (registered is not null)
            AddsOnly(keys, registered, places, kiosks, gateways, devices);
        return new Inventory(places, kiosks, gateways, devices, new OpeningFile($"devices/{Path.GetFileName(file.Name)}", file.Sha256));
    }

    /// <summary>Reports everything that would change what is registered, or that only an opening registers.</summary>
    private static void AddsOnly(
        YamlKeys keys,
        RegisteredInventory registered,
        ImmutableArray<Place> places,
        ImmutableArray<Kiosk> kiosks,
        ImmutableArray<Gateway> gateways,
        ImmutableArray<Device> devices
    )
    {
        var placeIds = registered.Places.Select(place => place.Id).ToHashSet();
        var kioskIds = registered.Kiosks.Select(kiosk => kiosk.Id).ToHashSet();
        var standing = registered.Devices.ToDictionary(device => device.Id);
        var speaking = registered.Gateways.ToDictionary(gateway => gateway.Id);
        keys.Each("places", places, place => place?.Id is { } id && !placeIds.Contains(id) ? NotRegistered("place", id) : null);
        keys.Each("kiosks", kiosks, kiosk => kiosk?.Id is { } id && !kioskIds.Contains(id) ? NotRegistered("kiosk", id) : null);
        keys.Each(
            "gateways",
            gateways,
            gateway =>
                gateway?.Id is not { } id ? null
                : speaking.TryGetValue(id, out var before)
                    ? before with { Version = 0 } == gateway ? null
                        : Differs("gateway", id)
                : standing.ContainsKey(id) ? Differs("device", id)
                : null
        );
        keys.Each(
            "devices",
            devices,
            device =>
                device?.Id is { } id && standing.TryGetValue(id, out var before) && Text(before) != Text(device) ? Differs("device", id)
                : device?.Id is { } other && speaking.ContainsKey(other) ? Differs("gateway", other)
                : null
        );

        static (string, string)? NotRegistered(string what, string id) =>
            (
                $"the {what} {YamlNode.Quote(id)}, which is not registered",
                $"a {what} that is registered: an import adds gateways and devices only"
            );
        static (string, string)? Differs(string what, string id) =>
            (
                $"{YamlNode.Quote(id)}, which is registered as another {what}",
                "what is registered, or a new id: an import changes nothing that stands"
            );
        static string Text(Device device) =>
            JsonSerializer.Serialize(device with { Sensors = device.Sensors.IsDefault ? [] : [.. device.Sensors.Order()] }, Json.Options);
    }

    private static FieldSchema<Gateway> GatewayForm(GovernanceSnapshot? governance)
    {
        var department = FieldSchema.Known("a department of city.yaml", governance?.City.Departments.Select(one => one.Id).ToHashSet());
        return FieldSchema.Keys(
            "a gateway",
            keys => new Gateway(
                keys.Required("id", FieldSchema.Id),
                keys.Required("department", department),
                keys.Optional("profile", FieldSchema.Id)
            )
        );
    }

    private static FieldSchema<Kiosk> Kiosk(IReadOnlyCollection<string> places, string whose) =>
        FieldSchema.Keys(
            "a kiosk",
            keys => new Kiosk(keys.Required("id", FieldSchema.Id), keys.Required("place", FieldSchema.Known($"a place {whose}", places)))
        );

    private static FieldSchema<Device> DeviceForm(
        IReadOnlyCollection<string> places,
        IReadOnlyCollection<string> fleets,
        IReadOnlyCollection<string> gateways,
        string whose,
        string also,
        GovernanceSnapshot? governance
    )
    {
        var kind = FieldSchema.Known("a kind", [.. DeviceKind.All.Select(kind => kind.Id)]);
        var place = FieldSchema.Known($"a place {whose}", places);
        var fleet = FieldSchema.Known("a fleet " + also, fleets);
        var gateway = FieldSchema.Known("a gateway " + also, gateways);
        var deadline = FieldSchema.Number(Registration.MinDeadlineSeconds, Registration.MaxDeadlineSeconds);
        var department = FieldSchema.Known("a department of city.yaml", governance?.City.Departments.Select(one => one.Id).ToHashSet());
        var technologies = governance?.Table.Technologies.Select(technology => technology.Id).ToHashSet();

        return FieldSchema.Keys(
            "a device",
            keys =>
            {
                var device = new Device(
                    keys.Required("id", FieldSchema.Id),
                    keys.Required("kind", kind),
                    keys.Required("sensors", FieldSchema.ListOf(FieldSchema.Word<Capture>(), least: 1)),
                    keys.Optional("place", place),
                    keys.Optional("fleet", fleet),
                    keys.Required("department", department),
                    keys.Required("lifecycle", FieldSchema.Word<Lifecycle>())
                )
                {
                    Gateway = keys.Optional("gateway", gateway),
                    OwnDeadlineSeconds = keys.Node("deadlineSeconds") is null ? null : keys.Required("deadlineSeconds", deadline),
                };
                keys.EachOnce("sensors");
                if (DeviceKind.Find(device.Kind ?? "") is { } known)
                {
                    StandsOrMoves(keys, known);
                    if (technologies is not null && !technologies.Contains(known.Technology))
                        keys.Report(
                            "kind",
                            $"a kind of the technology '{known.Technology}'",
                            "a kind whose technology stands in technologies.yaml"
                        );
                }

                return device;
            }
        );
    }

    /// <summary>A fixed unit covers a place; a mobile one belongs to a fleet and has no position anywhere.</summary>
    private static void StandsOrMoves(YamlKeys keys, DeviceKind kind)
    {
        var (needed, refused) = kind.IsMobile ? ("fleet", "place") : ("place", "fleet");
        var what = $"{(kind.IsMobile ? "mobile" : "fixed")} unit ({kind.Id})";
        if (keys.Node(refused) is not null)
            keys.Report(
                refused,
                $"a {refused} for a {what}",
                kind.IsMobile ? "a 'fleet' and no 'place': mobile units have no position anywhere" : "a 'place' and no 'fleet'"
            );
        if (keys.Node(needed) is null)
            keys.Report($"no '{needed}' for a {what}", kind.IsMobile ? "'fleet': a fleet of this file" : "'place': a place of this file");
    }
}

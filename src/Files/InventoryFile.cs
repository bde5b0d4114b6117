using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files;

/// <summary>What an inventory says is installed, and its hash.</summary>
public sealed record Inventory(ImmutableArray<Place> Places, ImmutableArray<Kiosk> Kiosks, ImmutableArray<Device> Devices, OpeningFile File);

/// <summary>Reads an inventory under <c>devices/</c>: places, kiosks, fleets and devices. All of it, or every error there is.</summary>
public static class InventoryFile
{
    /// <summary>The largest inventory that is read, in bytes: some 50,000 units.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    private static readonly Form<Place> Place = Form.Keys("a place", keys => new Place(
        keys.Required("id", Form.Id), keys.Required("name", Form.Text), keys.Required("address", Form.Text), keys.Required("area", Form.Text)));

    /// <summary>Reads an inventory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="governance">The city, its departments and technologies; null when its files could not be read: then those are not checked.</param>
    public static FileReading<Inventory> Read(string path, Governance? governance)
    {
        var file = YamlFile.Read(path, MostBytes);
        var inventory = file.Root is null ? null : Form.Keys("an inventory", keys => Inventory(keys, file, governance)).Read(file.Root, file);
        return FileReading<Inventory>.Of(file.Problems, () => inventory!);
    }

    private static Inventory Inventory(YamlKeys keys, YamlFile file, Governance? governance)
    {
        var sample = keys.Required("sample", Form.Flag);
        if (governance is { City.IsSample: var expected } && keys.Node("sample") is YamlText { Text: "true" or "false" } && sample != expected)
            keys.Report("sample", $"'{(sample ? "true" : "false")}'", $"'{(expected ? "true" : "false")}', as in city.yaml");

        var places = keys.Required("places", Form.ListOf(Place, least: 1));
        keys.EachOnce("places", places.Select(place => place?.Id));
        HashSet<string> placeIds = [.. places.Select(place => place?.Id).OfType<string>()];

        var kiosks = keys.Required("kiosks", Form.ListOf(Kiosk(placeIds)));
        keys.EachOnce("kiosks", kiosks.Select(kiosk => kiosk?.Id));

        var fleets = keys.Required("fleets", Form.ListOf(Form.Id));
        keys.EachOnce("fleets");

        var devices = keys.Required("devices", Form.ListOf(DeviceForm(placeIds, [.. fleets.OfType<string>()], governance)));
        keys.EachOnce("devices", devices.Select(device => device?.Id));
        return new Inventory(places, kiosks, devices, new OpeningFile($"devices/{Path.GetFileName(file.Name)}", file.Sha256));
    }

    private static Form<Kiosk> Kiosk(IReadOnlyCollection<string> places) => Form.Keys("a kiosk", keys => new Kiosk(
        keys.Required("id", Form.Id), keys.Required("place", Form.Known("a place of this file", places))));

    private static Form<Device> DeviceForm(IReadOnlyCollection<string> places, IReadOnlyCollection<string> fleets, Governance? governance)
    {
        var kind = Form.Known("a kind", [.. DeviceKind.All.Select(kind => kind.Id)]);
        var place = Form.Known("a place of this file", places);
        var fleet = Form.Known("a fleet of this file", fleets);
        var department = Form.Known("a department of city.yaml", governance?.City.Departments.Select(one => one.Id).ToHashSet());
        var technologies = governance?.Table.Technologies.Select(technology => technology.Id).ToHashSet();

        return Form.Keys("a device", keys =>
        {
            var device = new Device(
                keys.Required("id", Form.Id),
                keys.Required("kind", kind),
                keys.Required("sensors", Form.ListOf(Form.Word<Capture>(), least: 1)),
                keys.Optional("place", place),
                keys.Optional("fleet", fleet),
                keys.Required("department", department),
                keys.Required("lifecycle", Form.Word<Lifecycle>()));
            keys.EachOnce("sensors");
            if (DeviceKind.Find(device.Kind ?? "") is { } known)
            {
                StandsOrMoves(keys, known);
                if (technologies is not null && !technologies.Contains(known.Technology))
                    keys.Report("kind", $"a kind of the technology '{known.Technology}'", "a kind whose technology stands in technologies.yaml");
            }

            return device;
        });
    }

    /// <summary>A fixed unit covers a place; a mobile one belongs to a fleet and has no position anywhere.</summary>
    private static void StandsOrMoves(YamlKeys keys, DeviceKind kind)
    {
        var (needed, refused) = kind.IsMobile ? ("fleet", "place") : ("place", "fleet");
        var what = $"{(kind.IsMobile ? "mobile" : "fixed")} unit ({kind.Id})";
        if (keys.Node(refused) is not null)
            keys.Report(refused, $"a {refused} for a {what}", kind.IsMobile ? "a 'fleet' and no 'place': mobile units have no position anywhere" : "a 'place' and no 'fleet'");
        if (keys.Node(needed) is null)
            keys.Report($"no '{needed}' for a {what}", kind.IsMobile ? "'fleet': a fleet of this file" : "'place': a place of this file");
    }
}

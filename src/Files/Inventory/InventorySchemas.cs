using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Inventory.Inventory;

/// <summary>The forms of the entries of an inventory.</summary>
internal static class InventorySchemas
{
    public static FieldSchema<Place> Place { get; } =
        FieldSchema.Map(
            "a place",
            keys => new Place(
                keys.Required("id", FieldSchema.Id),
                keys.Required("name", FieldSchema.Text),
                keys.Required("address", FieldSchema.Text),
                keys.Required("area", FieldSchema.Text)
            )
        );

    /// <param name="registered">Null for the inventory of an empty registry.</param>
    public static FieldSchema<Kiosk> Kiosk(IReadOnlyCollection<string> placeIds, RegisteredInventory? registered)
    {
        var place = PlaceId(placeIds, registered);
        return FieldSchema.Map(
            "a kiosk",
            keys => new Kiosk(keys.Required("id", FieldSchema.Id), keys.Required("place", place))
            {
                Glass = keys.Optional<Glass?>("glass", GlassOfKiosk, null),
            }
        );
    }

    /// <summary>The measures of a screen. They have the limits of <see cref="PlaceRegistration"/>.</summary>
    private static readonly FieldSchema<Glass?> GlassOfKiosk = FieldSchema.Map<Glass?>(
        "the measures of a screen",
        keys => new Glass(
            keys.Required("width", FieldSchema.Number(240, 16_000)),
            keys.Required("height", FieldSchema.Number(240, 16_000)),
            keys.Required("widthMm", FieldSchema.Number(50, 20_000)),
            keys.Required("distanceMm", FieldSchema.Number(200, 50_000))
        )
    );

    /// <param name="governance">Null when the policy files could not be read: then the department is not checked.</param>
    public static FieldSchema<Gateway> Gateway(GovernanceSnapshot? governance)
    {
        var department = DepartmentId(governance);
        return FieldSchema.Map(
            "a gateway",
            keys => new Gateway(
                keys.Required("id", FieldSchema.Id),
                keys.Required("department", department),
                keys.Optional("profile", FieldSchema.Id)
            )
        );
    }

    /// <summary>The places that the people of a fleet work from.</summary>
    /// <param name="governance">Null when the policy files could not be read: then the department is not checked.</param>
    public static FieldSchema<FleetBase> FleetBase(
        IReadOnlyCollection<string> placeIds,
        IReadOnlyCollection<string> fleetIds,
        GovernanceSnapshot? governance
    )
    {
        var fleet = FieldSchema.Known("a fleet of this file or of the register", fleetIds);
        var places = FieldSchema.ListOf(FieldSchema.Known("a place of this file or of the register", placeIds), minItems: 1);
        var department = DepartmentId(governance);
        return FieldSchema.Map(
            "the places that a fleet works from",
            keys =>
            {
                var item = new FleetBase(
                    keys.Required("fleet", fleet),
                    keys.Required("department", department),
                    keys.Required("places", places)
                );
                keys.RequireDistinct("places");
                return item;
            }
        );
    }

    /// <param name="registered">Null for the inventory of an empty registry.</param>
    /// <param name="governance">Null when the policy files could not be read: then department and technology are not checked.</param>
    public static FieldSchema<Device> Device(
        IReadOnlyCollection<string> placeIds,
        IReadOnlyCollection<string> fleetIds,
        IReadOnlyCollection<string> gatewayIds,
        RegisteredInventory? registered,
        GovernanceSnapshot? governance
    )
    {
        var source = registered is null ? "of this file" : "of this file or of the register";
        var kind = FieldSchema.Known("a kind", [.. DeviceKind.All.Select(kind => kind.Id)]);
        var place = PlaceId(placeIds, registered);
        var fleet = FieldSchema.Known("a fleet " + source, fleetIds);
        var gateway = FieldSchema.Known("a gateway " + source, gatewayIds);
        var deadline = FieldSchema.Number(Registration.MinDeadlineSeconds, Registration.MaxDeadlineSeconds);
        var department = DepartmentId(governance);
        var technologies = governance?.Table.Technologies.Select(technology => technology.Id).ToHashSet();

        return FieldSchema.Map(
            "a device",
            keys =>
            {
                var device = Domain.Devices.Device.Of(
                    keys.Required("id", FieldSchema.Id),
                    keys.Required("kind", kind),
                    keys.Required("sensors", FieldSchema.ListOf(FieldSchema.OneOf<Capture>(), minItems: 1)),
                    keys.Optional("place", place),
                    keys.Optional("fleet", fleet),
                    keys.Required("department", department),
                    keys.Required("lifecycle", FieldSchema.OneOf<Lifecycle>())
                ) with
                {
                    Gateway = keys.Optional("gateway", gateway),
                    OwnDeadlineSeconds = keys.OptionalValue("deadlineSeconds", deadline),
                };
                keys.RequireDistinct("sensors");
                if (DeviceKind.Find(device.Kind ?? "") is { } known)
                    CheckKind(keys, known, technologies);
                return device;
            }
        );
    }

    private static FieldSchema<string> PlaceId(IReadOnlyCollection<string> placeIds, RegisteredInventory? registered) =>
        FieldSchema.Known(registered is null ? "a place of this file" : "a place that is registered", placeIds);

    private static FieldSchema<string> DepartmentId(GovernanceSnapshot? governance) =>
        FieldSchema.Known("a department of city.yaml", governance?.City.Departments.Select(department => department.Id).ToHashSet());

    private static void CheckKind(YamlKeys keys, DeviceKind kind, HashSet<string>? technologies)
    {
        if (kind.IsMobile)
            RequireFleet(keys, kind);
        else
            RequirePlace(keys, kind);
        if (technologies is not null && !technologies.Contains(kind.Technology))
            keys.Report("kind", $"a kind of the technology '{kind.Technology}'", "a kind whose technology technologies.yaml lists");
    }

    /// <summary>A mobile device belongs to a fleet. The registry holds no position of it.</summary>
    private static void RequireFleet(YamlKeys keys, DeviceKind kind)
    {
        if (keys.Has("place"))
            keys.Report(
                "place",
                $"a place for a mobile device ({kind.Id})",
                "a 'fleet' and no 'place': mobile devices have no position anywhere"
            );
        if (!keys.Has("fleet"))
            keys.Report($"no 'fleet' for a mobile device ({kind.Id})", "'fleet': a fleet of this file");
    }

    /// <summary>A fixed device covers a place.</summary>
    private static void RequirePlace(YamlKeys keys, DeviceKind kind)
    {
        if (keys.Has("fleet"))
            keys.Report("fleet", $"a fleet for a fixed device ({kind.Id})", "a 'place' and no 'fleet'");
        if (!keys.Has("place"))
            keys.Report($"no 'place' for a fixed device ({kind.Id})", "'place': a place of this file");
    }
}

using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Web.Devices.Facts;

/// <summary>The source of a fact.</summary>
/// <param name="InspectedOn">The day on which a person last looked whether it is so.</param>
internal sealed record SourceBody(FactOrigin? Source = null, DateOnly? InspectedOn = null, Confidence? Confidence = null);

/// <summary>The registered values of a device. A change leaves out what stays as it is.</summary>
/// <param name="AssetNumber">The city's own number for it, kept as written.</param>
/// <param name="Vendor">A name in the list of vendors.</param>
/// <param name="Model">A name in the list of models of the vendor.</param>
/// <param name="Operator">A department, or a name in the list of organisations.</param>
/// <param name="Owner">A department, or a name in the list of organisations.</param>
/// <param name="Position">Of a fixed device only, as are `directions`, `coverage` and `mountingHeight`.</param>
/// <param name="Directions">Degrees clockwise from north.</param>
/// <param name="MountingHeight">Metres above the ground.</param>
/// <param name="Sources">For each fact, by its member, where it is from.</param>
/// <param name="Removes">The members of facts that are not known any more.</param>
internal sealed record DeviceBody(
    string? Id = null,
    string? Kind = null,
    ImmutableArray<Capture>? Sensors = null,
    string? Place = null,
    string? Fleet = null,
    string? Department = null,
    Lifecycle? Lifecycle = null,
    string? Gateway = null,
    int? DeadlineSeconds = null,
    string? AssetNumber = null,
    string? Vendor = null,
    string? Model = null,
    LawDate? InstalledOn = null,
    string? Operator = null,
    string? Owner = null,
    Position? Position = null,
    ImmutableArray<double>? Directions = null,
    Area? Coverage = null,
    double? MountingHeight = null,
    ImmutableDictionary<string, SourceBody>? Sources = null,
    ImmutableArray<string>? Removes = null,
    string? Reason = null
)
{
    private static readonly SourceBody Nothing = new();

    /// <summary>The new device that the body says.</summary>
    public Outcome<Device> ToDevice() =>
        Complete(
            null,
            Device.Of(
                Id ?? "",
                Kind ?? "",
                Sensors ?? [],
                Place,
                Fleet,
                Department ?? "",
                Lifecycle ?? Domain.Devices.Lifecycle.Installed
            ) with
            {
                Gateway = Gateway is { Length: 0 } ? null : Gateway,
                OwnDeadlineSeconds = DeadlineSeconds,
            }
        );

    /// <summary>A device with the changes that the body says.</summary>
    public Outcome<Device> ApplyTo(Device before) =>
        Complete(
            before,
            before with
            {
                Sensors = Sensors ?? before.Sensors,
                Place = Place ?? before.Place,
                Fleet = Fleet ?? before.Fleet,
                Department = Department ?? before.Department,
                Lifecycle = Lifecycle ?? before.Lifecycle,
                Gateway = Gateway is { Length: 0 } ? null : Gateway ?? before.Gateway,
                OwnDeadlineSeconds = DeadlineSeconds == 0 ? null : DeadlineSeconds ?? before.OwnDeadlineSeconds,
            }
        );

    private Outcome<Device> Complete(Device? before, Device device)
    {
        var isMobile = DeviceKind.Find(device.Kind)?.IsMobile == true;
        if (isMobile && (Position is not null || Directions is not null || Coverage is not null || MountingHeight is not null))
            return new Refusal(RefusalCodes.Invalid, "A mobile device has no position: the registry stores none of it.", "position");
        foreach (var (member, source) in Sources ?? ImmutableDictionary<string, SourceBody>.Empty)
        {
            if (source is not { Source: not null, Confidence: not null })
                return new Refusal(RefusalCodes.Invalid, "A source names `source` and `confidence`.", $"sources.{member}");
        }

        Device typed = isMobile ? device as MobileDevice ?? new MobileDevice(device) : WithInstallation(device);
        device = typed with
        {
            AssetNumber = AssetNumber ?? device.AssetNumber,
            Vendor = Vendor ?? device.Vendor,
            Model = Model ?? (Vendor is null || Vendor == device.Vendor ? device.Model : null),
            InstalledOn = InstalledOn ?? device.InstalledOn,
            Operator = Operator ?? device.Operator,
            Owner = Owner ?? device.Owner,
        };
        foreach (var member in Removes ?? [])
        {
            if (DeviceFact.Find(member) is not { } fact)
                return new Refusal(
                    RefusalCodes.Invalid,
                    $"'{member}' is no fact: expected one of {string.Join(", ", DeviceFact.All.Select(known => known.Member))}.",
                    "removes"
                );
            device = fact.Without(device);
        }

        return DeviceFact.WithSources(before, device, GivenSources());
    }

    private FixedDevice WithInstallation(Device device)
    {
        var before = device as FixedDevice ?? new FixedDevice(device);
        return before with
        {
            Position = Position ?? before.Position,
            Directions = Directions ?? before.Directions,
            Coverage = Coverage ?? before.Coverage,
            MountingHeight = MountingHeight ?? before.MountingHeight,
        };
    }

    private ImmutableDictionary<string, FactSource> GivenSources() =>
        (Sources ?? ImmutableDictionary<string, SourceBody>.Empty)
            .Select(given => (given.Key, Value: given.Value ?? Nothing))
            .ToImmutableDictionary(
                given => given.Key,
                given => new FactSource(given.Value.Source!.Value, given.Value.InspectedOn, given.Value.Confidence!.Value)
            );
}

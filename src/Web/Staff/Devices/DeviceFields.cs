using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>The form fields of a device's registration: the choices that they offer, and their values.</summary>
/// <param name="IsMobile">Whether the device has a fleet, or a place; null when the kind is not chosen yet, and both are offered.</param>
/// <param name="InvalidFields">The ids of the fields with an error.</param>
public sealed record DeviceFields(
    City City,
    ImmutableArray<Place> Places,
    ImmutableArray<string> Fleets,
    ImmutableArray<Gateway> Gateways,
    bool? IsMobile,
    ImmutableDictionary<string, string> Values,
    ImmutableHashSet<string> InvalidFields
)
{
    /// <summary>The lists that facts are taken from.</summary>
    public NamedLists Lists { get; init; } = NamedLists.Empty;

    /// <summary>Whether a fact has a value or an error, so that the fields of facts are shown.</summary>
    public bool HasFacts => FactFields.Names.Any(name => Value(name).Length > 0 || InvalidFields.Contains(name));

    /// <summary>The departments and organisations that may own or operate a device, with their names.</summary>
    public IEnumerable<(string Value, string Name)> Parties =>
        City.Departments.Select(department => (department.Id, department.Name)).Concat(Lists.Organisations.Select(name => (name, name)));

    public string Value(string field) => Values.GetValueOrDefault(field, "");

    public bool IsSelected(string field, string choice) => Value(field).Split(',').Contains(choice);

    /// <summary>The value of <c>aria-invalid</c> for a field; null omits the attribute.</summary>
    public string? AriaInvalid(string field) => InvalidFields.Contains(field) ? "true" : null;

    /// <summary>The values of the fields for a registered device.</summary>
    public static ImmutableDictionary<string, string> ValuesOf(Device device) =>
        new Dictionary<string, string>
        {
            ["sensors"] = string.Join(',', device.Sensors.Select(Domain.Json.Word)),
            ["place"] = device.Place ?? "",
            ["fleet"] = device.Fleet ?? "",
            ["department"] = device.Department,
            ["lifecycle"] = Domain.Json.Word(device.Lifecycle),
            ["gateway"] = device.Gateway ?? "",
            ["deadlineSeconds"] = device.OwnDeadlineSeconds?.ToString(CultureInfo.InvariantCulture) ?? "",
        }
            .Concat(FactFields.ValuesOf(device))
            .ToImmutableDictionary();

    /// <summary>Reads a device from a submitted form.</summary>
    /// <param name="before">The device as it is registered; null for a new one.</param>
    public static Outcome<Device> Read(IFormCollection form, string id, string kind, Device? before = null)
    {
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        var sensors = ReadSensors(form, refusals);
        if (!Domain.Json.TryWord<Lifecycle>(form.Text("lifecycle"), out var lifecycle))
            refusals.Add(new Refusal(RefusalCodes.Invalid, "Choose the lifecycle state.", "lifecycle"));
        var deadline = ReadDeadline(form, refusals);
        var device = Device.Of(id, kind, sensors, form.Text("place"), form.Text("fleet"), form.Text("department") ?? "", lifecycle) with
        {
            Gateway = form.Text("gateway"),
            OwnDeadlineSeconds = deadline,
        };
        device = FactFields.Read(form, before, device, refusals);
        return refusals.Count > 0 ? refusals.ToImmutable() : device;
    }

    private static ImmutableArray<Capture> ReadSensors(IFormCollection form, ImmutableArray<Refusal>.Builder refusals)
    {
        var sensors = ImmutableArray.CreateBuilder<Capture>();
        foreach (var word in form["sensors"])
        {
            if (Domain.Json.TryWord<Capture>(word, out var sensor))
                sensors.Add(sensor);
            else
                refusals.Add(new Refusal(RefusalCodes.Invalid, $"“{word}” is not a sensor.", "sensors"));
        }

        return sensors.ToImmutable();
    }

    private static int? ReadDeadline(IFormCollection form, ImmutableArray<Refusal>.Builder refusals)
    {
        const string Field = "deadlineSeconds";
        if (form.Text(Field) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return seconds;
        refusals.Add(
            new Refusal(
                RefusalCodes.Invalid,
                $"“{text}” is not a number of seconds: expected {Registration.MinDeadlineSeconds} to "
                    + $"{Registration.MaxDeadlineSeconds}.",
                Field
            )
        );
        return null;
    }
}

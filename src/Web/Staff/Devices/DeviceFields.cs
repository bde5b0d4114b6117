using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
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
        }.ToImmutableDictionary();

    /// <summary>Reads a device from a submitted form.</summary>
    public static Outcome<Device> Read(IFormCollection form, string id, string kind)
    {
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        var sensors = ReadSensors(form, refusals);
        if (!Domain.Json.TryWord<Lifecycle>(form.Text("lifecycle"), out var lifecycle))
            refusals.Add(new Refusal(RefusalCodes.Invalid, "Choose the lifecycle state.", "lifecycle"));
        var deadline = ReadDeadline(form, refusals);
        if (refusals.Count > 0)
            return refusals.ToImmutable();
        return new Device(id, kind, sensors, form.Text("place"), form.Text("fleet"), form.Text("department") ?? "", lifecycle)
        {
            Gateway = form.Text("gateway"),
            OwnDeadlineSeconds = deadline,
        };
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

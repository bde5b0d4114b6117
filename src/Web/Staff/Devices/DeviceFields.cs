using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>What the form of a device offers, and what its fields say.</summary>
/// <param name="IsMobile">Whether a fleet is asked for, or a place; null when the kind is not chosen yet, and both are.</param>
public sealed record DeviceFields(
    City City,
    ImmutableArray<Place> Places,
    ImmutableArray<string> Fleets,
    ImmutableArray<Gateway> Gateways,
    bool? IsMobile,
    ImmutableDictionary<string, string> Values,
    ImmutableHashSet<string> Wrong
)
{
    public string Value(string field) => Values.GetValueOrDefault(field, "");

    public bool Has(string field, string word) => Value(field).Split(',').Contains(word);

    public string? IsWrong(string field) => Wrong.Contains(field) ? "true" : null;

    /// <summary>The fields of what is registered.</summary>
    public static ImmutableDictionary<string, string> Of(Device device) =>
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

    /// <summary>The device that a form describes.</summary>
    public static Outcome<Device> Read(IFormCollection form, string id, string kind)
    {
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        var sensors = ImmutableArray.CreateBuilder<Capture>();
        foreach (var word in form["sensors"])
        {
            if (Domain.Json.TryWord<Capture>(word, out var sensor))
                sensors.Add(sensor);
            else
                refusals.Add(new Refusal("invalid", $"“{word}” is no sensor.", "sensors"));
        }

        if (!Domain.Json.TryWord<Lifecycle>(Text("lifecycle"), out var lifecycle))
            refusals.Add(new Refusal("invalid", "Choose where it stands in its life.", "lifecycle"));
        int? deadline = null;
        if (Text("deadlineSeconds") is { } seconds)
        {
            if (int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var read))
                deadline = read;
            else
                refusals.Add(
                    new Refusal(
                        "invalid",
                        $"“{seconds}” is no number of seconds: expected {Registration.MinDeadlineSeconds} to {Registration.MaxDeadlineSeconds}.",
                        "deadlineSeconds"
                    )
                );
        }

        return refusals.Count > 0
            ? refusals.ToImmutable()
            : new Device(id, kind, sensors.ToImmutable(), Text("place"), Text("fleet"), Text("department") ?? "", lifecycle)
            {
                Gateway = Text("gateway"),
                OwnDeadlineSeconds = deadline,
            };

        string? Text(string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;
    }
}

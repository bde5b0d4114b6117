using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>
/// Checks devices and gateways before they are registered. The register itself checks that their place and gateway exist.
/// </summary>
public static class Registration
{
    /// <summary>The shortest own deadline of a device, in seconds.</summary>
    public const int MinDeadlineSeconds = 10;

    /// <summary>The longest own deadline of a device, in seconds: a day.</summary>
    public const int MaxDeadlineSeconds = 86_400;

    /// <summary>The longest reason of an act in the register, in characters.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>The refusal of a reason that is too long or cannot be shown; null when it can be recorded.</summary>
    public static Refusal? CheckReason(string? reason) => FreeText.CheckLines(reason, MaxReasonLength, "reason");

    /// <summary>Every reason why a gateway cannot be registered; empty when it can.</summary>
    public static ImmutableArray<Refusal> Check(Gateway gateway, City city)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        ArgumentNullException.ThrowIfNull(city);
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        if (!Identifier.IsValid(gateway.Id))
            Refuse("id", $"'{gateway.Id}' is not a valid id: small letters, digits and hyphens, at most {Identifier.MaxLength}.");
        if (gateway.Profile is not null && !Identifier.IsValid(gateway.Profile))
            Refuse("profile", $"'{gateway.Profile}' is not a valid id of a device profile.");
        if (city.Department(gateway.Department) is null)
            Refuse("department", UnknownDepartment(gateway.Department, city));
        return refusals.ToImmutable();

        void Refuse(string where, string sentence) => refusals.Add(new Refusal(RefusalCodes.Invalid, sentence, where));
    }

    /// <summary>Every reason why a device cannot be registered; empty when it can.</summary>
    public static ImmutableArray<Refusal> Check(Device device, City city)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(city);
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        if (!Identifier.IsValid(device.Id))
            Refuse(
                "id",
                $"'{device.Id}' is not a valid id: small letters, digits and hyphens, at most {Identifier.MaxLength}, "
                    + "and no name, badge or serial number."
            );
        if (device.Sensors.IsDefaultOrEmpty || device.Sensors.Distinct().Count() != device.Sensors.Length)
            Refuse("sensors", "Name every sensor once, and at least one. Also name a sensor that is switched off today.");
        if (city.Department(device.Department) is null)
            Refuse("department", UnknownDepartment(device.Department, city));
        if (device.OwnDeadlineSeconds is { } deadline && deadline is < MinDeadlineSeconds or > MaxDeadlineSeconds)
            Refuse("deadlineSeconds", $"A deadline of {deadline} seconds: expected {MinDeadlineSeconds} to {MaxDeadlineSeconds}.");
        if (DeviceKind.Find(device.Kind) is not { } kind)
            Refuse(
                "kind",
                $"There is no kind '{device.Kind}': expected one of {string.Join(", ", DeviceKind.All.Select(known => known.Id))}."
            );
        else if (kind.IsMobile && (device.Place is not null || device.Fleet is null || !Identifier.IsValid(device.Fleet)))
            Refuse("fleet", "A mobile device belongs to a fleet and has no place: the registry stores no position of it.");
        else if (!kind.IsMobile && (device.Fleet is not null || device.Place is null || !Identifier.IsValid(device.Place)))
            Refuse("place", "A fixed device covers a place, named by its id, and belongs to no fleet.");
        if (device.Gateway is not null && !Identifier.IsValid(device.Gateway))
            Refuse("gateway", "A gateway is named by its id: small letters, digits and hyphens.");
        return refusals.ToImmutable();

        void Refuse(string where, string sentence) => refusals.Add(new Refusal(RefusalCodes.Invalid, sentence, where));
    }

    /// <summary>The sentence about a department that the city does not have.</summary>
    internal static string UnknownDepartment(string department, City city) =>
        $"There is no department '{department}': expected one of {string.Join(", ", city.Departments.Select(known => known.Id))}.";
}

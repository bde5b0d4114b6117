using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>Checks fleets before they are registered. The register itself checks that their places are there.</summary>
public static class FleetRegistration
{
    /// <summary>The most places that a fleet works from.</summary>
    public const int MaxPlaces = 50;

    /// <summary>Every reason why a fleet cannot be registered like this; empty when it can.</summary>
    public static ImmutableArray<Refusal> Check(Fleet fleet, City city)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(city);
        var department =
            fleet.IsRetired ? null
            : fleet.Department is not { Length: > 0 } named
                ? Refused("department", "Choose the department: the notices of its places name it.")
            : city.Department(named) is null ? Refused("department", Registration.UnknownDepartment(named, city))
            : null;
        var places =
            fleet.Places.Length > MaxPlaces ? Refused("places", $"Name at most {MaxPlaces} places.")
            : fleet.Places.Distinct().Count() < fleet.Places.Length ? Refused("places", "Name each place once.")
            : fleet.Places.All(place => Identifier.IsValid(place)) ? null
            : Refused("places", "Name each place by its id: small letters, digits and hyphens.");
        return
        [
            .. (
                (Refusal?[])
                    [
                        PlaceRegistration.CheckId(fleet.Id),
                        fleet.Name is null ? null : PlaceRegistration.CheckText(fleet.Name, "name"),
                        department,
                        places,
                    ]
            ).OfType<Refusal>(),
        ];

        static Refusal Refused(string where, string sentence) => new(RefusalCodes.Invalid, sentence, where);
    }

    /// <summary>The refusal to retire a fleet that has devices; null when it has none.</summary>
    /// <param name="devices">Its devices that are not removed.</param>
    /// <param name="publicDevices">Its devices as the public knows them: as they were an hour ago.</param>
    public static Refusal? CheckRetirement(string fleetId, int devices, int publicDevices) =>
        devices > 0
            ? new Refusal(
                RefusalCodes.Invalid,
                $"Fleet '{fleetId}' still has {(devices == 1 ? "one device" : $"{devices} devices")}: "
                    + "move each to another fleet, or remove it, first.",
                "retired"
            )
        : publicDevices > 0
            // A fleet that is retired at once would tell at once that its last device left.
            ? new Refusal(
                RefusalCodes.Invalid,
                $"The last device left fleet '{fleetId}' less than an hour ago, and that is public only an hour later: retire it then.",
                "retired"
            )
        : null;
}

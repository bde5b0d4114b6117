using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>
/// A fleet of mobile devices whose people work from a place, as far as it is public. It says nothing about a single device: no number, no
/// position, no state.
/// </summary>
/// <param name="Id">The fleet.</param>
/// <param name="Captures">What devices of the fleet can capture.</param>
public sealed record PlaceFleet(string Id, string Technology, string Department, ImmutableArray<Capture> Captures)
{
    /// <summary>What people call it; null while it has no name.</summary>
    public string? Name { get; init; }

    /// <summary>How long the public does not see what is registered, or reported, of a single device of a fleet.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromHours(1);

    /// <summary>
    /// The fleets of a place: one for each fleet, technology and department. Each can capture what devices of its technology usually can,
    /// and what is known of its own devices. So a fleet is complete from its first minute, before its devices are public.
    /// </summary>
    /// <param name="named">Each technology that the ledger names for a fleet, with the department of its base.</param>
    /// <param name="known">What single devices can capture, as it was when it became public.</param>
    public static ImmutableArray<PlaceFleet> Join(IEnumerable<PlaceFleet> named, IEnumerable<PlaceFleet> known) =>
        [
            .. named
                .Concat(known)
                .GroupBy(fleet => (fleet.Id, fleet.Technology, fleet.Department))
                .OrderBy(same => same.Key.Id, StringComparer.Ordinal)
                .ThenBy(same => same.Key.Technology, StringComparer.Ordinal)
                .ThenBy(same => same.Key.Department, StringComparer.Ordinal)
                .Select(same => new PlaceFleet(
                    same.Key.Id,
                    same.Key.Technology,
                    same.Key.Department,
                    [.. Usual(same.Key.Technology).Union(same.SelectMany(fleet => fleet.Captures)).Order()]
                )
                {
                    Name = same.Select(fleet => fleet.Name).FirstOrDefault(name => name is not null),
                }),
        ];

    private static IEnumerable<Capture> Usual(string technology) =>
        DeviceKind.All.Where(kind => kind.IsMobile && kind.Technology == technology).SelectMany(kind => kind.UsualCaptures);
}

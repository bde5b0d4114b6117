using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Facts;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>Checks places and kiosks before they are registered.</summary>
public static class PlaceRegistration
{
    /// <summary>The most characters of a name, an address or an area.</summary>
    public const int MaxTextLength = 200;

    /// <summary>How many ids a sentence names at most.</summary>
    private const int MaxNamed = 10;

    /// <summary>Every reason why a place cannot be registered; empty when it can.</summary>
    /// <param name="areas">Checks its area.</param>
    public static ImmutableArray<Refusal> Check(Place place, IAreaCheck areas)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(areas);
        return
        [
            .. (
                (Refusal?[])
                    [
                        CheckId(place.Id),
                        CheckText(place.Name, "name"),
                        CheckText(place.Address, "address"),
                        CheckText(place.Area, "area"),
                        CheckGeometry(place.Geometry, areas),
                    ]
            ).OfType<Refusal>(),
        ];
    }

    private static Refusal? CheckGeometry(PlaceGeometry? geometry, IAreaCheck areas) =>
        geometry switch
        {
            null => null,
            { Point: { } point } => GeometryChecks.Check(point, "geometry"),
            { Area: { } area } => GeometryChecks.Check(area, areas, "geometry", "area of the place"),
            _ => throw new ArgumentException("A geometry is a point or an area.", nameof(geometry)),
        };

    /// <summary>Every reason why a kiosk cannot be registered; empty when it can. The register checks that its place is there.</summary>
    public static ImmutableArray<Refusal> Check(Kiosk kiosk)
    {
        ArgumentNullException.ThrowIfNull(kiosk);
        var noPlace = Identifier.IsValid(kiosk.Place)
            ? null
            : new Refusal(RefusalCodes.Invalid, "Name the place whose notice the screen shows, by its id.", "place");
        return [.. ((Refusal?[])[CheckId(kiosk.Id), noPlace]).OfType<Refusal>(), .. kiosk.Glass is { } glass ? Check(glass) : []];
    }

    /// <summary>The least and the greatest measures of a glass: a small counter display, and a wall of a station.</summary>
    private static IEnumerable<Refusal> Check(Glass glass) =>
        (
            (Refusal?[])
                [
                    CheckMeasure(glass.Width, 240, 16_000, "pixels", "glass.width"),
                    CheckMeasure(glass.Height, 240, 16_000, "pixels", "glass.height"),
                    CheckMeasure(glass.WidthMm, 50, 20_000, "millimetres", "glass.widthMm"),
                    CheckMeasure(glass.DistanceMm, 200, 50_000, "millimetres", "glass.distanceMm"),
                ]
        ).OfType<Refusal>();

    private static Refusal? CheckMeasure(int value, int min, int max, string unit, string where) =>
        value >= min && value <= max
            ? null
            : new Refusal(RefusalCodes.Invalid, $"{where} is {value}: expected {min} to {max} {unit}. State all four measures.", where);

    /// <summary>
    /// The refusal to retire a place that is still in use, which names what uses it; null when nothing does. A device that was removed and
    /// that no other person has confirmed to be gone is still on the notice.
    /// </summary>
    public static Refusal? CheckRetirement(string placeId, PlaceUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        string[] uses =
        [
            .. Named("the device", use.Devices, ", which must be moved or removed first"),
            .. Named("the removed device", use.Unconfirmed, ", of which another person must confirm on the spot that it is gone"),
            .. Named("the screen", use.Kiosks, ", which must be moved or retired first"),
            .. Named("the fleet", use.Fleets, ", which must work from another place first"),
        ];
        return uses.Length == 0
            ? null
            : new Refusal(RefusalCodes.Invalid, $"Place '{placeId}' is still named by {string.Join("; by ", uses)}.", "retired");
    }

    private static IEnumerable<string> Named(string one, ImmutableArray<string> ids, string then)
    {
        if (ids.IsEmpty)
            yield break;
        var shown = string.Join(", ", ids.Take(MaxNamed)) + (ids.Length > MaxNamed ? $" and {ids.Length - MaxNamed} more" : "");
        yield return (ids.Length == 1 ? one : one + "s") + " " + shown + then;
    }

    /// <summary>The refusal of an id; null when it is valid.</summary>
    internal static Refusal? CheckId(string id) =>
        Identifier.IsValid(id)
            ? null
            : new Refusal(
                RefusalCodes.Invalid,
                $"'{id}' is not a valid id: small letters, digits and hyphens, at most {Identifier.MaxLength}.",
                "id"
            );

    /// <summary>The refusal of a text that a notice states; null when it can.</summary>
    internal static Refusal? CheckText(string text, string where) =>
        string.IsNullOrWhiteSpace(text) ? new Refusal(RefusalCodes.Invalid, $"The {where} is missing: the notice states it.", where)
        : text != text.Trim() ? new Refusal(RefusalCodes.Invalid, $"The {where} begins or ends with a blank: leave it out.", where)
        : FreeText.CheckLine(text, MaxTextLength, where);
}

/// <summary>What names a place, by id.</summary>
/// <param name="Devices">The devices that are not removed.</param>
/// <param name="Unconfirmed">The devices that the register took from it, until another person has confirmed it.</param>
/// <param name="Kiosks">The kiosks that are not removed.</param>
/// <param name="Fleets">The fleets that work from it.</param>
public sealed record PlaceUse(
    ImmutableArray<string> Devices,
    ImmutableArray<string> Unconfirmed,
    ImmutableArray<string> Kiosks,
    ImmutableArray<string> Fleets
);

using System.Globalization;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Places;
using static SurveillanceRegistry.Domain.Registers.Lists.ListFieldsOf;

namespace SurveillanceRegistry.Domain.Registers.Lists;

/// <summary>The lists of places and of screens.</summary>
public static class PlaceLists
{
    /// <summary>The column of where a place is; a list may have <see cref="Latitude"/> and <see cref="Longitude"/> instead.</summary>
    public const string Geometry = "geometry",
        Latitude = "latitude",
        Longitude = "longitude";

    /// <param name="areas">Checks the areas of places.</param>
    public static ListShape<Place> Places(IAreaCheck areas) =>
        new(
            id => new Place(id, "", "", ""),
            place => place.Id,
            [
                Text<Place>("name", place => place.Name, (place, cell) => place with { Name = cell }),
                Text<Place>("address", place => place.Address, (place, cell) => place with { Address = cell }),
                Text<Place>("area", place => place.Area, (place, cell) => place with { Area = cell }),
                new(
                    Geometry,
                    "latitude and longitude such as 47.6097, -122.3331, a GeoJSON polygon, or nothing",
                    place => place.Geometry?.ToString(),
                    (place, cell) => PlaceGeometry.Read(cell, out var geometry) is null ? place with { Geometry = geometry } : null
                ),
                Retired<Place>(place => place.IsRetired, (place, retired) => place with { IsRetired = retired }),
            ],
            place => PlaceRegistration.Check(place, areas)
        );

    /// <param name="places">The ids of the places that are in use.</param>
    public static ListShape<Kiosk> Screens(IReadOnlySet<string> places) =>
        new(
            id => new Kiosk(id, ""),
            kiosk => kiosk.Id,
            [
                Text<Kiosk>("place", kiosk => kiosk.Place, (kiosk, cell) => kiosk with { Place = cell }),
                Measure("width", glass => glass.Width, (glass, value) => glass with { Width = value }),
                Measure("height", glass => glass.Height, (glass, value) => glass with { Height = value }),
                Measure("widthMm", glass => glass.WidthMm, (glass, value) => glass with { WidthMm = value }),
                Measure("distanceMm", glass => glass.DistanceMm, (glass, value) => glass with { DistanceMm = value }),
                Retired<Kiosk>(kiosk => kiosk.Removed, (kiosk, retired) => kiosk with { Removed = retired }),
            ],
            kiosk =>
                kiosk.Removed || places.Contains(kiosk.Place)
                    ? PlaceRegistration.Check(kiosk)
                    : [new Refusal(RefusalCodes.Invalid, $"There is no place '{kiosk.Place}' in use: register it first.", "place")]
        );

    /// <summary>A measure of a glass. All four stand together: a screen without any was not measured.</summary>
    private static ListField<Kiosk> Measure(string name, Func<Glass, int> write, Func<Glass, int, Glass> read) =>
        new(
            name,
            "a whole number, or nothing in all four measures",
            kiosk => kiosk.Glass is { } glass ? write(glass).ToString(CultureInfo.InvariantCulture) : null,
            (kiosk, cell) =>
            {
                var value = 0;
                if (cell.Length > 0 && !int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out value))
                    return null;
                var glass = read(kiosk.Glass ?? new Glass(0, 0, 0, 0), value);
                return kiosk with { Glass = glass == new Glass(0, 0, 0, 0) ? null : glass };
            }
        );
}

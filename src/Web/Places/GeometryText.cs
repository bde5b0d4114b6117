using System.Globalization;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Places;

/// <summary>Where a place is, in a language.</summary>
internal static class GeometryText
{
    /// <summary>The coordinates of a point, or how exactly the outline of an area is known; empty when nothing is.</summary>
    public static string For(PlaceGeometry? geometry, PageLanguage language) =>
        geometry is null ? ""
        : geometry.Point is { } point
            ? language["device.position.text", ("latitude", Digits(point.Latitude)), ("longitude", Digits(point.Longitude))]
        : language["device.coverage.text", ("count", $"{geometry.Area!.Points.Count()}")];

    private static string Digits(double value) => value.ToString("0.#######", CultureInfo.InvariantCulture);
}

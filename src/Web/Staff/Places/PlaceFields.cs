using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Places;

/// <summary>The fields of the form of a place, in which a notice speaks of it.</summary>
internal static class PlaceFields
{
    public static ImmutableDictionary<string, string> ValuesOf(Place place) =>
        new Dictionary<string, string>
        {
            ["name"] = place.Name,
            ["address"] = place.Address,
            ["area"] = place.Area,
            ["geometry"] = place.Geometry?.ToString() ?? "",
        }.ToImmutableDictionary();

    /// <param name="refusal">The refusal of a position that cannot be read; null otherwise.</param>
    public static Place Read(IFormCollection form, Place before, out Refusal? refusal)
    {
        refusal = PlaceGeometry.Read(form.Text("geometry"), out var geometry);
        return before with
        {
            Name = form.Text("name") ?? "",
            Address = form.Text("address") ?? "",
            Area = form.Text("area") ?? "",
            Geometry = geometry,
        };
    }
}

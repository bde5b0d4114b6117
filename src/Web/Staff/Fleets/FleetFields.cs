using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Fleets;

/// <summary>The form of a fleet, which a partial view shows.</summary>
/// <param name="Places">The places that may be chosen.</param>
public sealed record FleetFields(FormPageModel Form, City City, ImmutableArray<Place> Places)
{
    internal static ImmutableDictionary<string, string> ValuesOf(Fleet fleet) =>
        new Dictionary<string, string>
        {
            ["name"] = fleet.Name ?? "",
            ["department"] = fleet.Department ?? "",
            ["places"] = string.Join(',', fleet.Places),
        }.ToImmutableDictionary();

    internal static Fleet Read(IFormCollection form, Fleet before) =>
        before with
        {
            Name = form.Text("name"),
            Department = form.Text("department"),
            Places = [.. form["places"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        };
}

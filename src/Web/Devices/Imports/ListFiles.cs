using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Devices.Imports;

/// <summary>The fixed devices as files that an import takes, and the header alone as a template.</summary>
internal static class ListFiles
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/staff/imports/template.csv", (ICityListReader lists) => Csv(lists.WriteCsv([]), "template.csv"))
            .RequireAuthorization(StaffPolicies.AnyRole);
        app.MapGet(
                "/staff/devices.csv",
                async (ICityListReader lists, IDeviceRegister devices, HttpContext http) =>
                    Csv(lists.WriteCsv((await devices.AllAsync(http.RequestAborted)).Where(IsExported)), "devices.csv")
            )
            .RequireAuthorization(StaffPolicies.AnyRole);
        app.MapGet(
                "/staff/devices.geojson",
                async (ICityListReader lists, IDeviceRegister devices, HttpContext http) =>
                    Results.Bytes(
                        lists.WriteGeoJson((await devices.AllAsync(http.RequestAborted)).Where(IsExported)),
                        "application/geo+json",
                        "devices.geojson"
                    )
            )
            .RequireAuthorization(StaffPolicies.AnyRole);
    }

    private static IResult Csv(byte[] bytes, string name) => Results.Bytes(bytes, "text/csv; charset=utf-8", name);

    private static bool IsExported(Device device) => device is { Fleet: null, Lifecycle: not Lifecycle.Removed };
}

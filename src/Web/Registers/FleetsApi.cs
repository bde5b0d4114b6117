using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Devices.Responses;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>
/// The register of fleets, for programs. What the register says of a fleet is public at once, on both axes of time; its devices are
/// counted, rounded, as they were an hour before.
/// </summary>
internal static class FleetsApi
{
    /// <summary>The registered values of a fleet. A change leaves out what stays as it is.</summary>
    internal sealed record FleetBody(
        string? Id = null,
        string? Name = null,
        string? Department = null,
        ImmutableArray<string>? Places = null,
        bool? Retired = null,
        string? Since = null,
        string? Reason = null
    );

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("fleets", ListAsync).Answers<ItemsResponse<FleetResponse>>();
        api.MapGet("fleets/{id}", FindAsync).Answers<FleetKindsResponse>("ETag");
        RegisterRoutes.MapHistory<Fleet, FleetVersionResponse>(api, "fleets", "fleet", FleetVersionResponse.From);
        var acts = RegisterRoutes.MapActs<FleetBody, FleetVersionResponse>(api, "fleets", Register, Change);
        acts.Register.WithSummary("Register a fleet, before any device of it")
            .WithDescription("A device that names an unknown fleet registers it too, without a name or a place. Honours Idempotency-Key.");
        acts.Change.WithSummary("Name, move or retire a fleet, give it to another department, or bring it back")
            .WithDescription(
                $"{RegisterRoutes.Change} `places` replaces all places. "
                    + "A fleet with devices is not retired, nor within an hour after the last left."
            );
    }

    private static Task<IResult> ListAsync(
        HttpContext http,
        IDeviceRegister devices,
        IInventoryRegister<Fleet> register,
        TimeProvider time
    ) =>
        RegisterRoutes.ListAsync(
            http,
            register,
            async (point, _) =>
            {
                var fleets = await PublicFleets.FindAsync(devices, register, point, time.GetUtcNow(), http.RequestAborted);
                return JsonResults.Page(
                    http,
                    fleets.ToResponses(),
                    fleet => $"{fleet.Id},{fleet.Technology},{fleet.Kind},{fleet.Department}"
                );
            }
        );

    private static Task<IResult> FindAsync(
        string id,
        HttpContext http,
        IDeviceRegister devices,
        IInventoryRegister<Fleet> register,
        TimeProvider time
    ) =>
        RegisterRoutes.FindAsync(
            http,
            register,
            "fleet",
            id,
            fleet => fleet.IsRetired,
            async (point, version) =>
            {
                var fleets = await PublicFleets.FindAsync(devices, register, point, time.GetUtcNow(), http.RequestAborted);
                ImmutableArray<FleetResponse> kinds = [.. fleets.ToResponses().Where(fleet => fleet.Id == id)];
                return JsonResults.Resource(http, FleetKindsResponse.Create(version, kinds), version.Number);
            }
        );

    private static Task<IResult> Register(HttpContext http, RegisterClerk clerk) =>
        RegisterRoutes.RegisterAsync<FleetBody, Fleet>(
            http,
            body =>
                clerk.RegisterAsync(
                    new Fleet(body.Id ?? "", body.Name, body.Department, Given(body.Places) ?? []) { IsRetired = body.Retired == true },
                    new ClerkAct(http.User, body.Reason, body.Since),
                    http.RequestAborted
                ),
            version => (FleetVersionResponse.From(version), $"/api/v1/fleets/{version.Value.Id}")
        );

    private static Task<IResult> Change(string id, HttpContext http, IInventoryRegister<Fleet> register, RegisterClerk clerk) =>
        RegisterRoutes.ChangeAsync<FleetBody, Fleet>(
            http,
            register.FindAsync(id, null, http.RequestAborted),
            "fleet",
            id,
            body => body.Id,
            (before, body, version) =>
                clerk.ChangeAsync(
                    before,
                    before with
                    {
                        Name = body.Name ?? before.Name,
                        Department = body.Department ?? before.Department,
                        Places = Given(body.Places) ?? before.Places,
                        IsRetired = body.Retired ?? before.IsRetired,
                    },
                    version,
                    new ClerkAct(http.User, body.Reason, body.Since),
                    http.RequestAborted
                ),
            FleetVersionResponse.From
        );

    /// <summary>The places that a body states; null when it states none, also as a null.</summary>
    private static ImmutableArray<string>? Given(ImmutableArray<string>? places) => places is { IsDefault: false } given ? given : null;
}

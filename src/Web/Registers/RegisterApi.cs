using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>
/// The registers of places and screens, for programs: every version on both axes of time for anybody, and the acts for device clerks. The
/// ledger records every act.
/// </summary>
internal static class RegisterApi
{
    /// <summary>The registered values of a place. A change leaves out what stays as it is.</summary>
    internal sealed record PlaceBody(
        string? Id = null,
        string? Name = null,
        string? Address = null,
        string? Area = null,
        PlaceGeometry? Geometry = null,
        bool? Retired = null,
        string? Since = null,
        string? Reason = null
    );

    /// <summary>The registered values of a screen. A change leaves out what stays as it is.</summary>
    internal sealed record KioskBody(
        string? Id = null,
        string? Place = null,
        bool? Retired = null,
        Glass? Glass = null,
        string? Since = null,
        string? Reason = null
    );

    public static void Map(IEndpointRouteBuilder api)
    {
        RegisterRoutes.MapHistory<Place, PlaceVersionResponse>(api, "places", "place", PlaceVersionResponse.From);
        RegisterRoutes.MapHistory<Kiosk, KioskVersionResponse>(api, "kiosks", "kiosk", KioskVersionResponse.From);
        var places = RegisterRoutes.MapActs<PlaceBody, PlaceVersionResponse>(api, "places", RegisterPlace, ChangePlace);
        places.Register.WithSummary("Register a place").WithDescription("Its notice is signed at once. Honours Idempotency-Key.");
        places
            .Change.WithSummary("Rename, correct or retire a place, or bring it back")
            .WithDescription($"{RegisterRoutes.Change} The registry refuses to retire a place that a device, screen or fleet still names.");
        var kiosks = RegisterRoutes.MapActs<KioskBody, KioskVersionResponse>(api, "kiosks", RegisterKiosk, ChangeKiosk);
        kiosks
            .Register.WithSummary("Register a screen at a place")
            .WithDescription("It shows the notice of its place at `/kiosks/{id}`. Honours Idempotency-Key.");
        kiosks.Change.WithSummary("Move, measure or retire a screen, or bring it back").WithDescription(RegisterRoutes.Change);
    }

    private static Task<IResult> RegisterPlace(HttpContext http, RegisterClerk clerk) =>
        RegisterRoutes.RegisterAsync<PlaceBody, Place>(
            http,
            body =>
                clerk.RegisterAsync(
                    new Place(body.Id ?? "", body.Name ?? "", body.Address ?? "", body.Area ?? "")
                    {
                        Geometry = body.Geometry,
                        IsRetired = body.Retired == true,
                    },
                    new ClerkAct(http.User, body.Reason, body.Since),
                    http.RequestAborted
                ),
            version => (PlaceVersionResponse.From(version), $"/api/v1/places/{version.Value.Id}")
        );

    private static Task<IResult> RegisterKiosk(HttpContext http, RegisterClerk clerk) =>
        RegisterRoutes.RegisterAsync<KioskBody, Kiosk>(
            http,
            body =>
                clerk.RegisterAsync(
                    new Kiosk(body.Id ?? "", body.Place ?? "", body.Retired == true) { Glass = body.Glass },
                    new ClerkAct(http.User, body.Reason, body.Since),
                    http.RequestAborted
                ),
            version => (KioskVersionResponse.From(version), $"/api/v1/kiosks/{version.Value.Id}")
        );

    private static Task<IResult> ChangePlace(string id, HttpContext http, IInventoryRegister<Place> places, RegisterClerk clerk) =>
        RegisterRoutes.ChangeAsync<PlaceBody, Place>(
            http,
            places.FindAsync(id, null, http.RequestAborted),
            "place",
            id,
            body => body.Id,
            (before, body, version) =>
                clerk.ChangeAsync(
                    before with
                    {
                        Name = body.Name ?? before.Name,
                        Address = body.Address ?? before.Address,
                        Area = body.Area ?? before.Area,
                        Geometry = body.Geometry ?? before.Geometry,
                        IsRetired = body.Retired ?? before.IsRetired,
                    },
                    version,
                    new ClerkAct(http.User, body.Reason, body.Since),
                    http.RequestAborted
                ),
            PlaceVersionResponse.From
        );

    private static Task<IResult> ChangeKiosk(string id, HttpContext http, IInventoryRegister<Kiosk> kiosks, RegisterClerk clerk) =>
        RegisterRoutes.ChangeAsync<KioskBody, Kiosk>(
            http,
            kiosks.FindAsync(id, null, http.RequestAborted),
            "kiosk",
            id,
            body => body.Id,
            (before, body, version) =>
                clerk.ChangeAsync(
                    before,
                    before with
                    {
                        Place = body.Place ?? before.Place,
                        Removed = body.Retired ?? before.Removed,
                        Glass = body.Glass ?? before.Glass,
                    },
                    version,
                    new ClerkAct(http.User, body.Reason, body.Since),
                    http.RequestAborted
                ),
            KioskVersionResponse.From
        );
}

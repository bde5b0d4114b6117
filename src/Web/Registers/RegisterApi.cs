using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>
/// The registers of places and kiosks, for programs: every version on both axes of time for anybody, and the acts for device clerks. The
/// ledger records every act.
/// </summary>
internal static class RegisterApi
{
    /// <summary>What the document says of every change.</summary>
    public const string Change =
        "Members that the body omits keep their values. `since` is the day, or the instant, from which it holds; now when omitted. "
        + "Needs If-Match.";

    /// <summary>The registered values of a place. A change leaves out what stays as it is.</summary>
    internal sealed record PlaceBody(
        string? Id = null,
        string? Name = null,
        string? Address = null,
        string? Area = null,
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
        MapHistory<Place, PlaceVersionResponse>(api, "places", "place", PlaceVersionResponse.From);
        MapHistory<Kiosk, KioskVersionResponse>(api, "kiosks", "kiosk", KioskVersionResponse.From);
        var clerk = Json.Word(Role.DeviceClerk);
        api.MapPost("places", RegisterPlace)
            .Answers<PlaceVersionResponse>(StatusCodes.Status201Created, "ETag", "Location")
            .RequireAuthorization(clerk)
            .Accepts<PlaceBody>("application/json")
            .WithSummary("Register a place")
            .WithDescription("Its notice is signed at once. Honours Idempotency-Key.");
        api.MapPatch("places/{id}", ChangePlace)
            .Answers<PlaceVersionResponse>("ETag")
            .RequireAuthorization(clerk)
            .Accepts<PlaceBody>("application/json")
            .WithSummary("Rename, correct or retire a place, or bring it back")
            .WithDescription($"{Change} The registry refuses to retire a place that a device, screen or fleet still names.");
        api.MapPost("kiosks", RegisterKiosk)
            .Answers<KioskVersionResponse>(StatusCodes.Status201Created, "ETag", "Location")
            .RequireAuthorization(clerk)
            .Accepts<KioskBody>("application/json")
            .WithSummary("Register a screen at a place")
            .WithDescription("It shows the notice of its place at `/kiosks/{id}`. Honours Idempotency-Key.");
        api.MapPatch("kiosks/{id}", ChangeKiosk)
            .Answers<KioskVersionResponse>("ETag")
            .RequireAuthorization(clerk)
            .Accepts<KioskBody>("application/json")
            .WithSummary("Move, measure or retire a screen, or bring it back")
            .WithDescription(Change);
    }

    /// <summary>Maps the versions of a register.</summary>
    public static void MapHistory<T, TResponse>(
        IEndpointRouteBuilder api,
        string path,
        string word,
        Func<AttributedVersion<T>, TResponse> shape
    )
        where T : class =>
        api.MapGet(
                $"{path}/{{id}}/history",
                async (string id, IInventoryRegister<T> register, CancellationToken cancellationToken) =>
                    await register.HistoryAsync(id, cancellationToken) is { IsEmpty: false } versions
                        ? JsonResults.Ok(new ItemsResponse<TResponse>(versions.Select(shape), null))
                        : Problem.NotFound($"No {word} '{id}' is registered.")
            )
            .Answers<ItemsResponse<TResponse>>();

    /// <summary>Why a version is not answered: the thing was never registered, was not registered yet, or was retired by then.</summary>
    /// <param name="version">The version at the point; null when there is none.</param>
    /// <param name="isRetired">Whether that version says that it is retired.</param>
    /// <returns>Null when there is nothing against the version.</returns>
    public static async Task<IResult?> MissingAsync<T>(
        IInventoryRegister<T> register,
        string word,
        string id,
        RegisterPoint? point,
        RegisterVersion<T>? version,
        bool isRetired,
        HttpContext http
    )
        where T : class
    {
        if (version is null)
        {
            return point is null || await register.FindAsync(id, null, http.RequestAborted) is null
                ? Problem.NotFound($"No {word} '{id}' is registered.")
                : Problem.NotFound($"The {word} '{id}' was not registered then: {Asked(http)}.");
        }

        if (!isRetired)
            return null;
        // A clerk names it to bring the thing back.
        http.Response.Headers.ETag = EntityTags.FromVersion(version.Number);
        return Problem.Gone($"The {word} '{id}' is retired since {LedgerEntry.FormatTime(version.Since)}. Its history says what it was.");
    }

    /// <summary>The answer where the register has nothing at a point: an empty list would say that there was nothing.</summary>
    public static IResult NothingKnown(HttpContext http) =>
        Problem.NotFound($"The register has nothing of that time: {Asked(http)}. It has no data about earlier times.");

    /// <summary>The times that a request asks for. The time of the request itself is left out: it would make each answer another.</summary>
    private static string Asked(HttpContext http) =>
        string.Join(
            " and ",
            ((string[])["asOf", "knownAt"])
                .Where(name => http.Request.Query[name].ToString().Length > 0)
                .Select(name => $"{name} is '{http.Request.Query[name]}'")
        );

    private static Task<IResult> RegisterPlace(HttpContext http, RegisterClerk clerk) =>
        RegisterAsync<PlaceBody, Place>(
            http,
            body =>
                clerk.RegisterAsync(
                    new Place(body.Id ?? "", body.Name ?? "", body.Address ?? "", body.Area ?? "") { IsRetired = body.Retired == true },
                    new ClerkAct(http.User, body.Reason, body.Since),
                    http.RequestAborted
                ),
            version => (PlaceVersionResponse.From(version), $"/api/v1/places/{version.Value.Id}")
        );

    private static Task<IResult> RegisterKiosk(HttpContext http, RegisterClerk clerk) =>
        RegisterAsync<KioskBody, Kiosk>(
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
        ChangeAsync<PlaceBody, Place>(
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
                        IsRetired = body.Retired ?? before.IsRetired,
                    },
                    version,
                    new ClerkAct(http.User, body.Reason, body.Since),
                    http.RequestAborted
                ),
            PlaceVersionResponse.From
        );

    private static Task<IResult> ChangeKiosk(string id, HttpContext http, IInventoryRegister<Kiosk> kiosks, RegisterClerk clerk) =>
        ChangeAsync<KioskBody, Kiosk>(
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

    /// <summary>Registers something new, as the body states it.</summary>
    public static Task<IResult> RegisterAsync<TBody, T>(
        HttpContext http,
        Func<TBody, Task<Outcome<RegisterVersion<T>>>> act,
        Func<RegisterVersion<T>, (object Response, string Location)> shape
    )
        where TBody : class =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<TBody>(text, out var body) is { } problem)
                    return problem;
                var outcome = await act(body);
                if (outcome.Value is not { } registered)
                    return Problem.Refused(outcome.Refusals);
                var (response, location) = shape(registered);
                return StoredJsonResult.Create(StatusCodes.Status201Created, response, EntityTags.FromVersion(registered.Number), location);
            }
        );

    /// <summary>Changes what is registered, as the body states it, if it has the version of If-Match.</summary>
    public static Task<IResult> ChangeAsync<TBody, T>(
        HttpContext http,
        Task<RegisterVersion<T>?> finding,
        string word,
        string id,
        Func<TBody, string?> idOf,
        Func<T, TBody, int, Task<Outcome<RegisterVersion<T>>>> act,
        Func<RegisterVersion<T>, object> shape
    )
        where TBody : class
        where T : class =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (await finding is not { } before)
                    return Problem.NotFound($"No {word} '{id}' is registered.");
                if (EntityTags.RequireIfMatch(http, out var version) is { } precondition)
                    return precondition;
                if (JsonBody.Read<TBody>(text, out var body) is { } problem)
                    return problem;
                if (idOf(body) is { } other && other != id)
                    return Problem.Refused([
                        new Refusal(RefusalCodes.Invalid, $"A {word} keeps its id: register another, and retire this one.", "id"),
                    ]);
                var outcome = await act(before.Value, body, version);
                return outcome.Value is { } changed
                    ? StoredJsonResult.Create(StatusCodes.Status200OK, shape(changed), EntityTags.FromVersion(changed.Number))
                    : Problem.Refused(outcome.Refusals);
            }
        );
}

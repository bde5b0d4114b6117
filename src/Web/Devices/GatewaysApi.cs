using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Devices.Responses;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Registers;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>Registers and changes gateways, for device clerks. The ledger records every act.</summary>
internal static class GatewaysApi
{
    internal sealed record GatewayBody(
        string? Id = null,
        string? Department = null,
        string? Profile = null,
        bool? Removed = null,
        string? Reason = null
    );

    public static void Map(IEndpointRouteBuilder api)
    {
        var clerk = Json.Word(Role.DeviceClerk);
        var gateways = api.MapGroup("gateways").WithTags("Devices");
        gateways
            .MapGet("", List)
            .Answers<ItemsResponse<GatewayVersionResponse>>()
            .RequireAuthorization(StaffPolicies.AnyRole)
            .WithSummary("All gateways");
        gateways
            .MapGet("{id}", One)
            .Answers<GatewayDevicesResponse>("ETag")
            .RequireAuthorization(StaffPolicies.AnyRole)
            .WithSummary("One gateway and the devices behind it");
        gateways
            .MapGet("{id}/history", History)
            .Answers<ItemsResponse<GatewayVersionResponse>>()
            .RequireAuthorization(StaffPolicies.AnyRole)
            .WithSummary("Every version of a gateway, oldest first, with who recorded it and why");
        gateways
            .MapPost("", Register)
            .Answers<Gateway>(StatusCodes.Status201Created, "ETag", "Location")
            .RequireAuthorization(clerk)
            .Accepts<GatewayBody>("application/json")
            .WithSummary("Register a gateway")
            .WithDescription("A gateway publishes for the devices registered behind it, and never for itself. Honours Idempotency-Key.");
        gateways
            .MapPatch("{id}", Change)
            .Answers<Gateway>("ETag")
            .RequireAuthorization(clerk)
            .Accepts<GatewayBody>("application/json")
            .WithSummary("Change or remove a gateway")
            .WithDescription("`removed` ends its credentials and its session. Needs If-Match.");
    }

    private static async Task<IResult> List(HttpContext http, IGatewayRegister gateways, TimeProvider time)
    {
        var (then, fault) = await ThenAsync(http);
        return fault
            ?? JsonResults.Page(
                http,
                (await gateways.ListAsync(then ?? time.GetUtcNow(), http.RequestAborted)).Select(GatewayVersionResponse.From),
                gateway => gateway.Id
            );
    }

    private static async Task<IResult> History(string id, HttpContext http, IGatewayRegister gateways) =>
        await gateways.HistoryAsync(id, http.RequestAborted) is { IsEmpty: false } versions
            ? JsonResults.Ok(new ItemsResponse<GatewayVersionResponse>(versions.Select(GatewayVersionResponse.From), null))
            : Problem.NotFound($"No gateway '{id}' is registered.");

    /// <summary>
    /// The time that is asked about; null for now. What is said of a gateway holds from when it is recorded, so both axes are one.
    /// </summary>
    private static async Task<(DateTimeOffset? Then, IResult? Fault)> ThenAsync(HttpContext http)
    {
        var (point, fault) = await RegisterTimes.ReadPointAsync(http);
        return (
            point is null ? null
            : point.AsOf < point.KnownAt ? point.AsOf
            : point.KnownAt,
            fault
        );
    }

    private static async Task<IResult> One(
        string id,
        HttpContext http,
        IEnrolment enrolment,
        IGatewayRegister gateways,
        IMobileReadAudit audit,
        TimeProvider time
    )
    {
        var (then, fault) = await ThenAsync(http);
        if (fault is not null)
            return fault;
        if ((await gateways.GatewaysAsync(http.RequestAborted)).FirstOrDefault(gateway => gateway.Id == id) is not { } gateway)
            return Problem.NotFound($"No gateway '{id}' is registered.");
        if (then is { } past)
            return (await gateways.ListAsync(past, http.RequestAborted)).FirstOrDefault(version => version.Value.Id == id) is { } version
                ? JsonResults.Ok(GatewayDevicesResponse.Of(version.Value, null))
                : Problem.NotFound($"Gateway '{id}' was not registered yet.");
        var behind = await MobileReadPolicy.BehindAsync(id, http, enrolment, audit, time);
        return StoredJsonResult.Create(
            StatusCodes.Status200OK,
            GatewayDevicesResponse.Of(gateway, [.. behind.Select(device => device.Id)]),
            EntityTags.FromVersion(gateway.Version)
        );
    }

    private static Task<IResult> Register(HttpContext http, DeviceRegistration registration) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<GatewayBody>(text, out var body) is { } problem)
                    return problem;
                var outcome = await registration.RegisterAsync(
                    new Gateway(body.Id ?? "", body.Department ?? "", body.Profile is { Length: 0 } ? null : body.Profile),
                    http.User,
                    body.Reason,
                    http.RequestAborted
                );
                return outcome.Value is { } registered
                    ? StoredJsonResult.Create(
                        StatusCodes.Status201Created,
                        registered,
                        EntityTags.FromVersion(registered.Version),
                        $"/api/v1/gateways/{registered.Id}"
                    )
                    : Problem.Refused(outcome.Refusals);
            }
        );

    private static Task<IResult> Change(string id, HttpContext http, IGatewayRegister gateways, DeviceRegistration registration) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if ((await gateways.GatewaysAsync(http.RequestAborted)).FirstOrDefault(gateway => gateway.Id == id) is not { } before)
                    return Problem.NotFound($"No gateway '{id}' is registered.");
                if (EntityTags.RequireIfMatch(http, out var version) is { } precondition)
                    return precondition;
                if (JsonBody.Read<GatewayBody>(text, out var body) is { } problem)
                    return problem;
                if (body.Id is not null && body.Id != id)
                    return Problem.Refused([
                        new Refusal(RefusalCodes.Invalid, "A gateway keeps its id: register another, and remove this one.", "id"),
                    ]);
                var after = before with
                {
                    Department = body.Department ?? before.Department,
                    Profile = body.Profile is { Length: 0 } ? null : body.Profile ?? before.Profile,
                    Removed = body.Removed ?? before.Removed,
                };
                var outcome = await registration.ChangeAsync(after, version, http.User, body.Reason, http.RequestAborted);
                return outcome.Value is { } changed
                    ? StoredJsonResult.Create(StatusCodes.Status200OK, changed, EntityTags.FromVersion(changed.Version))
                    : Problem.Refused(outcome.Refusals);
            }
        );
}

using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Devices.Facts;
using SurveillanceRegistry.Web.Devices.Responses;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>
/// Registers and changes devices, for device clerks. The ledger records every act; acts on a mobile device are recorded in its own list.
/// </summary>
internal static class DeviceRegistrationApi
{
    private const int MaxActs = 100;

    /// <summary>The reason of an act that needs no other value.</summary>
    internal sealed record ReasonBody(string? Reason = null);

    public static void Map(IEndpointRouteBuilder api)
    {
        var clerk = Json.Word(Role.DeviceClerk);
        var devices = api.MapGroup("devices").WithTags("Devices");
        devices
            .MapPost("", Register)
            .Answers<RegisteredFixedDeviceResponse>(StatusCodes.Status201Created, "ETag", "Location")
            .OrAnswers<RegisteredDeviceResponse>()
            .RequireAuthorization(clerk)
            .Accepts<DeviceBody>("application/json")
            .WithSummary("Register a device")
            .WithDescription(
                "A device exists only when it is registered. A fixed device covers a `place`; a mobile one belongs to a `fleet` "
                    + "and has no `position`, `directions`, `coverage` and `mountingHeight`. No fact about it is needed. "
                    + "Honours Idempotency-Key."
            );
        devices
            .MapPatch("{id}", Change)
            .Answers<RegisteredFixedDeviceResponse>("ETag", "Location")
            .OrAnswers<RegisteredDeviceResponse>()
            .RequireAuthorization(clerk)
            .Accepts<DeviceBody>("application/json")
            .WithSummary("Change what is registered of a device")
            .WithDescription(
                "What is left out stays. An empty `gateway` and a `deadlineSeconds` of 0 remove the value; `removes` names facts that are "
                    + "not known any more. A changed fact loses its source unless `sources` gives a new one. "
                    + "`lifecycle` `removed` takes the device out of service, and ends its credentials and its session. Needs If-Match."
            );
        devices
            .MapPost("{id}/forget-epoch", ForgetEpoch)
            .AnswersNothing()
            .RequireAuthorization(clerk)
            .Accepts<ReasonBody>(true, "application/json")
            .WithSummary("Accept heartbeats again from a device whose clock was set back")
            .WithDescription("The next heartbeat is accepted whatever its epoch.");
        devices
            .MapGet("{id}/acts", Acts)
            .Answers<ItemsResponse<MobileActResponse>>()
            .RequireAuthorization(StaffPolicies.AnyRole)
            .WithSummary("The acts on a mobile device, with the actor and the reason")
            .WithDescription(
                "Newest first. For device clerks and auditors; each reading is recorded. Acts on a fixed device are in the ledger."
            );
    }

    private static Task<IResult> Register(HttpContext http, DeviceRegistration registration) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<DeviceBody>(text, out var body) is { } problem)
                    return problem;
                var read = body.ToDevice();
                if (read.Value is not { } device)
                    return Problem.Refused(read.Refusals);
                var outcome = await registration.RegisterAsync(device, http.User, body.Reason, http.RequestAborted);
                return outcome.Value is { } registered
                    ? Shape(registered, 1, StatusCodes.Status201Created)
                    : Problem.Refused(outcome.Refusals);
            }
        );

    private static Task<IResult> Change(string id, HttpContext http, IDeviceRegister register, DeviceRegistration registration) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (await register.FindAsync(id, http.RequestAborted) is not { } before)
                    return Problem.NotFound($"No device '{id}' is registered.");
                if (EntityTags.RequireIfMatch(http, out var version) is { } precondition)
                    return precondition;
                if (JsonBody.Read<DeviceBody>(text, out var body) is { } problem)
                    return problem;
                if (body.Id is not null && body.Id != id || body.Kind is not null && body.Kind != before.Kind)
                    return Problem.Refused([
                        new Refusal(
                            RefusalCodes.Invalid,
                            "A device keeps its id and its kind: register another, and remove this one.",
                            body.Id is not null && body.Id != id ? "id" : "kind"
                        ),
                    ]);
                var read = body.ApplyTo(before);
                if (read.Value is not { } after)
                    return Problem.Refused(read.Refusals);
                var outcome = await registration.ChangeAsync(before, after, version, http.User, body.Reason, http.RequestAborted);
                return outcome.Value is { } changed
                    ? Shape(changed, version + 1, StatusCodes.Status200OK)
                    : Problem.Refused(outcome.Refusals);
            }
        );

    private static Task<IResult> ForgetEpoch(string id, HttpContext http, IDeviceRegister register, DeviceRegistration registration) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<ReasonBody>(text, out var body) is { } problem)
                    return problem;
                if (await register.FindAsync(id, http.RequestAborted) is not { } device)
                    return Problem.NotFound($"No device '{id}' is registered.");
                var outcome = await registration.ForgetEpochAsync(device, http.User, body.Reason, http.RequestAborted);
                return outcome.IsDone ? Results.NoContent() : Problem.Refused(outcome.Refusals);
            }
        );

    private static async Task<IResult> Acts(
        string id,
        HttpContext http,
        IDeviceRegister register,
        IMobileReadAudit audit,
        TimeProvider time
    )
    {
        if (await register.FindAsync(id, http.RequestAborted) is not { KindOf.IsMobile: true } || !MobileReadPolicy.MayRead(http.User))
            return Problem.NotFound($"No mobile device '{id}' is registered.");
        var query = http.Request.Query;
        if (QueryParameters.Limit(query, MaxActs, out var limit) is { } limitProblem)
            return limitProblem;
        if (QueryParameters.After(query, out var before) is { } otherProblem)
            return otherProblem;
        await audit.RecordAsync(http.User.StaffId(), id, "acts", time.GetUtcNow(), http.RequestAborted);
        var acts = await register.ActsAsync(id, before, limit + 1, http.RequestAborted);
        return StoredJsonResult.Create(
            StatusCodes.Status200OK,
            new ItemsResponse<MobileActResponse>(
                acts.Take(limit).Select(MobileActResponse.From),
                acts.Length > limit ? acts[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null
            )
        );
    }

    private static StoredJsonResult Shape(Device device, int version, int status) =>
        StoredJsonResult.Create(
            status,
            RegisteredDeviceResponse.From(device, version),
            EntityTags.FromVersion(version),
            $"/api/v1/devices/{device.Id}"
        );
}

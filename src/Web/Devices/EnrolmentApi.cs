using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>
/// The register of devices and gateways, and their credentials, for programs of device clerks. Every act stands in the ledger, or among the
/// acts of a mobile unit.
/// </summary>
internal static class EnrolmentApi
{
    private const int MaxClaimBytes = 1024,
        MaxActs = 100;

    /// <summary>What is registered of a device. What a change leaves out stays as it is.</summary>
    internal sealed record DeviceBody(
        string? Id = null,
        string? Kind = null,
        ImmutableArray<Capture>? Sensors = null,
        string? Place = null,
        string? Fleet = null,
        string? Department = null,
        Lifecycle? Lifecycle = null,
        string? Gateway = null,
        int? DeadlineSeconds = null,
        string? Reason = null
    );

    internal sealed record GatewayBody(
        string? Id = null,
        string? Department = null,
        string? Profile = null,
        bool? Removed = null,
        string? Reason = null
    );

    /// <summary>
    /// A new credential: <c>secret</c> and <c>claim</c> are answered with what is shown once; a <c>certificate</c> comes as PEM.
    /// </summary>
    internal sealed record CredentialBody(string? Kind = null, string? Pem = null, string? Reason = null);

    internal sealed record ReasonBody(string? Reason = null);

    internal sealed record ClaimBody(string? Code = null);

    public static void Map(IEndpointRouteBuilder api)
    {
        var clerk = Json.Word(Role.DeviceClerk);
        var devices = api.MapGroup("devices").WithTags("Devices");
        devices
            .MapPost("", Register)
            .RequireAuthorization(clerk)
            .Accepts<DeviceBody>("application/json")
            .WithSummary("Register a device")
            .WithDescription(
                "A device exists only when it is registered. A fixed unit covers a `place`, a mobile one belongs to a `fleet`. Honours Idempotency-Key."
            );
        devices
            .MapPatch("{id}", Change)
            .RequireAuthorization(clerk)
            .Accepts<DeviceBody>("application/json")
            .WithSummary("Change what is registered of a device")
            .WithDescription(
                "What is left out stays; an empty `gateway` and a `deadlineSeconds` of 0 go back to none. `lifecycle` `removed` takes it out of service, and ends its credentials and its session. Needs If-Match."
            );
        devices
            .MapPost("{id}/forget-epoch", ForgetEpoch)
            .RequireAuthorization(clerk)
            .Accepts<ReasonBody>(true, "application/json")
            .WithSummary("Let a device whose clock fell back be heard again")
            .WithDescription("Its next heartbeat counts whatever its epoch.");
        devices
            .MapGet("{id}/acts", Acts)
            .RequireAuthorization("staff")
            .WithSummary("What was done to a mobile unit, by whom and why")
            .WithDescription(
                "The newest first. For device clerks and auditors; that it was read is written down. What was done to a fixed device stands in the ledger."
            );
        var gateways = api.MapGroup("gateways").WithTags("Gateways");
        gateways
            .MapGet(
                "",
                async (IEnrolment enrolment, CancellationToken cancellationToken) =>
                    StoredJsonResult.Create(
                        StatusCodes.Status200OK,
                        new { items = await enrolment.GatewaysAsync(cancellationToken), next = (string?)null }
                    )
            )
            .RequireAuthorization("staff")
            .WithSummary("Every gateway");
        gateways.MapGet("{id}", Gateway).RequireAuthorization("staff").WithSummary("One gateway and the devices behind it");
        gateways
            .MapPost("", RegisterGateway)
            .RequireAuthorization(clerk)
            .Accepts<GatewayBody>("application/json")
            .WithSummary("Register a gateway")
            .WithDescription("A gateway speaks for the devices registered behind it, and never for itself. Honours Idempotency-Key.");
        gateways
            .MapPatch("{id}", ChangeGateway)
            .RequireAuthorization(clerk)
            .Accepts<GatewayBody>("application/json")
            .WithSummary("Change or remove a gateway")
            .WithDescription("`removed` ends its credentials and its session. Needs If-Match.");
        foreach (var holders in new[] { devices, gateways })
        {
            holders
                .MapGet("{id}/credentials", Credentials)
                .RequireAuthorization(clerk)
                .WithSummary("Every credential that a holder ever had, without its secret")
                .WithDescription(
                    "`to` is when it was ended, `notAfter` when a certificate ends by itself, `claimUntil` until when a claim code is open."
                );
            holders
                .MapPost("{id}/credentials", Issue)
                .RequireAuthorization(clerk)
                .Accepts<CredentialBody>("application/json")
                .WithSummary("A new credential")
                .WithDescription(
                    "`kind` is secret, certificate (with `pem`) or claim. A secret or a claim code is shown once, here. A new secret ends the one before and cuts its session; a new code ends the one before. Sent again, this makes another: what is shown once is not kept to be answered again."
                );
            holders
                .MapPost("{id}/credentials/{number:long}/end", End)
                .RequireAuthorization(clerk)
                .Accepts<ReasonBody>(true, "application/json")
                .WithSummary("End a credential")
                .WithDescription("The session that signed in with it is cut.");
        }

        api.MapPost("claims", Claim)
            .WithTags("Devices")
            .Accepts<ClaimBody>("application/json")
            .WithSummary("Use a claim code, once")
            .WithDescription("Needs no token. The answer holds the device's secret, which is shown once.");
    }

    private static Task<IResult> Register(HttpContext http, DeviceRegistration registrar) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                if (Read<DeviceBody>(body, out var form) is { } wrong)
                    return wrong;
                var device = new Device(
                    form.Id ?? "",
                    form.Kind ?? "",
                    form.Sensors ?? [],
                    form.Place,
                    form.Fleet,
                    form.Department ?? "",
                    form.Lifecycle ?? Lifecycle.Installed
                )
                {
                    Gateway = form.Gateway is { Length: 0 } ? null : form.Gateway,
                    OwnDeadlineSeconds = form.DeadlineSeconds,
                };
                var outcome = await registrar.RegisterAsync(device, http.User, form.Reason, http.RequestAborted);
                return outcome.Value is { } registered
                    ? Shape(registered, 1, StatusCodes.Status201Created)
                    : Problem.Refused(outcome.Refusals);
            }
        );

    private static Task<IResult> Change(string id, HttpContext http, IDeviceRegister register, DeviceRegistration registrar) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                if (await register.FindAsync(id, http.RequestAborted) is not { } before)
                    return Problem.NotFound($"No device '{id}' is registered.");
                if (Version(http) is not { } version)
                    return http.Request.Headers.IfMatch.Count == 0 ? Problem.PreconditionRequired() : Problem.PreconditionFailed();
                if (Read<DeviceBody>(body, out var form) is { } wrong)
                    return wrong;
                if (form.Id is not null && form.Id != id || form.Kind is not null && form.Kind != before.Kind)
                    return Problem.Refused([
                        new Refusal(
                            "invalid",
                            "A device keeps its id and its kind: register another, and remove this one.",
                            form.Id is not null && form.Id != id ? "id" : "kind"
                        ),
                    ]);
                var after = before with
                {
                    Sensors = form.Sensors ?? before.Sensors,
                    Place = form.Place ?? before.Place,
                    Fleet = form.Fleet ?? before.Fleet,
                    Department = form.Department ?? before.Department,
                    Lifecycle = form.Lifecycle ?? before.Lifecycle,
                    Gateway = form.Gateway is { Length: 0 } ? null : form.Gateway ?? before.Gateway,
                    OwnDeadlineSeconds = form.DeadlineSeconds == 0 ? null : form.DeadlineSeconds ?? before.OwnDeadlineSeconds,
                };
                var outcome = await registrar.ChangeAsync(before, after, version, http.User, form.Reason, http.RequestAborted);
                return outcome.Value is { } changed
                    ? Shape(changed, version + 1, StatusCodes.Status200OK)
                    : Problem.Refused(outcome.Refusals);
            }
        );

    private static StoredJsonResult Shape(Device device, int version, int status) =>
        StoredJsonResult.Create(
            status,
            new
            {
                device.Id,
                device.Kind,
                device.Technology,
                device.Sensors,
                device.Place,
                device.Fleet,
                device.Department,
                device.Lifecycle,
                device.Gateway,
                device.DeadlineSeconds,
                version,
            },
            ETag(version),
            $"/api/v1/devices/{device.Id}"
        );

    private static Task<IResult> ForgetEpoch(string id, HttpContext http, IDeviceRegister register, DeviceRegistration registrar) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                if (Read<ReasonBody>(body, out var form) is { } wrong)
                    return wrong;
                if (await register.FindAsync(id, http.RequestAborted) is not { } device)
                    return Problem.NotFound($"No device '{id}' is registered.");
                var outcome = await registrar.ForgetEpochAsync(device, http.User, form.Reason, http.RequestAborted);
                return outcome.IsDone ? Results.NoContent() : Problem.Refused(outcome.Refusals);
            }
        );

    private static async Task<IResult> Gateway(
        string id,
        HttpContext http,
        IEnrolment enrolment,
        IMobileReadAudit readings,
        TimeProvider time
    )
    {
        if ((await enrolment.GatewaysAsync(http.RequestAborted)).FirstOrDefault(gateway => gateway.Id == id) is not { } gateway)
            return Problem.NotFound($"No gateway '{id}' is registered.");
        var behind = await DevicesApi.BehindAsync(id, http, enrolment, readings, time);
        return StoredJsonResult.Create(
            StatusCodes.Status200OK,
            new
            {
                gateway.Id,
                gateway.Department,
                gateway.Profile,
                gateway.Removed,
                gateway.Version,
                devices = behind.Select(device => device.Id),
            },
            ETag(gateway.Version)
        );
    }

    private static Task<IResult> RegisterGateway(HttpContext http, DeviceRegistration registrar) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                if (Read<GatewayBody>(body, out var form) is { } wrong)
                    return wrong;
                var outcome = await registrar.RegisterAsync(
                    new Gateway(form.Id ?? "", form.Department ?? "", form.Profile is { Length: 0 } ? null : form.Profile),
                    http.User,
                    form.Reason,
                    http.RequestAborted
                );
                return outcome.Value is { } registered
                    ? StoredJsonResult.Create(
                        StatusCodes.Status201Created,
                        registered,
                        ETag(registered.Version),
                        $"/api/v1/gateways/{registered.Id}"
                    )
                    : Problem.Refused(outcome.Refusals);
            }
        );

    private static Task<IResult> ChangeGateway(string id, HttpContext http, IEnrolment enrolment, DeviceRegistration registrar) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                if ((await enrolment.GatewaysAsync(http.RequestAborted)).FirstOrDefault(gateway => gateway.Id == id) is not { } before)
                    return Problem.NotFound($"No gateway '{id}' is registered.");
                if (Version(http) is not { } version)
                    return http.Request.Headers.IfMatch.Count == 0 ? Problem.PreconditionRequired() : Problem.PreconditionFailed();
                if (Read<GatewayBody>(body, out var form) is { } wrong)
                    return wrong;
                if (form.Id is not null && form.Id != id)
                    return Problem.Refused([
                        new Refusal("invalid", "A gateway keeps its id: register another, and remove this one.", "id"),
                    ]);
                var after = before with
                {
                    Department = form.Department ?? before.Department,
                    Profile = form.Profile is { Length: 0 } ? null : form.Profile ?? before.Profile,
                    Removed = form.Removed ?? before.Removed,
                };
                var outcome = await registrar.ChangeAsync(after, version, http.User, form.Reason, http.RequestAborted);
                return outcome.Value is { } changed
                    ? StoredJsonResult.Create(StatusCodes.Status200OK, changed, ETag(changed.Version))
                    : Problem.Refused(outcome.Refusals);
            }
        );

    private static async Task<IResult> Credentials(
        string id,
        HttpContext http,
        IEnrolment enrolment,
        IMobileReadAudit readings,
        TimeProvider time
    )
    {
        if (await enrolment.FindAsync(id, http.RequestAborted) is not { } enrolled)
            return Problem.NotFound($"Nobody '{id}' is registered.");
        if (enrolled.Device is { KindOf.IsMobile: true })
            await readings.RecordAsync(http.User.StaffId(), id, "credentials", time.GetUtcNow(), http.RequestAborted);
        return StoredJsonResult.Create(
            StatusCodes.Status200OK,
            new
            {
                items = (await enrolment.CredentialsAsync(id, http.RequestAborted)).Select(Shape),
                next = (string?)null,
                claimUntil = await enrolment.ClaimOpenUntilAsync(id, time.GetUtcNow(), http.RequestAborted) is { } until
                    ? LedgerEntry.Time(until)
                    : null,
            }
        );
    }

    private static async Task<IResult> Acts(
        string id,
        HttpContext http,
        IDeviceRegister register,
        IMobileReadAudit readings,
        TimeProvider time
    )
    {
        if (await register.FindAsync(id, http.RequestAborted) is not { KindOf.IsMobile: true } || !DevicesApi.MayReadSingly(http.User))
            return Problem.NotFound($"No mobile unit '{id}' is registered.");
        var query = http.Request.Query;
        if (!QueryParameters.TryLimit(query, MaxActs, out var limit))
            return Problem.BadParameter($"limit is '{query["limit"]}': expected a number from 1 to {MaxActs}.");
        long? before = null;
        if (query["after"].ToString() is { Length: > 0 } after)
        {
            if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return Problem.BadParameter($"after is '{after}': expected the `next` of the page before.");
            before = number;
        }

        await readings.RecordAsync(http.User.StaffId(), id, "acts", time.GetUtcNow(), http.RequestAborted);
        var acts = await register.ActsAsync(id, before, limit + 1, http.RequestAborted);
        return StoredJsonResult.Create(
            StatusCodes.Status200OK,
            new
            {
                items = acts.Take(limit)
                    .Select(act => new
                    {
                        at = LedgerEntry.Time(act.At),
                        act.Act,
                        act.By,
                        act.Fleet,
                        act.Department,
                        act.Lifecycle,
                        body = JsonNode.Parse(act.Body),
                    }),
                next = acts.Length > limit ? acts[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null,
            }
        );
    }

    private static object Shape(Credential credential) =>
        new
        {
            credential.Number,
            credential.Kind,
            from = LedgerEntry.Time(credential.MadeAt),
            to = credential.EndedAt is { } ended ? LedgerEntry.Time(ended) : null,
            notAfter = credential.NotAfter is { } expires ? LedgerEntry.Time(expires) : null,
        };

    /// <summary>Answers with a secret: nothing of this answer is kept, not even under an Idempotency-Key.</summary>
    private static Task<IResult> Issue(string id, HttpContext http, DeviceRegistration registrar) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                if (Read<CredentialBody>(body, out var form) is { } wrong)
                    return wrong;
                var outcome = await registrar.IssueAsync(id, form.Kind, form.Pem, http.User, form.Reason, http.RequestAborted);
                if (outcome.Value is not { } issued)
                    return Problem.Refused(outcome.Refusals);
                http.Response.Headers.CacheControl = "no-store";
                object answer = issued switch
                {
                    { Secret: { } secret } => new { deviceId = id, secret },
                    { Code: { } code, ExpiresAt: { } expires } => new
                    {
                        deviceId = id,
                        code,
                        expiresAt = LedgerEntry.Time(expires),
                    },
                    _ => new
                    {
                        deviceId = id,
                        issued.Certificate!.Number,
                        issued.Certificate.Kind,
                        notAfter = LedgerEntry.Time(issued.Certificate.NotAfter!.Value),
                    },
                };
                return Results.Json(answer, Json.Options, statusCode: StatusCodes.Status201Created);
            }
        );

    private static Task<IResult> End(string id, long number, HttpContext http, DeviceRegistration registrar) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
                Read<ReasonBody>(body, out var form) is { } wrong ? wrong
                : await registrar.EndAsync(id, number, http.User, form.Reason, http.RequestAborted) is { } refusal
                    ? Problem.Refused([refusal])
                : Results.NoContent()
        );

    private static async Task<IResult> Claim(HttpContext http, IEnrolment enrolment, SignInThrottle pace, TimeProvider time)
    {
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (pace.Begin($"claim from {address}", address) is { Ticks: > 0 } wait)
            return Problem.From(
                StatusCodes.Status429TooManyRequests,
                "too-many-tries",
                "Too many tries",
                $"Wait {Math.Ceiling(wait.TotalSeconds)} s before the next code."
            );
        // Whoever asks has shown nothing yet: no more is read of them than a code takes.
        var held = new byte[MaxClaimBytes + 1];
        var read = await http.Request.Body.ReadAtLeastAsync(held, held.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (read > MaxClaimBytes)
            return Problem.From(
                StatusCodes.Status413PayloadTooLarge,
                "too-large",
                "Too large",
                $"A claim has at most {MaxClaimBytes} bytes."
            );
        ClaimBody? form;
        try
        {
            form = JsonSerializer.Deserialize<ClaimBody>(held.AsSpan(0, read), Json.Options);
        }
        catch (JsonException)
        {
            return Problem.Refused([new Refusal("invalid", "The body cannot be read: expected {\"code\": \"…\"}.", "code")]);
        }

        var secret = DeviceSecret.New();
        if (
            form?.Code is not { Length: > 0 and < 100 } code
            || await enrolment.ClaimAsync(ClaimCode.Hash(code), DeviceSecret.Hash(secret), time.GetUtcNow(), http.RequestAborted)
                is not { } holder
        )
            return Problem.NotFound("This code is not known, was used, or has expired: ask the device clerk for a new one.");
        pace.Right($"claim from {address}", address);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(new { deviceId = holder, secret }, Json.Options);
    }

    /// <summary>The version that an ETag of a device or gateway begins with; what follows is about its state.</summary>
    private static int? Version(HttpContext http)
    {
        var etag = http.Request.Headers.IfMatch.ToString();
        var inside = etag.StartsWith('"') && etag.EndsWith('"') && etag.Length > 2 ? etag[1..^1].Split('.')[0] : "";
        return int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }

    private static string ETag(int version) => $"\"{version}\"";

    private static IResult? Read<T>(string body, out T form)
        where T : class
    {
        form = null!;
        try
        {
            form = JsonSerializer.Deserialize<T>(body.Length == 0 ? "{}" : body, Strict)!;
        }
        catch (JsonException wrong)
        {
            return Problem.Refused([new Refusal("invalid", $"The body cannot be read: {wrong.Message}", wrong.Path)]);
        }

        return form is null ? Problem.Refused([new Refusal("invalid", "The body is null: expected an object.")]) : null;
    }

    private static readonly JsonSerializerOptions Strict = new(Json.Options)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };
}

using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Staff;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>The register of devices and gateways, and their credentials, for programs of device clerks. Every act stands in the ledger.</summary>
internal static class EnrolmentApi
{
    /// <summary>The longest reason in characters.</summary>
    public const int MostReason = 500;

    /// <summary>What is registered of a device. What a change leaves out stays as it is.</summary>
    internal sealed record DeviceForm(
        string? Id = null, string? Kind = null, ImmutableArray<Capture>? Sensors = null, string? Place = null, string? Fleet = null, string? Department = null,
        Lifecycle? Lifecycle = null, string? Gateway = null, int? DeadlineSeconds = null, string? Reason = null) : IReasoned;

    internal sealed record GatewayForm(string? Id = null, string? Department = null, string? Profile = null, bool? Removed = null, string? Reason = null) : IReasoned;

    /// <summary>A new credential: <c>secret</c> and <c>claim</c> are answered with what is shown once; a <c>certificate</c> comes as PEM.</summary>
    internal sealed record CredentialForm(string? Kind = null, string? Pem = null, string? Reason = null) : IReasoned;

    internal sealed record ReasonForm(string? Reason = null) : IReasoned;

    internal sealed record ClaimForm(string? Code = null);

    public static void Map(IEndpointRouteBuilder api)
    {
        var clerk = Json.Word(Role.DeviceClerk);
        var devices = api.MapGroup("devices").WithTags("Devices");
        devices.MapPost("", Register).RequireAuthorization(clerk).Accepts<DeviceForm>("application/json").WithSummary("Register a device")
            .WithDescription("A device exists only when it is registered. A fixed unit covers a `place`, a mobile one belongs to a `fleet`. Honours Idempotency-Key.");
        devices.MapPatch("{id}", Change).RequireAuthorization(clerk).Accepts<DeviceForm>("application/json").WithSummary("Change what is registered of a device")
            .WithDescription("What is left out stays. `lifecycle` `removed` takes it out of service and ends its session. Needs If-Match.");
        devices.MapPost("{id}/forget-epoch", ForgetEpoch).RequireAuthorization(clerk).Accepts<ReasonForm>(true, "application/json").WithSummary("Let a device whose clock fell back be heard again")
            .WithDescription("Its next heartbeat counts whatever its epoch.");
        var gateways = api.MapGroup("gateways").WithTags("Gateways");
        gateways.MapGet("", async (IEnrolment enrolment, CancellationToken cancellationToken) =>
            JsonAnswer.Of(StatusCodes.Status200OK, new { items = await enrolment.GatewaysAsync(cancellationToken), next = (string?)null })).RequireAuthorization("staff").WithSummary("Every gateway");
        gateways.MapGet("{id}", Gateway).RequireAuthorization("staff").WithSummary("One gateway and the devices behind it");
        gateways.MapPost("", RegisterGateway).RequireAuthorization(clerk).Accepts<GatewayForm>("application/json").WithSummary("Register a gateway")
            .WithDescription("A gateway speaks for the devices registered behind it, and never for itself. Honours Idempotency-Key.");
        gateways.MapPatch("{id}", ChangeGateway).RequireAuthorization(clerk).Accepts<GatewayForm>("application/json").WithSummary("Change or remove a gateway").WithDescription("Needs If-Match.");
        foreach (var holders in new[] { devices, gateways })
        {
            holders.MapGet("{id}/credentials", Credentials).RequireAuthorization(clerk).WithSummary("Every credential that a holder ever had, without its secret");
            holders.MapPost("{id}/credentials", Issue).RequireAuthorization(clerk).Accepts<CredentialForm>("application/json").WithSummary("A new credential")
                .WithDescription("`kind` is secret, certificate (with `pem`) or claim. A secret or a claim code is shown once, here. A new secret ends the one before and cuts its session.");
            holders.MapPost("{id}/credentials/{number:long}/end", End).RequireAuthorization(clerk).Accepts<ReasonForm>(true, "application/json").WithSummary("End a credential").WithDescription("The session that signed in with it is cut.");
        }

        api.MapPost("claims", Claim).WithTags("Devices").Accepts<ClaimForm>("application/json").WithSummary("Use a claim code, once")
            .WithDescription("Needs no token. The answer holds the device's secret, which is shown once.");
    }

    private static Task<IResult> Register(HttpContext http, IDeviceRegister register, IGrainFactory grains, TimeProvider time) => SentOnce.Once(http, async body =>
    {
        if (Read<DeviceForm>(body, out var form) is { } wrong)
            return wrong;
        var device = new Device(form.Id ?? "", form.Kind ?? "", form.Sensors ?? [], form.Place, form.Fleet, form.Department ?? "", form.Lifecycle ?? Lifecycle.Installed)
        {
            Gateway = form.Gateway, OwnDeadlineSeconds = form.DeadlineSeconds,
        };
        if (Registration.Check(device, (await grains.Governance()).City) is { IsEmpty: false } refusals)
            return Problem.Refused(refusals);
        var outcome = await register.RegisterAsync(device, http.User.In(Role.DeviceClerk), form.Reason ?? "", time.GetUtcNow(), http.RequestAborted);
        return outcome.Value is { } registered ? await Registered(registered, 1, StatusCodes.Status201Created, grains) : Problem.Refused(outcome.Refusals);
    });

    private static Task<IResult> Change(string id, HttpContext http, IDeviceRegister register, IGrainFactory grains, TimeProvider time) => SentOnce.Once(http, async body =>
    {
        if (await register.FindAsync(id, http.RequestAborted) is not { } before)
            return Problem.NotFound($"No device '{id}' is registered.");
        if (Version(http) is not { } version)
            return http.Request.Headers.IfMatch.Count == 0 ? Problem.PreconditionRequired() : Problem.PreconditionFailed();
        if (Read<DeviceForm>(body, out var form) is { } wrong)
            return wrong;
        if (form.Id is not null && form.Id != id || form.Kind is not null && form.Kind != before.Kind)
            return Problem.Refused([new Refusal("invalid", "A device keeps its id and its kind: register another, and remove this one.", form.Id is not null && form.Id != id ? "id" : "kind")]);
        var after = before with
        {
            Sensors = form.Sensors ?? before.Sensors, Place = form.Place ?? before.Place, Fleet = form.Fleet ?? before.Fleet, Department = form.Department ?? before.Department,
            Lifecycle = form.Lifecycle ?? before.Lifecycle, Gateway = form.Gateway is { Length: 0 } ? null : form.Gateway ?? before.Gateway, OwnDeadlineSeconds = form.DeadlineSeconds ?? before.OwnDeadlineSeconds,
        };
        if (Registration.Check(after, (await grains.Governance()).City) is { IsEmpty: false } refusals)
            return Problem.Refused(refusals);
        var outcome = await register.ChangeAsync(after, version, http.User.In(Role.DeviceClerk), form.Reason ?? "", time.GetUtcNow(), http.RequestAborted);
        if (outcome.Value is not { } changed)
            return Problem.Refused(outcome.Refusals);
        if (before.Place is { } left && left != changed.Place)
            await grains.Place(left).Registered();
        return await Registered(changed, version + 1, StatusCodes.Status200OK, grains);
    });

    private static async Task<IResult> Registered(Device device, int version, int status, IGrainFactory grains)
    {
        await grains.Registered(device);
        return JsonAnswer.Of(status, new { device.Id, device.Kind, device.Technology, device.Sensors, device.Place, device.Fleet, device.Department, device.Lifecycle, device.Gateway, device.DeadlineSeconds, version },
            ETag(version), $"/api/v1/devices/{device.Id}");
    }

    private static Task<IResult> ForgetEpoch(string id, HttpContext http, IDeviceRegister register, IGrainFactory grains, TimeProvider time) => SentOnce.Once(http, async body =>
    {
        if (Read<ReasonForm>(body, out var form) is { } wrong)
            return wrong;
        if (await register.FindAsync(id, http.RequestAborted) is not { } device || !await register.ForgetEpochAsync(id, http.User.In(Role.DeviceClerk), form.Reason ?? "", time.GetUtcNow(), http.RequestAborted))
            return Problem.NotFound($"No device '{id}' is registered.");
        await grains.PartitionOf(device).ForgetEpoch(device.Number);
        return Results.NoContent();
    });

    private static async Task<IResult> Gateway(string id, HttpContext http, IEnrolment enrolment) =>
        (await enrolment.GatewaysAsync(http.RequestAborted)).FirstOrDefault(gateway => gateway.Id == id) is { } gateway
            ? JsonAnswer.Of(StatusCodes.Status200OK, new { gateway.Id, gateway.Department, gateway.Profile, gateway.Removed, gateway.Version, devices = (await enrolment.AllBehindAsync(id, http.RequestAborted)).Select(device => device.Id) }, ETag(gateway.Version))
            : Problem.NotFound($"No gateway '{id}' is registered.");

    private static Task<IResult> RegisterGateway(HttpContext http, IEnrolment enrolment, IGrainFactory grains, TimeProvider time) => SentOnce.Once(http, async body =>
    {
        if (Read<GatewayForm>(body, out var form) is { } wrong)
            return wrong;
        var gateway = new Gateway(form.Id ?? "", form.Department ?? "", form.Profile);
        if (await RefusalOf(gateway, grains) is { } refusal)
            return Problem.Refused([refusal]);
        var outcome = await enrolment.RegisterAsync(gateway, http.User.In(Role.DeviceClerk), form.Reason ?? "", time.GetUtcNow(), http.RequestAborted);
        return outcome.Value is { } registered ? JsonAnswer.Of(StatusCodes.Status201Created, registered, ETag(registered.Version), $"/api/v1/gateways/{registered.Id}") : Problem.Refused(outcome.Refusals);
    });

    private static Task<IResult> ChangeGateway(string id, HttpContext http, IEnrolment enrolment, IGrainFactory grains, TimeProvider time) => SentOnce.Once(http, async body =>
    {
        if ((await enrolment.GatewaysAsync(http.RequestAborted)).FirstOrDefault(gateway => gateway.Id == id) is not { } before)
            return Problem.NotFound($"No gateway '{id}' is registered.");
        if (Version(http) is not { } version)
            return http.Request.Headers.IfMatch.Count == 0 ? Problem.PreconditionRequired() : Problem.PreconditionFailed();
        if (Read<GatewayForm>(body, out var form) is { } wrong)
            return wrong;
        var after = before with { Department = form.Department ?? before.Department, Profile = form.Profile is { Length: 0 } ? null : form.Profile ?? before.Profile, Removed = form.Removed ?? before.Removed };
        if (await RefusalOf(after, grains) is { } refusal)
            return Problem.Refused([refusal]);
        var outcome = await enrolment.ChangeAsync(after, version, http.User.In(Role.DeviceClerk), form.Reason ?? "", time.GetUtcNow(), http.RequestAborted);
        return outcome.Value is { } changed ? JsonAnswer.Of(StatusCodes.Status200OK, changed, ETag(changed.Version)) : Problem.Refused(outcome.Refusals);
    });

    private static async Task<Refusal?> RefusalOf(Gateway gateway, IGrainFactory grains) =>
        !Identifier.IsValid(gateway.Id) ? new Refusal("invalid", $"'{gateway.Id}' is no id: small letters, digits and hyphens, at most {Identifier.MaxLength}.", "id")
        : gateway.Profile is not null && !Identifier.IsValid(gateway.Profile) ? new Refusal("invalid", $"'{gateway.Profile}' is no id of a device profile.", "profile")
        : (await grains.Governance()).City is var city && city.Department(gateway.Department) is null
            ? new Refusal("invalid", $"There is no department '{gateway.Department}': expected one of {string.Join(", ", city.Departments.Select(department => department.Id))}.", "department")
        : null;

    private static async Task<IResult> Credentials(string id, HttpContext http, IEnrolment enrolment) =>
        await enrolment.FindAsync(id, http.RequestAborted) is null ? Problem.NotFound($"Nobody '{id}' is registered.")
        : JsonAnswer.Of(StatusCodes.Status200OK, new
        {
            items = (await enrolment.CredentialsAsync(id, http.RequestAborted)).Select(credential => new
            {
                credential.Number, credential.Kind, from = LedgerEntry.Time(credential.MadeAt), to = credential.EndedAt is { } ended ? LedgerEntry.Time(ended) : null,
            }),
            next = (string?)null,
        });

    /// <summary>Answers with a secret: nothing of this answer is kept, not even under an Idempotency-Key.</summary>
    private static Task<IResult> Issue(string id, HttpContext http, IEnrolment enrolment, TimeProvider time) => SentOnce.Once(http, async body =>
    {
        if (Read<CredentialForm>(body, out var form) is { } wrong)
            return wrong;
        var (by, now, reason) = (http.User.In(Role.DeviceClerk), time.GetUtcNow(), form.Reason ?? "");
        switch (form.Kind)
        {
            case "secret":
                var secret = DeviceSecret.New();
                return await enrolment.IssueSecretAsync(id, DeviceSecret.Hash(secret), by, reason, now, http.RequestAborted)
                    ? Results.Json(new { deviceId = id, secret }, Json.Options, statusCode: StatusCodes.Status201Created) : Unknown();
            case "claim":
                var code = ClaimCode.New();
                return await enrolment.MakeClaimAsync(id, ClaimCode.Hash(code), now + ClaimCode.Lasts, by, reason, now, http.RequestAborted)
                    ? Results.Json(new { deviceId = id, code, expiresAt = LedgerEntry.Time(now + ClaimCode.Lasts) }, Json.Options, statusCode: StatusCodes.Status201Created) : Unknown();
            case "certificate":
                var (certificate, refusal) = CertificateOf(form.Pem, id, now);
                if (refusal is not null)
                    return Problem.Refused([refusal]);
                using (certificate)
                {
                    var outcome = await enrolment.RegisterCertificateAsync(id, SHA256.HashData(certificate!.RawDataMemory.Span), certificate.NotAfter.ToUniversalTime(), by, reason, now, http.RequestAborted);
                    return outcome.Value is { } registered
                        ? Results.Json(new { deviceId = id, registered.Number, registered.Kind, notAfter = LedgerEntry.Time(certificate.NotAfter.ToUniversalTime()) }, Json.Options, statusCode: StatusCodes.Status201Created)
                        : Problem.Refused(outcome.Refusals);
                }

            default:
                return Problem.Refused([new Refusal("invalid", $"There is no kind of credential '{form.Kind}': expected secret, certificate or claim.", "kind")]);
        }

        IResult Unknown() => Problem.NotFound($"Nobody '{id}' is registered, or it was removed.");
    });

    /// <summary>A certificate that names its holder, in its common name or an alternative name, and has not expired.</summary>
    private static (X509Certificate2? Certificate, Refusal? Refusal) CertificateOf(string? pem, string id, DateTimeOffset now)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(pem ?? "");
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Append(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
            return !names.Contains(id, StringComparer.Ordinal) ? (null, new Refusal("invalid", $"The certificate does not name '{id}': put the id into its common name, or into a DNS name.", "pem"))
                : certificate.NotAfter.ToUniversalTime() <= now ? (null, new Refusal("invalid", $"The certificate expired on {certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.", "pem"))
                : (certificate, null);
        }
        catch (CryptographicException)
        {
            return (null, new Refusal("invalid", "This is no certificate in PEM form: it begins with '-----BEGIN CERTIFICATE-----'.", "pem"));
        }
    }

    private static Task<IResult> End(string id, long number, HttpContext http, IEnrolment enrolment, TimeProvider time) => SentOnce.Once(http, async body =>
        Read<ReasonForm>(body, out var form) is { } wrong ? wrong
        : await enrolment.EndAsync(id, number, http.User.In(Role.DeviceClerk), form.Reason ?? "", time.GetUtcNow(), http.RequestAborted) ? Results.NoContent()
        : Problem.NotFound($"'{id}' has no credential {number} that holds."));

    private static async Task<IResult> Claim(HttpContext http, IEnrolment enrolment, SignInPace pace, TimeProvider time)
    {
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (pace.Begin($"claim from {address}", address) is { Ticks: > 0 } wait)
            return Problem.Of(StatusCodes.Status429TooManyRequests, "too-many-tries", "Too many tries", $"Wait {Math.Ceiling(wait.TotalSeconds)} s before the next code.");
        ClaimForm? form;
        try
        {
            form = await JsonSerializer.DeserializeAsync<ClaimForm>(http.Request.Body, Json.Options, http.RequestAborted);
        }
        catch (JsonException)
        {
            form = null;
        }

        var secret = DeviceSecret.New();
        if (form?.Code is not { Length: > 0 and < 100 } code || await enrolment.ClaimAsync(ClaimCode.Hash(code), DeviceSecret.Hash(secret), time.GetUtcNow(), http.RequestAborted) is not { } holder)
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

    private static IResult? Read<T>(string body, out T form) where T : class, IReasoned
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

        return form is null ? Problem.Refused([new Refusal("invalid", "The body is null: expected an object.")])
            : form.Reason?.Length > MostReason ? Problem.Refused([new Refusal("invalid", $"The reason has {form.Reason.Length} characters: at most {MostReason}.", "reason")]) : null;
    }

    internal interface IReasoned
    {
        string? Reason { get; }
    }

    private static readonly JsonSerializerOptions Strict = new(Json.Options) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
}

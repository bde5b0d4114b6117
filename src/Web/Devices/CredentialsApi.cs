using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Devices.Responses;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>Credentials of devices and gateways, for device clerks, and claim codes for installers. The ledger records every act.</summary>
internal static class CredentialsApi
{
    private const int MaxClaimBytes = 1024;

    /// <summary>
    /// A new credential. The answer shows a <c>secret</c> or <c>claim</c> code once; a <c>certificate</c> is sent as PEM.
    /// </summary>
    internal sealed record CredentialBody(string? Kind = null, string? Pem = null, string? Reason = null);

    internal sealed record ClaimBody(string? Code = null);

    public static void Map(IEndpointRouteBuilder api)
    {
        MapHolders(api.MapGroup("devices").WithTags("Devices"));
        MapHolders(api.MapGroup("gateways").WithTags("Devices"));
        api.MapPost("claims", Claim)
            .Answers<SecretResponse>()
            .WithTags("Devices")
            .Accepts<ClaimBody>("application/json")
            .WithSummary("Use a claim code, once")
            .WithDescription("Needs no token. The answer shows the device's secret, once.");
    }

    private static void MapHolders(RouteGroupBuilder holders)
    {
        var clerk = Json.Word(Role.DeviceClerk);
        holders
            .MapGet("{id}/credentials", Credentials)
            .Answers<CredentialsResponse>()
            .RequireAuthorization(clerk)
            .WithSummary("All credentials of a holder, past ones too, without their secrets")
            .WithDescription(
                "`to`: when it was ended. `notAfter`: when a certificate expires. `claimUntil`: until when a claim code can be used."
            );
        holders
            .MapPost("{id}/credentials", Issue)
            .Answers<SecretResponse>(StatusCodes.Status201Created)
            .OrAnswers<ClaimCodeResponse>()
            .OrAnswers<CertificateResponse>()
            .RequireAuthorization(clerk)
            .Accepts<CredentialBody>("application/json")
            .WithSummary("Issue a credential")
            .WithDescription(
                "`kind` is secret, certificate (with `pem`) or claim. A secret or a claim code is shown once, in this answer. "
                    + "A new secret ends the previous one and its session; a new code ends the previous one. "
                    + "A repeated request makes another credential: the answer is not stored."
            );
        holders
            .MapPost("{id}/credentials/{number:long}/end", End)
            .AnswersNothing()
            .RequireAuthorization(clerk)
            .Accepts<DeviceRegistrationApi.ReasonBody>(true, "application/json")
            .WithSummary("End a credential")
            .WithDescription("The session that signed in with it is disconnected.");
    }

    private static async Task<IResult> Credentials(
        string id,
        HttpContext http,
        IEnrolment enrolment,
        ICredentialRegister credentials,
        IClaimRegister claims,
        IMobileReadAudit audit,
        TimeProvider time
    )
    {
        if (await enrolment.FindAsync(id, http.RequestAborted) is not { } enrolled)
            return Problem.NotFound($"No device or gateway '{id}' is registered.");
        if (enrolled.Device is { KindOf.IsMobile: true })
            await audit.RecordAsync(http.User.StaffId(), id, "credentials", time.GetUtcNow(), http.RequestAborted);
        return StoredJsonResult.Create(
            StatusCodes.Status200OK,
            new CredentialsResponse(
                [.. (await credentials.CredentialsAsync(id, http.RequestAborted)).Select(CredentialResponse.Create)],
                null,
                CredentialResponse.Format(await claims.ClaimOpenUntilAsync(id, time.GetUtcNow(), http.RequestAborted))
            )
        );
    }

    /// <summary>Answers with a secret. The answer is not stored, not even under an Idempotency-Key.</summary>
    private static Task<IResult> Issue(string id, HttpContext http, DeviceRegistration registration) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<CredentialBody>(text, out var body) is { } problem)
                    return problem;
                var outcome = await registration.IssueAsync(id, body.Kind, body.Pem, http.User, body.Reason, http.RequestAborted);
                if (outcome.Value is not { } issued)
                    return Problem.Refused(outcome.Refusals);
                http.Response.Headers.CacheControl = "no-store";
                object answer = issued switch
                {
                    { Secret: { } secret } => new SecretResponse(id, secret),
                    { Code: { } code, ExpiresAt: { } expires } => new ClaimCodeResponse(id, code, LedgerEntry.FormatTime(expires)),
                    _ => new CertificateResponse(
                        id,
                        issued.Certificate!.Number,
                        issued.Certificate.Kind,
                        LedgerEntry.FormatTime(issued.Certificate.NotAfter!.Value)
                    ),
                };
                return Results.Json(answer, Json.Options, statusCode: StatusCodes.Status201Created);
            }
        );

    private static Task<IResult> End(string id, long number, HttpContext http, DeviceRegistration registration) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
                JsonBody.Read<DeviceRegistrationApi.ReasonBody>(text, out var body) is { } problem ? problem
                : await registration.EndAsync(id, number, http.User, body.Reason, http.RequestAborted) is { } refusal
                    ? Problem.Refused([refusal])
                : Results.NoContent()
        );

    /// <summary>
    /// Exchanges a claim code for the device's secret. A code has 100 random bits, so that it is looked at whatever came before it:
    /// strangers behind the installer's address hold no installer up. Wrong codes of one network have to wait.
    /// </summary>
    private static async Task<IResult> Claim(HttpContext http, IClaimRegister claims, SignInThrottle throttle, TimeProvider time)
    {
        var (form, problem) = await ReadClaimAsync(http);
        if (problem is not null)
            return problem;
        var secret = DeviceSecret.New();
        if (
            form?.Code is { Length: > 0 and < 100 } code
            && await claims.ClaimAsync(ClaimCode.Hash(code), DeviceSecret.Hash(secret), time.GetUtcNow(), http.RequestAborted) is { } holder
        )
        {
            http.Response.Headers.CacheControl = "no-store";
            return JsonResults.Ok(new SecretResponse(holder, secret));
        }

        var attempt = throttle.BeginClaim(http.Connection.RemoteIpAddress);
        return attempt.MustWait
            ? Problem.TooMany(http, attempt.Wait, $"Wait {Math.Ceiling(attempt.Wait.TotalSeconds)} s before the next code.")
            : Problem.NotFound("This code is not known, was used, or has expired: ask the device clerk for a new one.");
    }

    /// <summary>Reads no more of the body than a claim code needs: the caller has not signed in.</summary>
    private static async Task<(ClaimBody? Body, IResult? Problem)> ReadClaimAsync(HttpContext http)
    {
        var buffer = new byte[MaxClaimBytes + 1];
        var read = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (read > MaxClaimBytes)
            return (
                null,
                Problem.From(StatusCodes.Status413PayloadTooLarge, "too-large", "Too large", $"A claim has at most {MaxClaimBytes} bytes.")
            );
        try
        {
            return (JsonSerializer.Deserialize<ClaimBody>(buffer.AsSpan(0, read), Json.Options), null);
        }
        catch (JsonException)
        {
            return (
                null,
                Problem.Refused([new Refusal(RefusalCodes.Invalid, "The body cannot be read: expected {\"code\": \"…\"}.", "code")])
            );
        }
    }
}

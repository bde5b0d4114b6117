using System.Collections.Immutable;
using System.Security.Claims;
using System.Security.Cryptography;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices.Facts;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>A new credential. A secret and a claim code are shown once and are stored only as hashes.</summary>
/// <param name="ExpiresAt">When the claim code expires.</param>
public sealed record IssuedCredential(
    string? Secret = null,
    string? Code = null,
    DateTimeOffset? ExpiresAt = null,
    Credential? Certificate = null
);

/// <summary>
/// The acts of device clerks, for the API and the staff pages: checks the rules, writes to the register, then notifies the grains.
/// </summary>
public sealed class DeviceRegistration(
    IDeviceRegister register,
    IEnrolment enrolment,
    IGatewayRegister gateways,
    ICredentialRegister credentials,
    IClaimRegister claims,
    RegistrationChecks checks,
    IGrainFactory grains,
    TimeProvider time
)
{
    /// <summary>Registers a device.</summary>
    public async Task<Outcome<Device>> RegisterAsync(
        Device device,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (await CheckAsync(device, reason, cancellationToken) is { IsEmpty: false } refusals)
            return refusals;
        var outcome = await register.RegisterAsync(
            device,
            clerk.AttributionAs(Role.DeviceClerk),
            reason ?? "",
            time.GetUtcNow(),
            cancellationToken
        );
        if (outcome.Value is { } registered)
            await grains.NotifyDeviceChangedAsync(registered);
        return outcome;
    }

    /// <summary>
    /// Changes a device. <paramref name="version"/> is the version that the clerk has seen; any other is refused as stale.
    /// </summary>
    public async Task<Outcome<Device>> ChangeAsync(
        Device before,
        Device after,
        int version,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (await CheckAsync(after, reason, cancellationToken) is { IsEmpty: false } refusals)
            return refusals;
        var outcome = await register.ChangeAsync(
            after,
            version,
            clerk.AttributionAs(Role.DeviceClerk),
            reason ?? "",
            time.GetUtcNow(),
            cancellationToken
        );
        if (outcome.Value is not { } changed)
            return outcome;
        if (before.Place is { } left && left != changed.Place)
            await grains.Place(left).MarkDevicesChanged();
        await grains.NotifyDeviceChangedAsync(changed);
        return outcome;
    }

    /// <summary>Accepts the next heartbeat of a device whose clock was set back, whatever its epoch.</summary>
    public async Task<Outcome<Device>> ForgetEpochAsync(
        Device device,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (Registration.CheckReason(reason) is { } refusal)
            return refusal;
        if (
            !await register.ForgetEpochAsync(
                device.Id,
                clerk.AttributionAs(Role.DeviceClerk),
                reason ?? "",
                time.GetUtcNow(),
                cancellationToken
            )
        )
            return new Refusal(RefusalCodes.NotFound, $"No device '{device.Id}' is registered.");
        await grains.PartitionOf(device).ForgetEpoch(device.Number);
        return device;
    }

    /// <summary>Registers a gateway.</summary>
    public async Task<Outcome<Gateway>> RegisterAsync(
        Gateway gateway,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        await CheckAsync(gateway, reason) is { IsEmpty: false } refusals
            ? refusals
            : await gateways.RegisterAsync(
                gateway,
                clerk.AttributionAs(Role.DeviceClerk),
                reason ?? "",
                time.GetUtcNow(),
                cancellationToken
            );

    /// <summary>
    /// Changes or removes a gateway. <paramref name="version"/> is the version that the clerk has seen; any other is refused as stale.
    /// </summary>
    public async Task<Outcome<Gateway>> ChangeAsync(
        Gateway gateway,
        int version,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        await CheckAsync(gateway, reason) is { IsEmpty: false } refusals
            ? refusals
            : await gateways.ChangeAsync(
                gateway,
                version,
                clerk.AttributionAs(Role.DeviceClerk),
                reason ?? "",
                time.GetUtcNow(),
                cancellationToken
            );

    /// <summary>Issues a credential.</summary>
    /// <param name="kind"><c>secret</c>, <c>claim</c> or <c>certificate</c>.</param>
    /// <param name="pem">The certificate; null for the other kinds.</param>
    public async Task<Outcome<IssuedCredential>> IssueAsync(
        string holder,
        string? kind,
        string? pem,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var unknown = new Refusal(RefusalCodes.NotFound, $"No device or gateway '{holder}' is registered, or it was removed.");
        if (await enrolment.FindAsync(holder, cancellationToken) is null)
            return unknown;
        if (Registration.CheckReason(reason) is { } invalidReason)
            return invalidReason;
        var (by, now, why) = (clerk.AttributionAs(Role.DeviceClerk), time.GetUtcNow(), reason ?? "");
        switch (kind)
        {
            case "secret":
                var secret = DeviceSecret.New();
                return await credentials.IssueSecretAsync(holder, DeviceSecret.Hash(secret), by, why, now, cancellationToken)
                    ? new IssuedCredential(secret)
                    : unknown;
            case "claim":
                var code = ClaimCode.New();
                return await claims.CreateClaimAsync(
                    holder,
                    ClaimCode.Hash(code),
                    now + ClaimCode.Validity,
                    by,
                    why,
                    now,
                    cancellationToken
                )
                    ? new IssuedCredential(Code: code, ExpiresAt: now + ClaimCode.Validity)
                    : unknown;
            case "certificate":
                return await RegisterCertificateAsync(holder, pem, by, why, now, cancellationToken);
            default:
                return new Refusal(
                    RefusalCodes.Invalid,
                    $"There is no kind of credential '{kind}': expected secret, certificate or claim.",
                    "kind"
                );
        }
    }

    /// <summary>Ends a credential and the session that signed in with it. Returns null when done.</summary>
    public async Task<Refusal?> EndAsync(
        string holder,
        long number,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        Registration.CheckReason(reason) is { } refusal ? refusal
        : await credentials.EndAsync(
            holder,
            number,
            clerk.AttributionAs(Role.DeviceClerk),
            reason ?? "",
            time.GetUtcNow(),
            cancellationToken
        )
            ? null
        : new Refusal(RefusalCodes.NotFound, $"'{holder}' has no valid credential {number}.", "credential");

    private async Task<Outcome<IssuedCredential>> RegisterCertificateAsync(
        string holder,
        string? pem,
        Attribution by,
        string reason,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (certificate, refusal) = DeviceCertificate.Read(pem, holder, now);
        if (certificate is null)
            return refusal!;
        using (certificate)
        {
            var outcome = await credentials.RegisterCertificateAsync(
                holder,
                SHA256.HashData(certificate.RawDataMemory.Span),
                certificate.NotAfter.ToUniversalTime(),
                by,
                reason,
                now,
                cancellationToken
            );
            return outcome.Value is { } registered ? new IssuedCredential(Certificate: registered) : outcome.Refusals;
        }
    }

    private async Task<ImmutableArray<Refusal>> CheckAsync(Device device, string? reason, CancellationToken cancellationToken)
    {
        var refusals = await checks.CheckAsync(device, cancellationToken);
        return Registration.CheckReason(reason) is { } invalidReason ? refusals.Add(invalidReason) : refusals;
    }

    private async Task<ImmutableArray<Refusal>> CheckAsync(Gateway gateway, string? reason)
    {
        var refusals = Registration.Check(gateway, (await grains.Governance()).City);
        return Registration.CheckReason(reason) is { } invalidReason ? refusals.Add(invalidReason) : refusals;
    }
}

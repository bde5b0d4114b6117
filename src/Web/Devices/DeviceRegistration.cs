using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>What came of a new credential. A secret and a code are shown once, and stand nowhere else.</summary>
/// <param name="ExpiresAt">Until when the code can be used.</param>
public sealed record IssuedCredential(
    string? Secret = null,
    string? Code = null,
    DateTimeOffset? ExpiresAt = null,
    Credential? Certificate = null
);

/// <summary>
/// The device clerk's acts, in one way for the API and the pages: first the rules, then the register, then everybody who must hear of it.
/// </summary>
public sealed class DeviceRegistration(IDeviceRegister register, IEnrolment enrolment, IGrainFactory grains, TimeProvider time)
{
    /// <summary>Registers a device.</summary>
    public async Task<Outcome<Device>> RegisterAsync(
        Device device,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (await RefusalsOf(device, reason) is { IsEmpty: false } refusals)
            return refusals;
        var outcome = await register.RegisterAsync(
            device,
            clerk.HasRole(Role.DeviceClerk),
            reason ?? "",
            time.GetUtcNow(),
            cancellationToken
        );
        if (outcome.Value is { } registered)
            await grains.NotifyDeviceChangedAsync(registered);
        return outcome;
    }

    /// <summary>Changes what is registered of a device, whose version was <paramref name="version"/> when it was looked at.</summary>
    public async Task<Outcome<Device>> ChangeAsync(
        Device before,
        Device after,
        int version,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (await RefusalsOf(after, reason) is { IsEmpty: false } refusals)
            return refusals;
        var outcome = await register.ChangeAsync(
            after,
            version,
            clerk.HasRole(Role.DeviceClerk),
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

    /// <summary>Lets the next word of a device whose clock fell back count.</summary>
    public async Task<Outcome<Device>> ForgetEpochAsync(
        Device device,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (Registration.CheckReason(reason) is { } refusal)
            return refusal;
        if (!await register.ForgetEpochAsync(device.Id, clerk.HasRole(Role.DeviceClerk), reason ?? "", time.GetUtcNow(), cancellationToken))
            return new Refusal("not-found", $"No device '{device.Id}' is registered.");
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
        await RefusalsOf(gateway, reason) is { IsEmpty: false } refusals
            ? refusals
            : await enrolment.RegisterAsync(gateway, clerk.HasRole(Role.DeviceClerk), reason ?? "", time.GetUtcNow(), cancellationToken);

    /// <summary>Changes or removes a gateway, whose version was <paramref name="version"/> when it was looked at.</summary>
    public async Task<Outcome<Gateway>> ChangeAsync(
        Gateway gateway,
        int version,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        await RefusalsOf(gateway, reason) is { IsEmpty: false } refusals
            ? refusals
            : await enrolment.ChangeAsync(
                gateway,
                version,
                clerk.HasRole(Role.DeviceClerk),
                reason ?? "",
                time.GetUtcNow(),
                cancellationToken
            );

    /// <summary>Makes a new credential.</summary>
    /// <param name="kind"><c>secret</c>, <c>claim</c> or <c>certificate</c>.</param>
    /// <param name="pem">The certificate; for no other kind.</param>
    public async Task<Outcome<IssuedCredential>> IssueAsync(
        string holder,
        string? kind,
        string? pem,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var unknown = new Refusal("not-found", $"Nobody '{holder}' is registered, or it was removed.");
        if (await enrolment.FindAsync(holder, cancellationToken) is null)
            return unknown;
        if (Registration.CheckReason(reason) is { } wrong)
            return wrong;
        var (by, now, why) = (clerk.HasRole(Role.DeviceClerk), time.GetUtcNow(), reason ?? "");
        switch (kind)
        {
            case "secret":
                var secret = DeviceSecret.New();
                return await enrolment.IssueSecretAsync(holder, DeviceSecret.Hash(secret), by, why, now, cancellationToken)
                    ? new IssuedCredential(secret)
                    : unknown;
            case "claim":
                var code = ClaimCode.New();
                return await enrolment.MakeClaimAsync(holder, ClaimCode.Hash(code), now + ClaimCode.Lasts, by, why, now, cancellationToken)
                    ? new IssuedCredential(Code: code, ExpiresAt: now + ClaimCode.Lasts)
                    : unknown;
            case "certificate":
                var (certificate, refusal) = CertificateOf(pem, holder, now);
                if (certificate is null)
                    return refusal!;
                using (certificate)
                {
                    var outcome = await enrolment.RegisterCertificateAsync(
                        holder,
                        SHA256.HashData(certificate.RawDataMemory.Span),
                        certificate.NotAfter.ToUniversalTime(),
                        by,
                        why,
                        now,
                        cancellationToken
                    );
                    return outcome.Value is { } registered ? new IssuedCredential(Certificate: registered) : outcome.Refusals;
                }

            default:
                return new Refusal("invalid", $"There is no kind of credential '{kind}': expected secret, certificate or claim.", "kind");
        }
    }

    /// <summary>Ends a credential, and the session that signed in with it.</summary>
    public async Task<Refusal?> EndAsync(
        string holder,
        long number,
        ClaimsPrincipal clerk,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        Registration.CheckReason(reason) is { } refusal ? refusal
        : await enrolment.EndAsync(holder, number, clerk.HasRole(Role.DeviceClerk), reason ?? "", time.GetUtcNow(), cancellationToken)
            ? null
        : new Refusal("not-found", $"'{holder}' has no credential {number} that holds.", "credential");

    private async Task<ImmutableArray<Refusal>> RefusalsOf(Device device, string? reason)
    {
        var refusals = Registration.Check(device, (await grains.Governance()).City);
        return Registration.CheckReason(reason) is { } wrong ? refusals.Add(wrong) : refusals;
    }

    private async Task<ImmutableArray<Refusal>> RefusalsOf(Gateway gateway, string? reason)
    {
        var refusals = Registration.Check(gateway, (await grains.Governance()).City);
        return Registration.CheckReason(reason) is { } wrong ? refusals.Add(wrong) : refusals;
    }

    /// <summary>A certificate that names its holder, in its common name or an alternative name, and has not expired.</summary>
    private static (X509Certificate2? Certificate, Refusal? Refusal) CertificateOf(string? pem, string id, DateTimeOffset now)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem ?? "");
        }
        catch (CryptographicException)
        {
            return (
                null,
                new Refusal("invalid", "This is no certificate in PEM form: it begins with '-----BEGIN CERTIFICATE-----'.", "pem")
            );
        }

        var names = certificate
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames())
            .Append(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        var refusal =
            !names.Contains(id, StringComparer.Ordinal)
                ? new Refusal(
                    "invalid",
                    $"The certificate does not name '{id}': put the id into its common name, or into a DNS name.",
                    "pem"
                )
            : certificate.NotAfter.ToUniversalTime() <= now
                ? new Refusal(
                    "invalid",
                    $"The certificate expired on {certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.",
                    "pem"
                )
            : null;
        if (refusal is null)
            return (certificate, null);
        certificate.Dispose();
        return (null, refusal);
    }
}

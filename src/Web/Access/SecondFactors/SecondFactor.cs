using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Access.SecondFactors;

/// <summary>How the check of a second factor ended.</summary>
internal enum SecondFactorCheck
{
    Wrong,

    /// <summary>Too many wrong codes for this account; this one was not checked.</summary>
    Paused,

    /// <summary>The seed cannot be decrypted, or the account has none: an administrator must remove the second factor.</summary>
    Unusable,
    RightCode,
    RightRecoveryCode,
}

/// <summary>
/// Checks second factors. The seed is encrypted in the database with the keys of ASP.NET Core Data Protection, which are outside it. Each
/// code opens the account once.
/// </summary>
internal sealed class SecondFactor(
    IStaffCredentialRegister register,
    AccountThrottle throttle,
    IDataProtectionProvider protection,
    TimeProvider time
)
{
    private static readonly TimeSpan OfferValidity = TimeSpan.FromMinutes(30);

    private readonly IDataProtector _seeds = protection.CreateProtector("staff-second-factor");

    private readonly IDataProtector _offers = protection.CreateProtector("staff-second-factor-offer");

    /// <summary>Encrypts a seed for the register.</summary>
    public string Encrypt(string seed) => _seeds.Protect(seed);

    /// <summary>Encrypts a seed that a form offers to a member, so that the form returns this seed and no other.</summary>
    public string Offer(string staff, string seed) =>
        _offers.Protect(
            string.Create(CultureInfo.InvariantCulture, $"{staff}|{seed}|{(time.GetUtcNow() + OfferValidity).ToUnixTimeSeconds()}")
        );

    /// <summary>Returns the offered seed; null when the offer is old, changed, or another member's.</summary>
    public string? ReadOffer(string staff, string offer)
    {
        try
        {
            return
                _offers.Unprotect(offer).Split('|') is [var owner, var seed, var until]
                && owner == staff
                && long.Parse(until, CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeSeconds()
                ? seed
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Checks a one-time code or a recovery code, and uses it up.</summary>
    public async Task<SecondFactorCheck> CheckAsync(string staff, string code, CancellationToken cancellationToken)
    {
        if (!throttle.TryBegin(staff))
            return SecondFactorCheck.Paused;
        var check = SecondFactorCheck.Unusable;
        try
        {
            return check = await CheckUnlimitedAsync(staff, code, cancellationToken);
        }
        finally
        {
            if (check != SecondFactorCheck.Wrong)
                throttle.Withdraw(staff);
        }
    }

    private async Task<SecondFactorCheck> CheckUnlimitedAsync(string staff, string code, CancellationToken cancellationToken)
    {
        var credentials = await register.FindAsync(staff, cancellationToken);
        if (credentials?.SecondFactorSeed is not { } encrypted || Decrypt(encrypted) is not { } seed)
            return SecondFactorCheck.Unusable;
        var now = time.GetUtcNow();
        if (OneTimeCode.Verify(seed, code, now) is { } step)
            return await register.TryUseStepAsync(staff, step, cancellationToken) ? SecondFactorCheck.RightCode : SecondFactorCheck.Wrong;
        return await register.TryUseRecoveryCodeAsync(staff, OneTimeCode.HashRecoveryCode(code), now, cancellationToken)
            ? SecondFactorCheck.RightRecoveryCode
            : SecondFactorCheck.Wrong;
    }

    private string? Decrypt(string encrypted)
    {
        try
        {
            return _seeds.Unprotect(encrypted);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

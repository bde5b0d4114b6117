using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Access.SecondFactors;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.OwnAccount;

/// <summary>The form with which a person adds or replaces an authenticator app. The answer shows the recovery codes, once.</summary>
public sealed class ChangeSecondFactorModel(
    IStaffRegister register,
    IStaffCredentialRegister credentials,
    IGrainFactory grains,
    TimeProvider time
) : OwnAccountPageModel(register, credentials)
{
    /// <summary>The seed in Base32, for apps that read no QR code.</summary>
    public string Seed { get; private set; } = "";

    /// <summary>The encrypted seed, which the form returns.</summary>
    public string Offer { get; private set; } = "";

    /// <summary>The address for the app as a QR code: an SVG element.</summary>
    public string Picture { get; private set; } = "";

    /// <summary>The new recovery codes; empty before the second factor is set.</summary>
    public ImmutableArray<string> RecoveryCodes { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync()
    {
        if (!HasPassword)
            return Redirect("/staff/account");
        await OfferAsync(OneTimeCode.NewSeed());
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!HasPassword)
            return Redirect("/staff/account");
        var factor = Internal<SecondFactor>();
        if (factor.ReadOffer(Member.Id, Request.Form["offer"].ToString()) is not { } seed)
        {
            await OfferAsync(OneTimeCode.NewSeed());
            return Invalid([new FieldError("code", "This page was open for too long. Scan the new code and enter what your app shows.")]);
        }

        await OfferAsync(seed);
        if (await CheckPasswordAsync("current") is { } wrong)
            return Invalid([wrong]);
        var now = time.GetUtcNow();
        if (OneTimeCode.Verify(seed, Request.Form["code"].ToString(), now) is not { } step)
            return Invalid([new FieldError("code", "The code is wrong. Enter the six digits that your app shows now.")]);
        if (await CheckCodeAsync("present-code") is { } wrongCode)
            return Invalid([wrongCode]);
        var codes = OneTimeCode.NewRecoveryCodes();
        await CredentialRegister.SetSecondFactorAsync(
            Member.Id,
            factor.Encrypt(seed),
            step,
            [.. codes.Select(OneTimeCode.HashRecoveryCode)],
            User.AttributionAsOwner(),
            now,
            HttpContext.RequestAborted
        );
        await HttpContext.RecordAsync(SecurityEventKind.SecondFactorSet, Member.Id);
        await SignInAgainAsync(SignInMethod.PasswordAndCode);
        RecoveryCodes = codes;
        return Page();
    }

    private async Task OfferAsync(string seed)
    {
        var city = (await grains.Governance()).City;
        Seed = seed;
        Offer = Internal<SecondFactor>().Offer(Member.Id, seed);
        Picture = OneTimeCode.Draw(OneTimeCode.Address(seed, $"{city.Name} registry", Member.SignIn));
    }
}

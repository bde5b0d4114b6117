using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.OwnAccount;

/// <summary>The form with which a person chooses a password. A person with a first password sees nothing else before.</summary>
public sealed class ChangePasswordModel(
    IStaffRegister register,
    IStaffCredentialRegister credentials,
    IGrainFactory grains,
    TimeProvider time
) : OwnAccountPageModel(register, credentials)
{
    public bool IsFirst => Credentials.Password?.Kind == PasswordKind.First;

    public IActionResult OnGet() => HasPassword ? Page() : Redirect("/staff/account");

    public async Task<IActionResult> OnPostAsync()
    {
        if (!HasPassword)
            return Redirect("/staff/account");
        if (await CheckPasswordAsync("current") is { } wrong)
            return Invalid([wrong]);
        var chosen = Request.Form["new"].ToString();
        var city = (await grains.Governance()).City;
        if (chosen == Request.Form["current"].ToString())
            return Invalid([new FieldError("new", "The new password is the current one: choose another.")]);
        if (PasswordPolicy.Check(chosen, [Member.Name, Member.SignIn, Member.Department ?? "", city.Name]) is { } weak)
            return Invalid([new FieldError("new", weak)]);
        if (await CheckCodeAsync("present-code") is { } wrongCode)
            return Invalid([wrongCode]);
        if (await Internal<PasswordQueue>().HashAsync(chosen) is not { } hash)
            return Invalid([new FieldError("new", "Too many people sign in just now. Try again in a few seconds.")]);
        await CredentialRegister.SetPasswordAsync(
            Member.Id,
            StoredPassword.Own(hash),
            User.AttributionAsOwner(),
            time.GetUtcNow(),
            HttpContext.RequestAborted
        );
        await HttpContext.RecordAsync(SecurityEventKind.PasswordChanged, Member.Id);
        await SignInAgainAsync(Credentials.HasSecondFactor ? SignInMethod.PasswordAndCode : SignInMethod.Password);
        return Redirect(Credentials.HasSecondFactor ? "/staff/account?done=password" : "/staff/account/second-factor");
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.FirstAdministrator;

/// <summary>The form of the one link that a registry without staff prints.</summary>
public sealed class FirstModel(FirstAdministratorLink link, IStaffRegister register, IGrainFactory grains, TimeProvider time)
    : FormPageModel
{
    public async Task<IActionResult> OnGetAsync(string token) =>
        await link.IsOpenAsync(token, HttpContext.RequestAborted) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string token)
    {
        if (!await link.IsOpenAsync(token, HttpContext.RequestAborted))
            return NotFound();
        var (name, signIn) = (StaffName.Normalize(Submitted("name")), SignInName.Normalize(Submitted("sign-in")));
        if (StaffName.Check(name, "name") is { } wrongName)
            return Invalid([new FieldError("name", wrongName.Sentence)]);
        if (SignInName.Check(signIn) is { } wrongSignIn)
            return Invalid([new FieldError("sign-in", wrongSignIn.Sentence)]);
        var city = (await grains.Governance()).City;
        if (PasswordPolicy.Check(Submitted("password"), [name, signIn, city.Name]) is { } weak)
            return Invalid([new FieldError("password", weak)]);
        if (await HttpContext.RequestServices.GetRequiredService<PasswordQueue>().HashAsync(Submitted("password")) is not { } hash)
            return Invalid([new FieldError("password", "Too many people sign in just now. Try again in a few seconds.")]);
        var member = new StaffMember(StaffMember.NewId(), signIn, name, null, [Role.Administrator], IsProgram: false, IsActive: true, 1);
        var isAdded = await link.UseAsync(
            token,
            () =>
                register.AddFirstAsync(
                    member,
                    StoredPassword.Own(hash),
                    new Attribution("operator"),
                    time.GetUtcNow(),
                    HttpContext.RequestAborted
                ),
            HttpContext.RequestAborted
        );
        if (!isAdded)
            return NotFound();
        await SecurityEvents.RecordAsync(HttpContext, SecurityEventKind.AccountAdded, null, member.Id, null, "first-administrator");
        return Redirect("/staff/sign-in");
    }

    private string Submitted(string field) => Request.Form[field].ToString();
}

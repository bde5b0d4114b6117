using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Ends the session here. A session at the city's identity provider continues.</summary>
public sealed class SignOutModel(IStaffRegister register, TimeProvider time) : PageModel
{
    public async Task<IActionResult> OnPostAsync()
    {
        await StaffAuthentication.SignOutAsync(HttpContext, register, time);
        return Redirect("/staff/sign-in");
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Ending a session here; the city's identity provider has one of its own.</summary>
public sealed class SignOutModel(IStaffRegister register, TimeProvider time) : PageModel
{
    public async Task<IActionResult> OnPostAsync()
    {
        await StaffAuthentication.SignOutAsync(HttpContext, register, time);
        return Redirect("/staff/sign-in");
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Ends the session here. A session at the city's identity provider continues.</summary>
public sealed class SignOutModel : PageModel
{
    public async Task<IActionResult> OnPostAsync()
    {
        await StaffSessionCookie.SignOutAsync(HttpContext);
        return Redirect("/staff/sign-in");
    }
}

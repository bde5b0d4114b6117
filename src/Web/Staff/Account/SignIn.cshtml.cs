using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Signing in with a name and a password, or by the city's identity provider.</summary>
public sealed class SignInModel(
    IStaffRegister register,
    IAuthenticationSchemeProvider schemes,
    TimeProvider time,
    IServiceProvider services,
    ILogger<SignInModel> log
) : PageModel
{
    [BindProperty(Name = "sign-in")]
    public string SignInName { get; set; } = "";

    [BindProperty(Name = "password")]
    public string Password { get; set; } = "";

    [BindProperty(Name = "return", SupportsGet = true)]
    public string? Return { get; set; }

    /// <summary>What went wrong, in a sentence; null when nothing did.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether the city has an identity provider.</summary>
    public bool HasProvider { get; private set; }

    public async Task OnGetAsync() => HasProvider = await schemes.GetSchemeAsync(IdentityProvider.Scheme) is not null;

    public async Task<IActionResult> OnPostAsync()
    {
        await OnGetAsync();
        var pace = (SignInThrottle)services.GetService(typeof(SignInThrottle))!;
        var address = HttpContext.Connection.RemoteIpAddress?.ToString() ?? "";
        var (name, password) = (SignInName is { Length: <= 254 } given ? given : "", Password ?? "");
        if (pace.Begin(name, address) is { Ticks: > 0 } wait)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Refuse(
                StatusCodes.Status429TooManyRequests,
                $"Too many wrong passwords. Try again in {Math.Ceiling(wait.TotalMinutes):0} minutes, or ask an administrator for a new password."
            );
        }

        var found =
            name.Length is > 0 and <= 254 && password.Length <= Passwords.MaxLength
                ? await register.FindBySignInAsync(name, HttpContext.RequestAborted)
                : null;
        if (!Passwords.IsRight(found?.PasswordHash, password) || found is not { Member.IsActive: true } known)
        {
            log.LogWarning("A sign-in with a password was refused.");
            return Refuse(StatusCodes.Status400BadRequest, "The name and the password do not belong together. Check both and try again.");
        }

        pace.Right(name, address);
        await StaffAuthentication.SignInAsync(HttpContext, known.Member, time);
        return LocalRedirect(Destination);
    }

    public async Task<IActionResult> OnGetProviderAsync()
    {
        await OnGetAsync();
        if (!HasProvider)
            return NotFound();
        try
        {
            await HttpContext.ChallengeAsync(IdentityProvider.Scheme, new AuthenticationProperties { RedirectUri = Destination });
            return new EmptyResult();
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or HttpRequestException)
        {
            // Its addresses are asked of it when they are first needed.
            log.LogWarning("The identity provider does not answer: {Failure}.", failure.GetBaseException().GetType().Name);
            return Refuse(
                StatusCodes.Status503ServiceUnavailable,
                "The city’s sign-in does not answer now. Try again in a minute, or sign in with a password of this registry if you have one."
            );
        }
    }

    /// <summary>Where to go afterwards: a page of ours, whatever the address says.</summary>
    private string Destination => Url.IsLocalUrl(Return) && Return!.StartsWith("/staff", StringComparison.Ordinal) ? Return : "/staff";

    private PageResult Refuse(int status, string sentence)
    {
        Response.StatusCode = status;
        (Fault, Password) = (sentence, "");
        return Page();
    }
}

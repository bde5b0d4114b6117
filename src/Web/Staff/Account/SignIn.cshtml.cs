using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Sign-in with a name and a password, or through the city's identity provider.</summary>
public sealed class SignInModel(
    IStaffRegister register,
    IAuthenticationSchemeProvider schemes,
    TimeProvider time,
    IServiceProvider services,
    ILogger<SignInModel> log
) : PageModel
{
    private const int MaxNameLength = 254;

    [BindProperty(Name = "sign-in")]
    public string SignInName { get; set; } = "";

    [BindProperty(Name = "password")]
    public string Password { get; set; } = "";

    [BindProperty(Name = "return", SupportsGet = true)]
    public string? Return { get; set; }

    /// <summary>Why the sign-in was refused; null when it was not.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether the city has an identity provider.</summary>
    public bool HasProvider { get; private set; }

    public async Task OnGetAsync() => HasProvider = await schemes.GetSchemeAsync(IdentityProviderSettings.Scheme) is not null;

    public async Task<IActionResult> OnPostAsync()
    {
        await OnGetAsync();
        // Not a constructor parameter, because the type is internal and the constructor is public.
        var throttle = (SignInThrottle)services.GetService(typeof(SignInThrottle))!;
        var address = HttpContext.Connection.RemoteIpAddress?.ToString() ?? "";
        var name = SignInName is { Length: <= MaxNameLength } submitted ? submitted : "";
        var password = Password ?? "";
        if (throttle.Begin(name, address) is { Ticks: > 0 } wait)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Refuse(
                StatusCodes.Status429TooManyRequests,
                $"Too many wrong passwords. Try again in {Math.Ceiling(wait.TotalMinutes):0} minutes, "
                    + "or ask an administrator for a new password."
            );
        }

        var found =
            name.Length > 0 && password.Length <= Passwords.MaxLength
                ? await register.FindBySignInAsync(name, HttpContext.RequestAborted)
                : null;
        if (!Passwords.IsRight(found?.PasswordHash, password) || found is not { Member.IsActive: true } account)
        {
            log.LogWarning("A sign-in with a password was refused.");
            return Refuse(StatusCodes.Status400BadRequest, "The name or the password is wrong. Check both and try again.");
        }

        throttle.Succeed(name, address);
        await StaffAuthentication.SignInAsync(HttpContext, account.Member, time);
        return LocalRedirect(Destination);
    }

    public async Task<IActionResult> OnGetProviderAsync()
    {
        await OnGetAsync();
        if (!HasProvider)
            return NotFound();
        try
        {
            await HttpContext.ChallengeAsync(IdentityProviderSettings.Scheme, new AuthenticationProperties { RedirectUri = Destination });
            return new EmptyResult();
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or HttpRequestException)
        {
            // The handler loads the metadata of the provider at the first challenge.
            log.LogWarning(
                "The identity provider does not respond: {Failure}. People with a password can still sign in.",
                failure.GetBaseException().GetType().Name
            );
            return Refuse(
                StatusCodes.Status503ServiceUnavailable,
                "The city’s sign-in does not answer now. Try again in a minute, or use a password of this registry if you have one."
            );
        }
    }

    /// <summary>Where to go after sign-in: always a staff page of this registry, even if the address names another.</summary>
    private string Destination => Url.IsLocalUrl(Return) && Return!.StartsWith("/staff", StringComparison.Ordinal) ? Return : "/staff";

    private PageResult Refuse(int status, string error)
    {
        Response.StatusCode = status;
        Error = error;
        Password = "";
        return Page();
    }
}

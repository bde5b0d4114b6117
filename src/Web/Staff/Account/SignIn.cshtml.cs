using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Sign-in with a name and a password, or through the city's identity provider.</summary>
public sealed class SignInModel(
    IStaffRegister register,
    IStaffCredentialRegister credentials,
    TimeProvider time,
    IServiceProvider services,
    ILogger<SignInModel> log
) : PageModel
{
    private const int MaxNameLength = 254;

    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(2);

    [BindProperty(Name = "sign-in")]
    public string SignInName { get; set; } = "";

    [BindProperty(Name = "password")]
    public string Password { get; set; } = "";

    [BindProperty(Name = "return", SupportsGet = true)]
    public string? Return { get; set; }

    /// <summary>Why the sign-in was refused; null when it was not.</summary>
    public string? Error { get; private set; }

    private readonly IdentityProviderSettings? _provider = services.GetService<IdentityProviderSettings>();

    /// <summary>Whether the city has an identity provider.</summary>
    public bool HasProvider => _provider is not null;

    /// <summary>Whether passwords of this registry open anything.</summary>
    public bool HasPasswords => _provider is not { IsOnlyWay: true };

    /// <summary>The address of the provider's sign-in, for a person who chose it; null before that.</summary>
    public string? Onward { get; private set; }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!HasPasswords)
            return Refuse(StatusCodes.Status403Forbidden, "Passwords of this registry are switched off: sign in with your city account.");
        // The one spelling: otherwise each spelling of a name would have tries of its own.
        var name = SignInName is { Length: <= MaxNameLength } submitted ? Domain.Staff.SignInName.Normalize(submitted) : "";
        var browsers = Internal<KnownBrowsers>();
        var browser = browsers.Find(HttpContext, name);
        var attempt = Internal<SignInThrottle>().BeginSignIn(name, HttpContext.Connection.RemoteIpAddress, browser);
        if (attempt.MustWait)
        {
            await RecordAsync(SecurityEventKind.SignInPaused, null, "password");
            return RefuseUntil(attempt.Wait, "Too many wrong passwords.");
        }

        var (account, check) = await CheckAsync(name, Password ?? "", isKnownBrowser: browser is not null);
        if (check == PasswordCheck.Busy)
        {
            attempt.Withdraw();
            return RefuseUntil(BusyWait, "Too many people sign in just now.");
        }

        if (check == PasswordCheck.Wrong || account is not { IsActive: true })
        {
            await RecordAsync(SecurityEventKind.SignInRefused, account?.Id, "password");
            return Refuse(StatusCodes.Status400BadRequest, "The name or the password is wrong. Check both and try again.");
        }

        attempt.Succeed();
        browsers.Remember(HttpContext, name);
        return await ContinueAsync(account);
    }

    /// <summary>After the right password: asks for the second factor, or starts a session if the account has none.</summary>
    private async Task<IActionResult> ContinueAsync(StaffMember member)
    {
        if (await credentials.FindAsync(member.Id, HttpContext.RequestAborted) is not { Password: { } stored } known)
            return Refuse(StatusCodes.Status400BadRequest, "The name or the password is wrong. Check both and try again.");
        if (!stored.IsValidAt(time.GetUtcNow()))
        {
            await RecordAsync(SecurityEventKind.SignInRefused, member.Id, "first-password-ended");
            return Refuse(
                StatusCodes.Status403Forbidden,
                "This first password has ended, because it was not used in time. Ask an administrator for a new one."
            );
        }

        if (known.HasSecondFactor)
        {
            await StaffSessionCookie.BeginSecondStepAsync(HttpContext, member, Destination, time);
            return Redirect("/staff/sign-in/code");
        }

        await StaffSessionCookie.SignInAsync(HttpContext, member, SignInMethod.Password, known.NextStep);
        return LocalRedirect(Destination);
    }

    private async Task<(StaffMember? Account, PasswordCheck Check)> CheckAsync(string name, string password, bool isKnownBrowser)
    {
        var isPossible = name.Length > 0 && Passwords.CanBe(password);
        (StaffMember Member, StoredPassword? Password)? found = null;
        var check = await Internal<PasswordQueue>()
            .CheckAsync(
                async () =>
                    (found = isPossible ? await register.FindBySignInAsync(name, HttpContext.RequestAborted) : null)?.Password?.Hash,
                isPossible ? password : "",
                HttpContext.Connection.RemoteIpAddress,
                isKnownBrowser,
                HttpContext.RequestAborted
            );
        return (found?.Member, check);
    }

    /// <summary>A service that is no constructor parameter, because its type is internal and the constructor is public.</summary>
    private T Internal<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>
    /// Begins a sign-in at the provider. Only a form of this page does: a link of another site must start no session (ASVS 5.0, 7.6.2).
    /// </summary>
    public async Task<IActionResult> OnPostProviderAsync()
    {
        if (!HasProvider)
            return NotFound();
        try
        {
            await HttpContext.ChallengeAsync(IdentityProviderSettings.Scheme, new AuthenticationProperties { RedirectUri = Destination });
            Onward = Response.Headers.Location.ToString();
            // Not a redirect: browsers apply form-action to each redirect that follows a form, and the provider may have many hosts.
            Response.Headers.Remove(HeaderNames.Location);
            Response.Headers["Refresh"] = "0;url=" + Onward;
            Response.StatusCode = StatusCodes.Status200OK;
            return Page();
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or HttpRequestException)
        {
            // The handler loads the metadata of the provider at the first challenge.
            log.LogWarning(
                "The identity provider does not respond: {Failure}. Sign-ins by it fail until it does.",
                failure.GetBaseException().GetType().Name
            );
            return Refuse(
                StatusCodes.Status503ServiceUnavailable,
                "The city’s sign-in does not answer now. Try again in a minute"
                    + (HasPasswords ? ", or use a password of this registry if you have one." : ".")
            );
        }
    }

    /// <summary>Where to go after sign-in: always a staff page of this registry, even if the address names another.</summary>
    private string Destination => Url.IsLocalUrl(Return) && Return!.StartsWith("/staff", StringComparison.Ordinal) ? Return : "/staff";

    private PageResult RefuseUntil(TimeSpan wait, string why)
    {
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        Response.Headers.RetryAfter = seconds;
        return Refuse(StatusCodes.Status429TooManyRequests, $"{why} Try again in {seconds} seconds.");
    }

    /// <summary>Records an event of an account, without what was typed: people type passwords into the field of the name.</summary>
    private Task RecordAsync(SecurityEventKind kind, string? subject, string? detail) =>
        SecurityEvents.RecordAsync(HttpContext, kind, actor: null, subject, token: null, detail);

    private PageResult Refuse(int status, string error)
    {
        Response.StatusCode = status;
        Error = error;
        Password = "";
        return Page();
    }
}

using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>
/// Starts, checks and ends the sessions of staff. The cookie has the session's id; the register of sessions decides whether it holds.
/// </summary>
internal static class StaffSessionCookie
{
    // An item of the properties of a session.
    private const string SessionId = "id";

    /// <summary>How long a person has time to enter the second factor.</summary>
    private static readonly TimeSpan SecondStepValidity = TimeSpan.FromMinutes(5);

    /// <summary>Starts a session in this browser. While a step is missing the session has no role.</summary>
    public static async Task SignInAsync(HttpContext http, StaffMember member, SignInMethod method, AccountStep step)
    {
        var (principal, properties) = await StartAsync(http, member, method, step);
        await http.SignInAsync(StaffAuthentication.Session, principal, properties);
    }

    /// <summary>
    /// Stores a new session, and ends the one that this browser had (ASVS 5.0, 7.2.4). Returns what the cookie of the new one has.
    /// </summary>
    public static async Task<(ClaimsPrincipal Principal, AuthenticationProperties Properties)> StartAsync(
        HttpContext http,
        StaffMember member,
        SignInMethod method,
        AccountStep step
    )
    {
        await EndCurrentAsync(http);
        var services = http.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var session = new StaffSession(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            member.Id,
            member.Stamp,
            method,
            now,
            now,
            now + StaffSession.MaxDuration,
            ClientText.AddressOf(http),
            ClientText.BrowserOf(http)
        );
        await services.GetRequiredService<IStaffSessions>().StartAsync(session, http.RequestAborted);
        await SecurityEvents.RecordAsync(http, SecurityEventKind.SignedIn, member.Id, subject: null, token: null, Domain.Json.Word(method));
        var properties = new AuthenticationProperties { IsPersistent = false, Items = { [SessionId] = session.Id } };
        return (StaffPrincipal.Create(member, member.Roles, StaffAuthentication.Session, step), properties);
    }

    /// <summary>The id of the session of this request; null when there is none.</summary>
    public static async Task<string?> FindIdAsync(HttpContext http) =>
        await http.AuthenticateAsync(StaffAuthentication.Session) is { Succeeded: true, Properties: var properties }
            ? properties.Items.TryGetValue(SessionId, out var id)
                ? id
                : null
            : null;

    /// <summary>Ends the session of this request: deletes its cookie, and refuses copies of the cookie.</summary>
    public static async Task SignOutAsync(HttpContext http)
    {
        await EndCurrentAsync(http);
        await http.RecordAsync(SecurityEventKind.SignedOut);
        await http.SignOutAsync(StaffAuthentication.Session);
    }

    /// <summary>Rejects the cookie of a session that has ended.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        var services = http.RequestServices;
        var isValid =
            context.Properties.Items.TryGetValue(SessionId, out var id)
            && id is not null
            && await services
                .GetRequiredService<IStaffSessions>()
                .UseAsync(id, services.GetRequiredService<TimeProvider>().GetUtcNow(), http.RequestAborted)
                is { } member
            && context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) == member.Id;
        if (!isValid)
        {
            context.RejectPrincipal();
            await http.SignOutAsync(StaffAuthentication.Session);
        }
    }

    /// <summary>Remembers in a cookie of its own that the password was right, until the second factor follows.</summary>
    public static Task BeginSecondStepAsync(HttpContext http, StaffMember member, string destination, TimeProvider time) =>
        http.SignInAsync(
            StaffAuthentication.SecondStep,
            StaffPrincipal.Create(member, [], StaffAuthentication.SecondStep),
            new AuthenticationProperties { ExpiresUtc = time.GetUtcNow() + SecondStepValidity, RedirectUri = destination }
        );

    /// <summary>The member whose password was right a moment ago, and where to go afterwards; null when there is none.</summary>
    public static async Task<(StaffMember Member, string Destination)?> FindSecondStepAsync(HttpContext http, IStaffRegister register)
    {
        var step = await http.AuthenticateAsync(StaffAuthentication.SecondStep);
        return
            step is { Succeeded: true, Principal: { } principal }
            && await register.FindAsync(principal.StaffId(), http.RequestAborted) is { IsActive: true } member
            && principal.FindFirstValue(StaffPrincipal.Stamp) == $"{member.Stamp}"
            ? (member, step.Properties?.RedirectUri ?? "/staff")
            : null;
    }

    private static async Task EndCurrentAsync(HttpContext http)
    {
        if (await http.AuthenticateAsync(StaffAuthentication.Session) is not { Succeeded: true, Principal: { } principal })
            return;
        if (await FindIdAsync(http) is { } id)
            await http.RequestServices.GetRequiredService<IStaffSessions>().EndAsync(principal.StaffId(), id, http.RequestAborted);
    }
}

using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>
/// Authentication and authorization of staff: people sign in to pages below <c>/staff</c> with a session cookie, programs to the API with
/// a token.
/// </summary>
internal static class StaffAuthentication
{
    /// <summary>The authentication scheme of the session cookie.</summary>
    public const string Session = "session";

    private const string SessionOrToken = "either";

    // Items of a session's properties.
    private const string StartedAt = "since",
        SessionId = "id";

    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(30),
        MaxDuration = TimeSpan.FromHours(10);

    public static void AddStaff(this IServiceCollection services)
    {
        services
            .AddAuthentication(SessionOrToken)
            .AddPolicyScheme(
                SessionOrToken,
                null,
                options =>
                    options.ForwardDefaultSelector = http =>
                        http.Request.Path.StartsWithSegments("/staff") ? Session : TokenAuthentication.Name
            )
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Name, null)
            .AddCookie(
                Session,
                session =>
                {
                    session.LoginPath = "/staff/sign-in";
                    session.AccessDeniedPath = "/staff/not-allowed";
                    session.ReturnUrlParameter = "return";
                    session.ExpireTimeSpan = IdleTimeout;
                    session.SlidingExpiration = true;
                    session.Events.OnValidatePrincipal = ValidateSessionAsync;
                    session.Events.OnRedirectToLogin = session.Events.OnRedirectToAccessDenied = RedirectWithinAsync;
                }
            );
        services.AddAuthorization(AddPolicies);
        services.AddAntiforgery(options => options.SuppressXFrameOptionsHeader = true);
        // The names of the cookies depend on the public address, which is known only after the HTTP server has started.
        services
            .AddOptions<CookieAuthenticationOptions>(Session)
            .Configure<PublicAddress>((session, address) => HardenCookie(session.Cookie, "registry-staff", SameSiteMode.Lax, address));
        services
            .AddOptions<AntiforgeryOptions>()
            .Configure<PublicAddress>((forms, address) => HardenCookie(forms.Cookie, "registry-staff-form", SameSiteMode.Strict, address));
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<KnownBrowsers>();
        services.AddSingleton<PasswordQueue>();
        services.Configure<RazorPagesOptions>(AuthorizeStaffPages);
    }

    private static void AddPolicies(AuthorizationOptions authorization)
    {
        authorization.AddPolicy(StaffPolicies.AnyRole, policy => policy.RequireAuthenticatedUser().RequireClaim(ClaimTypes.Role));
        foreach (var role in Enum.GetValues<Role>())
            authorization.AddPolicy(
                StaffPolicies.For(role),
                policy => policy.RequireAuthenticatedUser().RequireRole(Domain.Json.Word(role))
            );
        authorization.AddPolicy(
            StaffPolicies.IngestViewer,
            policy => policy.RequireAuthenticatedUser().RequireRole(StaffPolicies.IngestViewerRoles.Select(Domain.Json.Word))
        );
        authorization.AddPolicy(
            StaffPolicies.AbsenceConfirmer,
            policy => policy.RequireAuthenticatedUser().RequireRole(StaffPolicies.AbsenceConfirmerRoles.Select(Domain.Json.Word))
        );
    }

    /// <summary>
    /// Protects the pages by their folder, so that a new page is protected without an attribute. A page that needs a certain role has the
    /// attribute <c>[Authorize]</c> in addition. The paths below must follow when a page is moved or renamed; EndpointPolicyTests compares
    /// the policy of every page with a list.
    /// </summary>
    private static void AuthorizeStaffPages(RazorPagesOptions pages)
    {
        pages.Conventions.AuthorizeFolder("/Staff", StaffPolicies.AnyRole);
        // Shown to users without a session.
        pages.Conventions.AllowAnonymousToPage("/Staff/Account/SignIn");
        pages.Conventions.AllowAnonymousToPage("/Staff/Account/AccessDenied");
        pages.Conventions.AllowAnonymousToPage("/Staff/Account/UnknownAccount");
    }

    /// <summary>
    /// Sets the scheme of staff requests to https when the public address has it. Behind a proxy that terminates TLS, requests arrive
    /// without it, but cookies and redirects must follow what the browser sees.
    /// </summary>
    public static void UseStaffAddress(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                if (http.Request.Path.StartsWithSegments("/staff") && IsHttps(http.RequestServices.GetRequiredService<PublicAddress>()))
                    http.Request.Scheme = Uri.UriSchemeHttps;
                return next(http);
            }
        );

    private static bool IsHttps(PublicAddress address) => address.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Restricts a cookie to this site. With https its name gets the prefix <c>__Host-</c>: browsers then accept it only from this host and
    /// over TLS, and require the path <c>/</c> (RFC 6265bis, 4.1.3.2).
    /// </summary>
    private static void HardenCookie(CookieBuilder cookie, string name, SameSiteMode sameSite, PublicAddress address)
    {
        var isHttps = IsHttps(address);
        cookie.Name = isHttps ? "__Host-" + name : name;
        cookie.Path = isHttps ? "/" : "/staff";
        cookie.SecurePolicy = isHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.HttpOnly = true;
        cookie.SameSite = sameSite;
    }

    /// <summary>Redirects by path alone: the host of the request may be any that the client made up.</summary>
    private static Task RedirectWithinAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.Redirect(new Uri(context.RedirectUri).PathAndQuery);
        return Task.CompletedTask;
    }

    /// <summary>Starts a session.</summary>
    public static Task SignInAsync(HttpContext http, StaffMember member, TimeProvider time) =>
        http.SignInAsync(Session, StaffPrincipal.Create(member, member.Roles, Session), NewSessionProperties(time));

    /// <summary>The properties of a new session: its start, and a random id by which it can be ended.</summary>
    public static AuthenticationProperties NewSessionProperties(TimeProvider time) =>
        new()
        {
            IsPersistent = false,
            Items =
            {
                [StartedAt] = $"{time.GetUtcNow().ToUnixTimeSeconds()}",
                [SessionId] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            },
        };

    /// <summary>Ends a session: deletes its cookie, and refuses copies of the cookie.</summary>
    public static async Task SignOutAsync(HttpContext http, IStaffRegister register, TimeProvider time)
    {
        if (await http.AuthenticateAsync(Session) is { Succeeded: true, Properties: var session } && Item(session, SessionId) is { } id)
            await register.EndSessionAsync(id, time.GetUtcNow() + MaxDuration, time.GetUtcNow(), http.RequestAborted);
        await http.SignOutAsync(Session);
    }

    private static string? Item(AuthenticationProperties session, string name) =>
        session.Items.TryGetValue(name, out var value) ? value : null;

    /// <summary>
    /// Ends a session when the member's roles or password changed, when the member was deactivated, and after <see cref="MaxDuration"/>.
    /// </summary>
    private static async Task ValidateSessionAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var register = services.GetRequiredService<IStaffRegister>();
        var isValid =
            context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } memberId
            && long.TryParse(Item(context.Properties, StartedAt), out var startedAt)
            && now < DateTimeOffset.FromUnixTimeSeconds(startedAt) + MaxDuration
            && Item(context.Properties, SessionId) is { } sessionId
            && !await register.HasEndedAsync(sessionId, context.HttpContext.RequestAborted)
            && await register.FindAsync(memberId, context.HttpContext.RequestAborted) is { IsActive: true } member
            && context.Principal.FindFirstValue(StaffPrincipal.Stamp) == $"{member.Stamp}";
        if (!isValid)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Session);
        }
    }
}

using System.Security.Claims;
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
using SurveillanceRegistry.Web.Access.SecondFactors;
using SurveillanceRegistry.Web.Staff.FirstAdministrator;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>
/// Authentication and authorization of staff: people sign in to pages below <c>/staff</c> with a session cookie, programs to the API with
/// a token.
/// </summary>
internal static class StaffAuthentication
{
    /// <summary>The authentication scheme of the session cookie.</summary>
    public const string Session = "session";

    /// <summary>The scheme of the cookie between the password and the second factor. It opens no page but that of the code.</summary>
    public const string SecondStep = "second-step";

    private const string SessionOrToken = "either";

    /// <summary>Pages of a person's own account, which open while a step is missing. Every other staff page needs a role.</summary>
    private static readonly string[] OwnAccountPages =
    [
        "/Staff/Account/SignOut",
        "/Staff/OwnAccount/Account",
        "/Staff/OwnAccount/ChangePassword",
        "/Staff/OwnAccount/ChangeSecondFactor",
    ];

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
                    // The register of sessions ends a session that is not used.
                    session.ExpireTimeSpan = StaffSession.MaxDuration;
                    session.SlidingExpiration = false;
                    session.Events.OnValidatePrincipal = StaffSessionCookie.ValidateAsync;
                    session.Events.OnRedirectToLogin = RedirectWithinAsync;
                    session.Events.OnRedirectToAccessDenied = RedirectToNextStep;
                }
            )
            // Each use of the page would prolong it otherwise.
            .AddCookie(SecondStep, step => step.SlidingExpiration = false);
        services.AddAuthorization(AddPolicies);
        services.AddAntiforgery(options => options.SuppressXFrameOptionsHeader = true);
        // The names of the cookies depend on the public address, which is known only after the HTTP server has started.
        services
            .AddOptions<CookieAuthenticationOptions>(Session)
            .Configure<PublicAddress>((session, address) => HardenCookie(session.Cookie, "registry-staff", SameSiteMode.Lax, address));
        services
            .AddOptions<CookieAuthenticationOptions>(SecondStep)
            .Configure<PublicAddress>((step, address) => HardenCookie(step.Cookie, "registry-staff-step", SameSiteMode.Strict, address));
        services
            .AddOptions<AntiforgeryOptions>()
            .Configure<PublicAddress>((forms, address) => HardenCookie(forms.Cookie, "registry-staff-form", SameSiteMode.Strict, address));
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<FirstAdministratorLink>();
        services.AddSingleton<KnownBrowsers>();
        services.AddSingleton<PasswordQueue>();
        services.AddSingleton<AccountThrottle>();
        services.AddSingleton<SecondFactor>();
        services.AddSingleton<TokenUses>();
        services.Configure<RazorPagesOptions>(AuthorizeStaffPages);
    }

    private static void AddPolicies(AuthorizationOptions authorization)
    {
        authorization.AddPolicy(StaffPolicies.SignedIn, policy => policy.RequireAuthenticatedUser());
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
        pages.Conventions.AddFolderApplicationModelConvention(
            "/Staff",
            page =>
                page.EndpointMetadata.Add(
                    new AuthorizeAttribute(OwnAccountPages.Contains(page.ViewEnginePath) ? StaffPolicies.SignedIn : StaffPolicies.AnyRole)
                )
        );
        // Shown to users without a session.
        pages.Conventions.AllowAnonymousToPage("/Staff/Account/SignIn");
        pages.Conventions.AllowAnonymousToPage("/Staff/FirstAdministrator/First");
        pages.Conventions.AllowAnonymousToPage("/Staff/Sending/StopMail");
        pages.Conventions.AllowAnonymousToPage("/Staff/Account/SignInCode");
        pages.Conventions.AllowAnonymousToPage("/Staff/Account/AccessDenied");
        pages.Conventions.AllowAnonymousToPage("/Staff/Account/UnknownAccount");
    }

    /// <summary>Sends a person whose account misses a step to the page of that step, and every other person to the refusal.</summary>
    private static async Task RedirectToNextStep(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (context.HttpContext.User.NextStep() == AccountStep.Complete)
            await context.HttpContext.RecordAsync(SecurityEventKind.AccessRefused);
        context.Response.Redirect(
            context.HttpContext.User.NextStep() switch
            {
                AccountStep.ChangePassword => "/staff/account/password",
                AccountStep.AddSecondFactor => "/staff/account/second-factor",
                AccountStep.Complete => new Uri(context.RedirectUri).PathAndQuery,
                _ => new Uri(context.RedirectUri).PathAndQuery,
            }
        );
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
}

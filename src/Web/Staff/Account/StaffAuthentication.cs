using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>
/// Who may come in: people by a session that lives below <c>/staff</c> only, programs by a token, and what each role may do.
/// </summary>
internal static class StaffAuthentication
{
    public const string Session = "session";

    /// <summary>Who may watch how the registry takes in what devices say.</summary>
    public const string IngestWatchers = "ingest";

    private const string Since = "since",
        Id = "id";

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30),
        Longest = TimeSpan.FromHours(10);

    public static void AddStaff(this IServiceCollection services)
    {
        services
            .AddAuthentication("either")
            .AddPolicyScheme(
                "either",
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
                    (session.LoginPath, session.AccessDeniedPath, session.ReturnUrlParameter) = (
                        "/staff/sign-in",
                        "/staff/not-allowed",
                        "return"
                    );
                    (session.ExpireTimeSpan, session.SlidingExpiration) = (Idle, true);
                    session.Events.OnValidatePrincipal = ValidateSessionAsync;
                }
            );
        services.AddAuthorization(authorization =>
        {
            foreach (var role in Enum.GetValues<Role>())
                authorization.AddPolicy(
                    Domain.Json.Word(role),
                    policy => policy.RequireAuthenticatedUser().RequireRole(Domain.Json.Word(role))
                );
            authorization.AddPolicy(
                IngestWatchers,
                policy =>
                    policy
                        .RequireAuthenticatedUser()
                        .RequireRole([.. new[] { Role.DeviceClerk, Role.Administrator, Role.Auditor }.Select(Domain.Json.Word)])
            );
            authorization.AddPolicy("staff", policy => policy.RequireAuthenticatedUser().RequireClaim(ClaimTypes.Role));
        });
        services.AddAntiforgery(options => options.SuppressXFrameOptionsHeader = true);
        // How the cookies are called hangs on the public address, which is known once the front door is open.
        services
            .AddOptions<CookieAuthenticationOptions>(Session)
            .Configure<PublicAddress>((session, address) => HardenCookie(session.Cookie, "registry-staff", SameSiteMode.Lax, address));
        services
            .AddOptions<AntiforgeryOptions>()
            .Configure<PublicAddress>((forms, address) => HardenCookie(forms.Cookie, "registry-staff-form", SameSiteMode.Strict, address));
        services.AddSingleton<SignInThrottle>();
        services.Configure<RazorPagesOptions>(pages =>
        {
            pages.Conventions.AuthorizeFolder("/Staff", "staff");
            pages.Conventions.AllowAnonymousToPage("/Staff/Account/SignIn");
            pages.Conventions.AllowAnonymousToPage("/Staff/Account/AccessDenied");
            pages.Conventions.AllowAnonymousToPage("/Staff/Account/UnknownAccount");
        });
    }

    /// <summary>
    /// Behind a proxy that ends TLS, requests arrive without it; what people see is what the public address says. Cookies and redirects of
    /// staff pages follow that.
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
    /// With https, a name that browsers accept from this host alone, over TLS alone (RFC 6265bis, 4.1.3.2); it demands the path <c>/</c>.
    /// </summary>
    private static void HardenCookie(CookieBuilder cookie, string name, SameSiteMode sameSite, PublicAddress address)
    {
        var isHttps = IsHttps(address);
        (cookie.Name, cookie.Path) = isHttps ? ("__Host-" + name, "/") : (name, "/staff");
        (cookie.SecurePolicy, cookie.HttpOnly, cookie.SameSite) = (
            isHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest,
            true,
            sameSite
        );
    }

    /// <summary>Begins a session.</summary>
    public static Task SignInAsync(HttpContext http, StaffMember member, TimeProvider time) =>
        http.SignInAsync(Session, StaffPrincipal.Create(member, member.Roles, Session), NewSessionProperties(time));

    /// <summary>What a session remembers of its beginning.</summary>
    public static AuthenticationProperties NewSessionProperties(TimeProvider time) =>
        new()
        {
            IsPersistent = false,
            Items =
            {
                [Since] = $"{time.GetUtcNow().ToUnixTimeSeconds()}",
                [Id] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            },
        };

    /// <summary>Ends a session: its cookie goes, and a copy of it is refused.</summary>
    public static async Task SignOutAsync(HttpContext http, IStaffRegister register, TimeProvider time)
    {
        if (await http.AuthenticateAsync(Session) is { Succeeded: true, Properties: var session } && Item(session, Id) is { } id)
            await register.EndSessionAsync(id, time.GetUtcNow() + Longest, time.GetUtcNow(), http.RequestAborted);
        await http.SignOutAsync(Session);
    }

    private static string? Item(AuthenticationProperties session, string name) =>
        session.Items.TryGetValue(name, out var value) ? value : null;

    /// <summary>
    /// A session ends when rights change, when somebody is deactivated, and after <see cref="Longest"/> whatever happens.
    /// </summary>
    private static async Task ValidateSessionAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var register = services.GetRequiredService<IStaffRegister>();
        var isTrue =
            context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            && long.TryParse(Item(context.Properties, Since), out var began)
            && now < DateTimeOffset.FromUnixTimeSeconds(began) + Longest
            && Item(context.Properties, Id) is { } session
            && !await register.HasEndedAsync(session, context.HttpContext.RequestAborted)
            && await register.FindAsync(id, context.HttpContext.RequestAborted) is { IsActive: true } member
            && context.Principal.FindFirstValue(StaffPrincipal.Stamp) == $"{member.Stamp}";
        if (!isTrue)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Session);
        }
    }
}

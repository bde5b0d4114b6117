using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Staff;

/// <summary>Who may come in: people by a session that lives below <c>/staff</c> only, programs by a token, and what each role may do.</summary>
internal static class StaffSetup
{
    public const string Session = "session";

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30), Longest = TimeSpan.FromHours(10);

    public static void AddStaff(this IServiceCollection services)
    {
        services.AddAuthentication("either")
            .AddPolicyScheme("either", null, options => options.ForwardDefaultSelector = http => http.Request.Path.StartsWithSegments("/api") ? TokenAuthentication.Name : Session)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Name, null)
            .AddCookie(Session, session =>
            {
                (session.LoginPath, session.AccessDeniedPath, session.ReturnUrlParameter) = ("/staff/sign-in", "/staff/not-allowed", "return");
                (session.ExpireTimeSpan, session.SlidingExpiration) = (Idle, true);
                session.Cookie.Name = "registry-staff";
                session.Cookie.Path = "/staff";
                session.Cookie.HttpOnly = true;
                session.Cookie.SameSite = SameSiteMode.Lax;
                session.Events.OnValidatePrincipal = IsStillTrue;
            });
        services.AddAuthorization(authorization =>
        {
            foreach (var role in Enum.GetValues<Role>())
                authorization.AddPolicy(Domain.Json.Word(role), policy => policy.RequireAuthenticatedUser().RequireRole(Domain.Json.Word(role)));
            authorization.AddPolicy("staff", policy => policy.RequireAuthenticatedUser().RequireClaim(ClaimTypes.Role));
        });
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "registry-staff-form";
            options.Cookie.Path = "/staff";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddSingleton<SignInPace>();
        services.Configure<RazorPagesOptions>(pages =>
        {
            pages.Conventions.AuthorizeFolder("/Staff", "staff");
            pages.Conventions.AllowAnonymousToPage("/Staff/SignIn");
            pages.Conventions.AllowAnonymousToPage("/Staff/NotAllowed");
            pages.Conventions.AllowAnonymousToPage("/Staff/NotLetIn");
        });
    }

    /// <summary>Begins a session.</summary>
    public static Task SignInAsync(HttpContext http, StaffMember member, TimeProvider time) => http.SignInAsync(
        Session, StaffPrincipal.Of(member, member.Roles, Session), Beginning(time));

    /// <summary>What a session remembers of its beginning.</summary>
    public static AuthenticationProperties Beginning(TimeProvider time) => new() { IsPersistent = false, Items = { ["since"] = $"{time.GetUtcNow().ToUnixTimeSeconds()}" } };

    /// <summary>A session ends when rights change, when somebody is deactivated, and after <see cref="Longest"/> whatever happens.</summary>
    private static async Task IsStillTrue(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var isTrue = context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            && long.TryParse(context.Properties.Items.TryGetValue("since", out var since) ? since : null, out var began) && now < DateTimeOffset.FromUnixTimeSeconds(began) + Longest
            && await services.GetRequiredService<IStaffRegister>().FindAsync(id, context.HttpContext.RequestAborted) is { IsActive: true } member
            && context.Principal.FindFirstValue(StaffPrincipal.Stamp) == $"{member.Stamp}";
        if (!isTrue)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Session);
        }
    }
}

using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Sign-in through the city's identity provider.</summary>
public static class IdentityProviderSignIn
{
    /// <summary>The claim of a mail address that the provider has verified. An unverified mail address never becomes this claim.</summary>
    private const string VerifiedMail = "verified-mail";

    /// <summary>
    /// Adds sign-in through a provider. Throws <see cref="ArgumentException"/> when
    /// <see cref="IdentityProviderSettings.IsAllowed"/> is false for it.
    /// </summary>
    public static IServiceCollection AddIdentityProvider(this IServiceCollection services, IdentityProviderSettings city)
    {
        ArgumentNullException.ThrowIfNull(city);
        if (!IdentityProviderSettings.IsAllowed(city.Authority))
            throw new ArgumentException($"'{city.Authority}' is neither an https address nor on this machine.", nameof(city));
        services.AddSingleton(city);
        services.AddAuthentication().AddOpenIdConnect(IdentityProviderSettings.Scheme, options => Configure(options, city));
        return services;
    }

    private static void Configure(OpenIdConnectOptions options, IdentityProviderSettings city)
    {
        options.Authority = city.Authority.ToString();
        options.ClientId = city.ClientId;
        options.ClientSecret = city.ClientSecret;
        options.RequireHttpsMetadata = !city.Authority.IsLoopback;
        // The code comes back in a redirect by GET, with which the browser sends cookies that are SameSite=Lax.
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        // A person who signed in there longer ago than a session lasts here signs in there again.
        options.MaxAge = StaffSession.MaxDuration;
        options.SignInScheme = StaffAuthentication.Session;
        options.CallbackPath = IdentityProviderSettings.CallbackPath;
        options.AccessDeniedPath = "/staff/sign-in";
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.Scope.Clear();
        options.Scope.Add(OpenIdConnectScope.OpenId);
        options.Scope.Add(OpenIdConnectScope.Email);
        options.ClaimActions.Clear();
        options.ClaimActions.MapCustomJson(VerifiedMail, ReadVerifiedMail);
        HardenCookie(options.CorrelationCookie);
        HardenCookie(options.NonceCookie);
        options.Events.OnRedirectToIdentityProvider = SetRedirectUri;
        options.Events.OnTokenValidated = CheckTokenAsync;
        options.Events.OnTicketReceived = StartSessionAsync;
        options.Events.OnRemoteFailure = RefuseFailure;
    }

    private static void HardenCookie(CookieBuilder cookie)
    {
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.HttpOnly = true;
    }

    /// <summary>
    /// Uses the public address instead of the host of the request: behind a proxy that is another host, and an attacker can forge it.
    /// </summary>
    private static Task SetRedirectUri(RedirectContext context)
    {
        context.ProtocolMessage.RedirectUri =
            context.HttpContext.RequestServices.GetRequiredService<PublicAddress>().Url + IdentityProviderSettings.CallbackPath;
        if (
            context.HttpContext.RequestServices.GetRequiredService<IdentityProviderSettings>().AcceptedClasses is { IsEmpty: false } classes
        )
            context.ProtocolMessage.AcrValues = string.Join(' ', classes);
        return Task.CompletedTask;
    }

    /// <summary>Refuses a sign-in that was too weak or too long ago (ASVS 5.0, 6.8.4).</summary>
    private static async Task CheckTokenAsync(TokenValidatedContext context)
    {
        KeepVerifiedMail(context);
        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (SignInStrength.Find(context.Principal!, services.GetRequiredService<IdentityProviderSettings>(), now) is not { } lack)
            return;
        await RecordRefusalAsync(context.HttpContext, "provider-" + lack);
        Refuse(context, lack);
    }

    /// <summary>Adds the claim <see cref="VerifiedMail"/> from the id token. Removes claims of that name that the provider sent.</summary>
    private static void KeepVerifiedMail(TokenValidatedContext context)
    {
        var identity = (ClaimsIdentity)context.Principal!.Identity!;
        foreach (var forged in identity.FindAll(VerifiedMail).ToArray())
            identity.RemoveClaim(forged);
        if (
            identity.FindFirst("email") is { } mail
            && bool.TryParse(identity.FindFirst("email_verified")?.Value, out var isVerified)
            && isVerified
        )
            identity.AddClaim(new Claim(VerifiedMail, mail.Value));
    }

    /// <summary>Reads the verified mail address from the response of the user info endpoint; null when there is none.</summary>
    private static string? ReadVerifiedMail(JsonElement user) =>
        user.TryGetProperty("email", out var mail)
        && mail.ValueKind == JsonValueKind.String
        && user.TryGetProperty("email_verified", out var verified)
        && bool.TryParse(verified.ToString(), out var isVerified)
        && isVerified
            ? mail.GetString()
            : null;

    /// <summary>Replaces the provider's principal by a session of the staff register, or refuses the sign-in.</summary>
    private static async Task StartSessionAsync(TicketReceivedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var register = services.GetRequiredService<IStaffRegister>();
        var time = services.GetRequiredService<TimeProvider>();
        if (await FindMemberAsync(context.Principal!, register, time.GetUtcNow(), context.HttpContext.RequestAborted) is not { } member)
        {
            await RecordRefusalAsync(context.HttpContext, "provider-unregistered");
            Refuse(context, "unregistered");
            return;
        }

        // The provider answers for the second factor.
        (context.Principal, context.Properties) = await StaffSessionCookie.StartAsync(
            context.HttpContext,
            member,
            SignInMethod.Provider,
            AccountStep.Complete
        );
    }

    /// <summary>
    /// Finds the active member of staff by the provider's subject. On the first sign-in, finds the member by the verified mail address and
    /// binds the subject to the member.
    /// </summary>
    private static async Task<StaffMember?> FindMemberAsync(
        ClaimsPrincipal principal,
        IStaffRegister register,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (
            principal.FindFirstValue("iss") is not { Length: > 0 } issuer
            || principal.FindFirstValue("sub") is not { Length: > 0 } localSubject
        )
            return null;
        // A subject is unique only within its issuer (OpenID Connect Core 1.0, section 5.7).
        var subject = $"{issuer}|{localSubject}";
        if (await register.FindBySubjectAsync(subject, cancellationToken) is { } bound)
            return bound is { IsActive: true, IsProgram: false } ? bound : null;
        // The normal form of a sign-in name maps many spellings to one. The provider may hold them for different people, so that a mail
        // address must have that one spelling already, but for the case of letters.
        return
            principal.FindFirstValue(VerifiedMail) is { } mail
            && SignInName.IsAscii(mail)
            && await register.FindBySignInAsync(mail, cancellationToken) is { Member: { IsActive: true, IsProgram: false } member }
            && await register.BindSubjectAsync(member.Id, subject, now, cancellationToken)
            ? member
            : null;
    }

    private static async Task RefuseFailure(RemoteFailureContext context)
    {
        await RecordRefusalAsync(context.HttpContext, "provider-unproved");
        // Only the type of the failure is logged: its message can contain parts of tokens, or text that an attacker put into the address.
        context
            .HttpContext.RequestServices.GetRequiredService<ILogger<IdentityProviderSettings>>()
            .LogWarning(
                "A sign-in by the identity provider failed: {Failure}.",
                (context.Failure?.InnerException ?? context.Failure)?.GetType().Name
            );
        Refuse(context, "unproved");
    }

    private static Task RecordRefusalAsync(HttpContext http, string detail) =>
        SecurityEvents.RecordAsync(http, SecurityEventKind.SignInRefused, actor: null, subject: null, token: null, detail);

    private static void Refuse<TOptions>(HandleRequestContext<TOptions> context, string reason)
        where TOptions : AuthenticationSchemeOptions
    {
        context.Response.Redirect("/staff/not-let-in/" + reason);
        context.HandleResponse();
    }
}

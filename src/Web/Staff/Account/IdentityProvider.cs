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

/// <summary>
/// The city's identity provider (OpenID Connect Core 1.0): it says who somebody is; whether they may come in, the register says.
/// </summary>
/// <param name="Authority">Its issuer. Plain http on loopback only.</param>
/// <param name="ClientId">What it knows this registry as.</param>
/// <param name="ClientSecret">What this registry proves that with.</param>
public sealed record IdentityProvider(Uri Authority, string ClientId, string ClientSecret)
{
    /// <summary>Where it sends people back to: the redirect URI to register there is the registry's public address and this path.</summary>
    public const string CallbackPath = "/staff/signin-oidc";

    internal const string Scheme = "oidc";

    /// <summary>Whether an authority may be trusted with who staff are: nobody between may change what it says.</summary>
    public static bool IsAllowed(Uri authority) =>
        authority is { IsAbsoluteUri: true, UserInfo: "", Query: "", Fragment: "" }
        && (authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback));

    // A record prints its members, and one of them is a secret.
    public override string ToString() => $"{Authority} as {ClientId}";
}

/// <summary>Signing in by the city's identity provider.</summary>
public static class IdentityProviderSetup
{
    /// <summary>A mail address that the provider vouches for; no other mail address becomes a claim.</summary>
    private const string VerifiedMail = "verified-mail";

    /// <summary>
    /// Lets staff sign in by <paramref name="city"/>. Throws <see cref="ArgumentException"/> for a provider that is not allowed.
    /// </summary>
    public static IServiceCollection AddIdentityProvider(this IServiceCollection services, IdentityProvider city)
    {
        ArgumentNullException.ThrowIfNull(city);
        if (!IdentityProvider.IsAllowed(city.Authority))
            throw new ArgumentException($"'{city.Authority}' is no https address, and not on this machine.", nameof(city));
        services
            .AddAuthentication()
            .AddOpenIdConnect(
                IdentityProvider.Scheme,
                options =>
                {
                    (options.Authority, options.ClientId, options.ClientSecret) = (
                        city.Authority.ToString(),
                        city.ClientId,
                        city.ClientSecret
                    );
                    options.RequireHttpsMetadata = !city.Authority.IsLoopback;
                    // The code comes back by a plain redirect, which brings along a Lax cookie; PKCE is the handler's own default and
                    // stated all the same.
                    (options.ResponseType, options.ResponseMode, options.UsePkce) = (
                        OpenIdConnectResponseType.Code,
                        OpenIdConnectResponseMode.Query,
                        true
                    );
                    (options.SignInScheme, options.CallbackPath, options.AccessDeniedPath) = (
                        StaffAuthentication.Session,
                        IdentityProvider.CallbackPath,
                        "/staff/sign-in"
                    );
                    (options.MapInboundClaims, options.SaveTokens, options.GetClaimsFromUserInfoEndpoint) = (false, false, true);
                    options.Scope.Clear();
                    options.Scope.Add(OpenIdConnectScope.OpenId);
                    options.Scope.Add(OpenIdConnectScope.Email);
                    options.ClaimActions.Clear();
                    options.ClaimActions.MapCustomJson(VerifiedMail, VerifiedMailIn);
                    Narrow(options.CorrelationCookie);
                    Narrow(options.NonceCookie);
                    options.Events.OnRedirectToIdentityProvider = ComeBackToThePublicAddress;
                    options.Events.OnTokenValidated = KeepVerifiedMail;
                    options.Events.OnTicketReceived = FindInTheRegister;
                    options.Events.OnRemoteFailure = NotProved;
                }
            );
        return services;
    }

    private static void Narrow(CookieBuilder cookie) =>
        (cookie.SameSite, cookie.SecurePolicy, cookie.HttpOnly) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest, true);

    /// <summary>Not to whatever host the request names: behind a proxy that is another, and in an attack it is anybody's.</summary>
    private static Task ComeBackToThePublicAddress(RedirectContext context)
    {
        context.ProtocolMessage.RedirectUri =
            context.HttpContext.RequestServices.GetRequiredService<PublicAddress>().Url + IdentityProvider.CallbackPath;
        return Task.CompletedTask;
    }

    private static Task KeepVerifiedMail(TokenValidatedContext context)
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
        return Task.CompletedTask;
    }

    private static string? VerifiedMailIn(JsonElement user) =>
        user.TryGetProperty("email", out var mail)
        && mail.ValueKind == JsonValueKind.String
        && user.TryGetProperty("email_verified", out var verified)
        && bool.TryParse(verified.ToString(), out var isVerified)
        && isVerified
            ? mail.GetString()
            : null;

    /// <summary>What the provider proved is exchanged for a session of the register's own, or for a refusal.</summary>
    private static async Task FindInTheRegister(TicketReceivedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var (register, time) = (services.GetRequiredService<IStaffRegister>(), services.GetRequiredService<TimeProvider>());
        if (await MemberAsync(context.Principal!, register, time.GetUtcNow(), context.HttpContext.RequestAborted) is not { } member)
        {
            services
                .GetRequiredService<ILogger<IdentityProvider>>()
                .LogWarning("Somebody whom the identity provider knows was not let in: no active member of staff is registered for them.");
            Refuse(context, "unregistered");
            return;
        }

        context.Principal = StaffPrincipal.Create(member, member.Roles, StaffAuthentication.Session);
        context.Properties = StaffAuthentication.NewSessionProperties(time);
    }

    /// <summary>
    /// Who it is: by the subject that was bound to them; the first time, by the mail address that the provider vouches for.
    /// </summary>
    private static async Task<StaffMember?> MemberAsync(
        ClaimsPrincipal proved,
        IStaffRegister register,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (proved.FindFirstValue("iss") is not { Length: > 0 } issuer || proved.FindFirstValue("sub") is not { Length: > 0 } sub)
            return null;
        // Subjects are unique within their issuer only.
        var subject = $"{issuer}|{sub}";
        if (await register.FindBySubjectAsync(subject, cancellationToken) is { } known)
            return known is { IsActive: true, IsProgram: false } ? known : null;
        return
            proved.FindFirstValue(VerifiedMail) is { } mail
            && await register.FindBySignInAsync(mail, cancellationToken) is { Member: { IsActive: true, IsProgram: false } member }
            && await register.BindSubjectAsync(member.Id, subject, now, cancellationToken)
            ? member
            : null;
    }

    private static Task NotProved(RemoteFailureContext context)
    {
        // The kind of failure only: messages may hold parts of tokens, or what a stranger wrote into the address.
        context
            .HttpContext.RequestServices.GetRequiredService<ILogger<IdentityProvider>>()
            .LogWarning(
                "A sign-in by the identity provider failed: {Failure}.",
                (context.Failure?.InnerException ?? context.Failure)?.GetType().Name
            );
        Refuse(context, "unproved");
        return Task.CompletedTask;
    }

    private static void Refuse(HandleRequestContext<RemoteAuthenticationOptions> context, string why)
    {
        context.Response.Redirect("/staff/not-let-in/" + why);
        context.HandleResponse();
    }
}

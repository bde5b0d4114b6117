using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Authenticates programs at the API by a token in <c>Authorization: Bearer</c> (RFC 6750).</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ITokenRegister register,
    TokenUses uses
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "token";

    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var token = header[Bearer.Length..].Trim();
        if (
            !token.StartsWith(ApiToken.Prefix, StringComparison.Ordinal)
            || await register.FindByTokenAsync(ApiToken.Hash(token), TimeProvider.GetUtcNow(), Context.RequestAborted) is not { } found
        )
        {
            await SecurityEvents.RecordAsync(
                Context,
                SecurityEventKind.TokenRefused,
                actor: null,
                subject: null,
                token: null,
                detail: null
            );
            return AuthenticateResult.Fail("The token is unknown, revoked or expired.");
        }

        var (owner, grant) = (found.Member.Id, found.Grant.Id);
        if (uses.IsDue(grant, ClientText.AddressOf(Context)))
            await SecurityEvents.RecordAsync(Context, SecurityEventKind.TokenUsed, owner, subject: null, grant, detail: null);
        // A token never has a role that its owner does not have.
        var principal = StaffPrincipal.Create(found.Member, [.. found.Grant.Roles.Intersect(found.Member.Roles)], Name);
        return AuthenticateResult.Success(new AuthenticationTicket(principal, Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Request.Headers.Authorization.Count == 0 ? "Bearer" : "Bearer error=\"invalid_token\"";
        return Problem.Unauthorized().ExecuteAsync(Context);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        await Context.RecordAsync(SecurityEventKind.AccessRefused);
        await Problem.Forbidden("The token does not have the required role.").ExecuteAsync(Context);
    }
}

using System.Collections.Immutable;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>
/// The city's identity provider (OpenID Connect Core 1.0). It authenticates people; the staff register decides whether they may sign in.
/// </summary>
/// <param name="Authority">The issuer, with https. Plain http is allowed on loopback only.</param>
/// <param name="ClientId">The id under which this registry is registered at the provider.</param>
/// <param name="ClientSecret">The secret with which this registry authenticates to the provider.</param>
public sealed record IdentityProviderSettings(Uri Authority, string ClientId, string ClientSecret)
{
    /// <summary>
    /// The path to which the provider redirects people. The redirect URI to register there is the registry's public address and this path.
    /// </summary>
    public const string CallbackPath = "/staff/signin-oidc";

    internal const string Scheme = "oidc";

    /// <summary>Whether people sign in here only: passwords of this registry open nothing.</summary>
    public bool IsOnlyWay { get; init; }

    /// <summary>The values of <c>acr</c> of which a sign-in must have one; empty when it is not looked at.</summary>
    public ImmutableArray<string> AcceptedClasses { get; init; } = [];

    /// <summary>The values of <c>amr</c> (RFC 8176) of which a sign-in must have one; empty when they are not looked at.</summary>
    public ImmutableArray<string> AcceptedMethods { get; init; } = [];

    /// <summary>Whether the registry looks at how strongly people signed in at the provider.</summary>
    public bool ChecksStrength => !AcceptedClasses.IsEmpty || !AcceptedMethods.IsEmpty;

    /// <summary>Whether an authority is safe to use: an attacker on the network must not be able to change its responses.</summary>
    public static bool IsAllowed(Uri authority) =>
        authority is { IsAbsoluteUri: true, UserInfo: "", Query: "", Fragment: "" }
        && (authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback));

    // The generated ToString would print the secret.
    public override string ToString() => $"{Authority} as {ClientId}";
}

using System.Globalization;
using System.Security.Claims;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Decides whether a person signed in at the provider strongly and recently enough (OpenID Connect Core 1.0, 3.1.3.7).</summary>
internal static class SignInStrength
{
    public const string Weak = "weak",
        Old = "old";

    /// <summary>How far the provider's clock may be behind.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>Returns <see cref="Weak"/> or <see cref="Old"/>; null when nothing lacks.</summary>
    /// <param name="principal">
    /// The claims of the id token. A provider that does not say when the person signed in was asked to see to it.
    /// </param>
    public static string? Find(ClaimsPrincipal principal, IdentityProviderSettings city, DateTimeOffset now)
    {
        var isStrong =
            (city.AcceptedClasses.IsEmpty || city.AcceptedClasses.Contains(principal.FindFirstValue("acr") ?? "", StringComparer.Ordinal))
            && (
                city.AcceptedMethods.IsEmpty
                || principal.FindAll("amr").Any(method => city.AcceptedMethods.Contains(method.Value, StringComparer.Ordinal))
            );
        if (!isStrong)
            return Weak;
        return
            principal.FindFirstValue("auth_time") is { } text
            && !(
                long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds >= (now - StaffSession.MaxDuration - ClockTolerance).ToUnixTimeSeconds()
            )
            ? Old
            : null;
    }
}

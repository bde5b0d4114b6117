using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Access;

/// <summary>
/// Recognises browsers in which a member of staff has signed in before (OWASP: device cookies). Such a browser is spared from the limits
/// that strangers can use up. The cookie alone gives no access.
/// </summary>
internal sealed class KnownBrowsers(IDataProtectionProvider protection, PublicAddress address, TimeProvider time)
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(90);

    private readonly IDataProtector _protector = protection.CreateProtector("known-browser");

    /// <summary>The id of the request's browser, if this name was used in it before; null otherwise.</summary>
    public string? Find(HttpContext http, string signIn)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 and < 1000 } cookie)
            return null;
        try
        {
            return
                _protector.Unprotect(cookie).Split('|') is [var id, var expires, var name]
                && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
                && time.GetUtcNow() < DateTimeOffset.FromUnixTimeSeconds(until)
                && name == HashOf(signIn)
                ? id
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Marks the browser as one that this name is used in. Called after a sign-in.</summary>
    public void Remember(HttpContext http, string signIn)
    {
        var isHttps = IsHttps;
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var until = (time.GetUtcNow() + Validity).ToUnixTimeSeconds();
        http.Response.Cookies.Append(
            CookieName,
            _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{id}|{until}|{HashOf(signIn)}")),
            new CookieOptions
            {
                Path = isHttps ? "/" : "/staff",
                Secure = isHttps || http.Request.IsHttps,
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                MaxAge = Validity,
                IsEssential = true,
            }
        );
    }

    private bool IsHttps => address.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private string CookieName => IsHttps ? "__Host-registry-staff-browser" : "registry-staff-browser";

    /// <summary>The cookie does not name the person.</summary>
    private static string HashOf(string signIn) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(signIn.ToUpperInvariant())))[..32];
}

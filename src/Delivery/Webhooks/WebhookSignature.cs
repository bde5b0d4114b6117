using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Delivery.Webhooks;

/// <summary>Signs messages as Standard Webhooks 1.0 says: HMAC-SHA256 over id, timestamp and body.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";

    /// <summary>The value of the header <c>webhook-signature</c>.</summary>
    /// <param name="secret"><c>whsec_</c> and the secret in Base64.</param>
    /// <param name="timestamp">Seconds since 1970.</param>
    public static string Sign(string secret, string message, long timestamp, string body)
    {
        var key = Convert.FromBase64String(secret[Prefix.Length..]);
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message}.{timestamp}.{body}"));
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>
/// A device's secret: 256 random bits, shown once. Only its SHA-256 is stored. A slow hash would add nothing to 256 random bits.
/// </summary>
public static class DeviceSecret
{
    /// <summary>A new secret: 43 characters, base64url.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The stored hash of a secret: 32 bytes.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether the received bytes are the secret with this hash. Compares in fixed time.</summary>
    public static bool Matches(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> hash) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(secret), hash);
}

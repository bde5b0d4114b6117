using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using OtpNet;
using QRCoder;

namespace SurveillanceRegistry.Web.Access.SecondFactors;

/// <summary>
/// One-time codes of a second factor (RFC 6238: six digits, SHA-1, 30 seconds), which every authenticator app knows, and recovery codes.
/// </summary>
internal static class OneTimeCode
{
    public const int RecoveryCodes = 10;

    private const int SeedBytes = 20,
        GroupLength = 4,
        Groups = 6;

    /// <summary>Base32 without letters and digits that people mistake for each other.</summary>
    private const string RecoveryLetters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>A clock may differ by one time step (RFC 6238, section 5.2).</summary>
    private static readonly VerificationWindow Tolerance = new(previous: 1, future: 1);

    /// <summary>A new seed: 160 random bits in Base32, as RFC 4226, section 4, recommends.</summary>
    public static string NewSeed() => Base32Encoding.ToString(RandomNumberGenerator.GetBytes(SeedBytes));

    /// <summary>Returns the time step of a right code; null for a wrong one.</summary>
    public static long? Verify(string seed, string code, DateTimeOffset at)
    {
        var digits = string.Concat(code.Where(char.IsAsciiDigit));
        return new Totp(Base32Encoding.ToBytes(seed)).VerifyTotp(at.UtcDateTime, digits, out var step, Tolerance) ? step : null;
    }

    /// <summary>The address that authenticator apps read from a QR code.</summary>
    public static string Address(string seed, string issuer, string account) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}"
        + $"?secret={seed}&issuer={Uri.EscapeDataString(issuer)}";

    /// <summary>An address as a QR code: an SVG element.</summary>
    public static string Draw(string address)
    {
        using var code = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        return svg.GetGraphic(
            new System.Drawing.Size(240, 240),
            "#0d211c",
            "#ffffff",
            drawQuietZones: true,
            SvgQRCode.SizingMode.ViewBoxAttribute
        );
    }

    /// <summary>
    /// New recovery codes. Each has 24 letters, more than 112 random bits, so that a fast hash is enough (ASVS 5.0, 6.5.2).
    /// </summary>
    public static ImmutableArray<string> NewRecoveryCodes() =>
        [
            .. Enumerable
                .Range(0, RecoveryCodes)
                .Select(_ =>
                    string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(RecoveryLetters, GroupLength)))
                ),
        ];

    /// <summary>The stored hash of a recovery code. Blanks, hyphens and the case of letters do not matter.</summary>
    public static byte[] HashRecoveryCode(string code) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(code.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit))));
}

using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Passwords of local accounts: PBKDF2 by ASP.NET Core Identity; the password itself is kept nowhere.</summary>
public static class Passwords
{
    /// <summary>The fewest and the most characters of a password that people choose.</summary>
    public const int MinLength = 12,
        MaxLength = 256;

    private const string Letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>As OWASP advises for PBKDF2 with HMAC-SHA-512.</summary>
    private const int Rounds = 210_000;

    private static readonly PasswordHasher<string> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));

    /// <summary>What a wrong sign-in is checked against, so that an unknown name takes as long as a known one.</summary>
    private static readonly string Nobody = Hash(New());

    /// <summary>A new password: 20 letters and digits that people can tell apart, above 110 bits.</summary>
    public static string New() => RandomNumberGenerator.GetString(Letters, 20);

    /// <summary>What is kept of a password.</summary>
    public static string Hash(string password) => Hasher.HashPassword("", password);

    /// <summary>Whether a password is the one that a hash was made of; takes as long when there is no hash.</summary>
    public static bool IsRight(string? hash, string password) =>
        Hasher.VerifyHashedPassword("", hash ?? Nobody, password) != PasswordVerificationResult.Failed && hash is not null;
}

using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Passwords of local accounts, hashed with PBKDF2 by ASP.NET Core Identity. The password itself is not stored.</summary>
public static class Passwords
{
    /// <summary>The length of a password that a person chooses, in characters.</summary>
    public const int MinLength = PasswordPolicy.MinLength,
        MaxLength = PasswordPolicy.MaxLength;

    /// <summary>Letters and digits that people can tell apart: without i, l, o, I, O, 0 and 1.</summary>
    private const string Letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>The number that OWASP recommends for PBKDF2 with HMAC-SHA-512.</summary>
    private const int Iterations = 210_000;

    private static readonly PasswordHasher<string> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    /// <summary>The hash to check when the sign-in name is unknown, so that it takes as long as for a known one.</summary>
    private static readonly string UnknownAccountHash = Hash(New());

    /// <summary>Generates a password of 20 characters, with more than 110 bits of entropy.</summary>
    public static string New() => RandomNumberGenerator.GetString(Letters, 20);

    /// <summary>Whether a text is not too long for a password. Some characters have two UTF-16 code units.</summary>
    public static bool CanBe(string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        return password.Length <= 2 * MaxLength && password.EnumerateRunes().Count() <= MaxLength;
    }

    public static string Hash(string password) => Hasher.HashPassword("", password);

    /// <summary>Whether the password has the hash. Returns false after the same time when there is no hash.</summary>
    public static bool IsRight(string? hash, string password) =>
        Hasher.VerifyHashedPassword("", hash ?? UnknownAccountHash, password) != PasswordVerificationResult.Failed && hash is not null;
}

using System.Collections.Immutable;
using System.Security.Cryptography;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>What is stored of a program's token: never the token itself.</summary>
/// <param name="LastUsedOn">The day, in UTC, on which it was last used; null if never.</param>
public sealed record TokenGrant(
    long Id,
    string Staff,
    ImmutableArray<Role> Roles,
    string Label,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateOnly? LastUsedOn = null
);

/// <summary>Creates and hashes programs' tokens: 256 random bits, shown once and stored as a hash.</summary>
public static class ApiToken
{
    /// <summary>The prefix of every token, by which scanners for leaked secrets recognise one.</summary>
    public const string Prefix = "srt_";

    /// <summary>A new token.</summary>
    public static string New() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>The stored hash of a token.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));
}

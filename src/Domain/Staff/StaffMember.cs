using System.Collections.Immutable;
using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>What somebody may do. No role implies another.</summary>
public enum Role
{
    Editor,
    Approver,
    DeviceClerk,
    PostingInspector,
    RecordsOfficer,
    Auditor,
    Administrator,
}

/// <summary>Somebody, or a program, that acts in the registry.</summary>
/// <param name="Id">Opaque id, all that the ledger ever says of a person: <c>st-</c> and 16 characters.</param>
/// <param name="SignIn">What they sign in with, e.g. a mail address; letters of either case are the same.</param>
/// <param name="Name">The name that staff pages show; kept outside the ledger.</param>
/// <param name="Department">Id of a department of the city, or null.</param>
/// <param name="IsProgram">Whether a program acts, not a person.</param>
/// <param name="Stamp">Grows with every change of rights; a session of an older stamp has ended.</param>
public sealed record StaffMember(
    string Id,
    string SignIn,
    string Name,
    string? Department,
    ImmutableArray<Role> Roles,
    bool IsProgram,
    bool IsActive,
    int Stamp
)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>A new opaque id.</summary>
    public static string NewId() => "st-" + RandomNumberGenerator.GetString(Letters, 16);

    /// <summary>How the ledger names them when they act in a role.</summary>
    public Attribution HasRole(Role role) => new(Json.Word(role), Department, Id);
}

/// <summary>A program's token as remembered: never the token itself.</summary>
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

/// <summary>A program's secret: 256 random bits, shown once and kept as a hash.</summary>
public static class ApiToken
{
    /// <summary>What every token begins with, so that a scanner of leaked secrets knows one.</summary>
    public const string Prefix = "srt_";

    /// <summary>A new token.</summary>
    public static string New() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of a token.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));
}

using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>A row of <c>registry.staff</c>.</summary>
internal sealed record StaffRow(
    string Id,
    string SignIn,
    string Name,
    string? Department,
    string Roles,
    bool IsProgram,
    bool IsActive,
    int Stamp,
    string? PasswordHash,
    string? PasswordKind,
    DateTime? PasswordUntil
)
{
    public const string Columns = """
        id, sign_in as SignIn, name, department, array_to_string(roles, ',') as Roles, is_program as IsProgram,
        is_active as IsActive, stamp, password_hash as PasswordHash, password_kind as PasswordKind, password_until as PasswordUntil
        """;

    /// <summary>Parses role names that are separated by commas.</summary>
    public static ImmutableArray<Role> ParseRoles(string names) =>
        [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(JsonRow.Word<Role>)];

    public StaffMember Member() => new(Id, SignIn, Name, Department, StaffRow.ParseRoles(Roles), IsProgram, IsActive, Stamp);

    public StoredPassword? Password() => Password(PasswordHash, PasswordKind, PasswordUntil);

    public static StoredPassword? Password(string? hash, string? kind, DateTime? until) =>
        hash is null || kind is null
            ? null
            : new StoredPassword(hash, JsonRow.Word<PasswordKind>(kind), until is { } end ? new DateTimeOffset(end) : null);
}

/// <summary>A row of <c>registry.api_token</c>.</summary>
internal sealed record TokenRow(
    long Id,
    string Staff,
    string Roles,
    string Label,
    DateTime CreatedAt,
    DateTime ExpiresAt,
    DateTime? RevokedAt,
    string? LastUsedOn
)
{
    public const string Columns = """
        id, staff, array_to_string(roles, ',') as Roles, label, created_at as CreatedAt, expires_at as ExpiresAt,
        revoked_at as RevokedAt, to_char(last_used_on, 'YYYY-MM-DD') as LastUsedOn
        """;

    public TokenGrant Grant() =>
        new(
            Id,
            Staff,
            StaffRow.ParseRoles(Roles),
            Label,
            CreatedAt,
            ExpiresAt,
            RevokedAt is { } revoked ? new DateTimeOffset(revoked) : null,
            LastUsedOn is null ? null : DateOnly.ParseExact(LastUsedOn, "yyyy-MM-dd", CultureInfo.InvariantCulture)
        );
}

using System.Collections.Immutable;
using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>The roles of staff. No role implies another.</summary>
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

/// <summary>A person or a program that acts in the registry.</summary>
/// <param name="Id">Opaque id, the only thing the ledger has of a person: <c>st-</c> and 16 characters.</param>
/// <param name="SignIn">The sign-in name, e.g. a mail address. The case of letters is ignored.</param>
/// <param name="Name">The name that staff pages show; kept outside the ledger.</param>
/// <param name="Department">Id of a department of the city, or null.</param>
/// <param name="IsProgram">True for a program, false for a person.</param>
/// <param name="Stamp">Grows with every change of roles. A session with an older stamp has ended.</param>
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
    private const string IdLetters = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>A new opaque id.</summary>
    public static string NewId() => "st-" + RandomNumberGenerator.GetString(IdLetters, 16);

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool IsId(string text) =>
        text.Length == 19
        && text.StartsWith("st-", StringComparison.Ordinal)
        && text[3..].All(one => IdLetters.Contains(one, StringComparison.Ordinal));

    /// <summary>The attribution of an act of this member in a role.</summary>
    public Attribution AttributionAs(Role role) => new(Json.Word(role), Department, Id, IsProgram);
}

using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// The person or program that acted, as the ledger states it: a role, a department and an opaque id. The ledger never changes, so it never
/// has a name: names are in a table outside it.
/// </summary>
/// <param name="Role">The role in which the person acted, e.g. <c>approver</c>; <c>registry</c> for acts of the registry.</param>
/// <param name="Department">Id of the department, or null.</param>
/// <param name="Staff">Opaque id of the staff member, e.g. <c>st-7f3k…</c>; null for the registry itself.</param>
/// <param name="IsProgram">True when a program acted: by a token, also by one that a person owns. Written only when it is true.</param>
public sealed record Attribution(
    string Role,
    string? Department = null,
    string? Staff = null,
    [property: JsonPropertyName("program"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsProgram = false
)
{
    /// <summary>The registry itself: a rule took effect at midnight, a notice was issued, an empty registry was opened.</summary>
    public static Attribution Registry { get; } = new("registry");
}

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// Who did it, as the ledger says it for ever: a role, a department and an opaque id. Never a name: names stand in a table outside the
/// ledger.
/// </summary>
/// <param name="Role">The role in which it was done, e.g. <c>approver</c>; <c>registry</c> for what the registry does by itself.</param>
/// <param name="Department">Id of the department, or null.</param>
/// <param name="Staff">Opaque id of the staff member, e.g. <c>st-7f3k…</c>; null for the registry itself.</param>
public sealed record Attribution(string Role, string? Department = null, string? Staff = null)
{
    /// <summary>What nobody decided: a rule took effect at midnight, a notice was issued, an empty registry was opened.</summary>
    public static Attribution Registry { get; } = new("registry");
}

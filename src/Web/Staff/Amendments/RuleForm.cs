using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Staff.Amendments;

/// <summary>What the partial <c>_RuleFields</c> shows.</summary>
/// <param name="Value">The value of a field.</param>
/// <param name="IsSelected">Whether a choice of a group of checkboxes is selected.</param>
/// <param name="AriaInvalid">The value of <c>aria-invalid</c> for a field; null omits the attribute.</param>
/// <param name="Rows">The number of rows for retention periods.</param>
/// <param name="Classes">The data that a period can apply to.</param>
public sealed record RuleForm(
    City City,
    Func<string, string> Value,
    Func<string, string, bool> IsSelected,
    Func<string, string?> AriaInvalid,
    int Rows,
    ImmutableArray<string> Classes
);

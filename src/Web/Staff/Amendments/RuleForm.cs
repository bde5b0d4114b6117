using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Staff.Amendments;

/// <summary>What the partial <c>_RuleFields</c> shows.</summary>
/// <param name="Value">The value of a field.</param>
/// <param name="IsSelected">Whether a choice of a group of checkboxes is selected.</param>
/// <param name="AriaInvalid">The value of <c>aria-invalid</c> for a field; null omits the attribute.</param>
/// <param name="Rows">The number of rows for retention periods.</param>
/// <param name="Classes">The data that a period can apply to.</param>
/// <param name="IsNewVersion">Whether the form begins with the terms of another version.</param>
public sealed record RuleForm(
    City City,
    Func<string, string> Value,
    Func<string, string, bool> IsSelected,
    Func<string, string?> AriaInvalid,
    int Rows,
    ImmutableArray<string> Classes,
    bool IsNewVersion
)
{
    /// <summary>The fields besides the retention periods.</summary>
    private static readonly ImmutableArray<string> OtherFields =
    [
        "capture",
        "notice",
        "access",
        "access-text",
        "purposes",
        "prohibited",
        "sharing",
        "departments",
        "owner",
        "review-by",
        "note",
        "pauses",
        .. Enum.GetValues<NoticeDuty>().Select(RuleFields.DaysOf),
    ];

    /// <summary>
    /// Whether the terms besides the retention periods are unfolded: always in a correction; in a new version when one of them is wrong.
    /// </summary>
    public bool IsOpen => !IsNewVersion || OtherFields.Any(name => AriaInvalid(name) is not null);
}

using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>Selects rows of the governance table. A part that is null or empty selects every row.</summary>
/// <param name="Search">Text that occurs in a name, an id, a title, a source, a purpose or the note of the row.</param>
/// <param name="Only"><c>disagreeing</c> or <c>unowned</c>.</param>
internal sealed record TableFilter(string? Search, string? Technology, string? Kind, string? Status, string? Confidence, string? Only)
{
    /// <summary>The conflicts that begin after the day of the table; null when none are known.</summary>
    public LaterConflicts? Later { get; init; }

    public bool Includes(GovernanceRow row) =>
        Matches(Technology, row.Technology.Id)
        && Matches(Kind, Domain.Json.Word(row.Instrument.Kind))
        && Matches(Status, Domain.Json.Word(row.Status))
        && Matches(Confidence, row.Version is { } version ? Domain.Json.Word(version.Source.Confidence) : null)
        && Only switch
        {
            "disagreeing" => !row.DisagreesWith.IsEmpty || Later?.Concern(row) == true,
            "unowned" => row.Rule is { Owner: null },
            _ => true,
        }
        && (string.IsNullOrWhiteSpace(Search) || Contains(row, Search.Trim()));

    private static bool Matches(string? wanted, string? value) => string.IsNullOrEmpty(wanted) || value == wanted;

    private static bool Contains(GovernanceRow row, string text) =>
        SearchableTexts(row).Any(candidate => candidate?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);

    private static IEnumerable<string?> SearchableTexts(GovernanceRow row) =>
        [
            row.Technology.Name,
            row.Technology.Id,
            row.Instrument.Citation,
            row.Instrument.Id,
            row.Version?.Title,
            row.Version?.By,
            row.Rule?.Note,
            row.Version?.Source.Title,
            .. row.Rule?.Purposes ?? [],
        ];
}

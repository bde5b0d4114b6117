using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes.Merging;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Amendments;

/// <summary>
/// The terms of a new version. Its form is opened before the first day is known, and others may record a text meanwhile: what the form
/// did not edit is that of the version in force before the first day, in the newest revision.
/// </summary>
/// <param name="Before">The version in force before the first day, with its rules for the technologies that it governs then.</param>
/// <param name="Added">The new version.</param>
/// <param name="Errors">Edited terms that the form showed otherwise than the version before says them; empty when none is.</param>
internal sealed record AmendedTerms(InstrumentVersion Before, InstrumentVersion Added, ImmutableArray<FieldError> Errors)
{
    private static readonly ImmutableDictionary<string, string> Labels = new Dictionary<string, string>
    {
        ["retention-0-bound"] = "How long recordings are kept",
        ["capture"] = "What it permits to be captured",
        ["notice"] = "The required public notice",
        ["access"] = "Public access to recordings",
        ["access-text"] = "The words on public access",
        ["departments"] = "The departments",
        ["pauses"] = "Whether it pauses the technology",
        ["note"] = "The note for readers",
        ["purposes"] = "The permitted uses",
        ["prohibited"] = "The prohibited uses",
        ["sharing"] = "With whom recordings may be shared",
        ["owner"] = "The owner",
        ["review-by"] = "The day of the review",
    }.ToImmutableDictionary();

    /// <param name="newest">The instrument in its newest revision, or as the draft has it.</param>
    /// <param name="shown">The version with which the form was opened.</param>
    /// <param name="entered">The new version as the form says it.</param>
    /// <returns>Null when no version has a rule for the technology any more.</returns>
    public static AmendedTerms? Create(Instrument newest, InstrumentVersion shown, InstrumentVersion entered, string technology)
    {
        var day = entered.Effective.From;
        if (VersionChain.TermsBefore(newest.Versions, technology, day) is not { } before)
            return null;
        var merge = TermsMerge.Create(
            shown.RuleFor(technology),
            entered.RuleFor(technology)!,
            before.RuleFor(technology)!,
            keepsMine: _ => true
        );
        var added = entered with
        {
            Title = entered.Title == shown.Title ? before.Title : entered.Title,
            Rules = [.. before.Rules.Select(rule => rule.Technology == technology ? merge.Merged : rule)],
        };
        return new AmendedTerms(before, added, Problems(merge.Conflicts, shown, before, technology, day));
    }

    private static ImmutableArray<FieldError> Problems(
        ImmutableArray<MergeConflict> conflicts,
        InstrumentVersion shown,
        InstrumentVersion before,
        string technology,
        LawDate? day
    )
    {
        if (conflicts.IsEmpty)
            return [];
        var name = $"version {before.Number}, “{before.Title}”";
        var why =
            shown.Id == before.Id ? $"{PlainLanguage.Sentence(name)}, was changed since you opened this form."
            : day is not { } first ? $"Before this text, {name}, is in force. The form began with version {shown.Number}."
            : before.Effective.EarliestPossibleStart >= first.Earliest ? $"Nothing is recorded before {PlainLanguage.Date(first)}."
            : $"Before {PlainLanguage.Date(first)}, {name}, is in force. The form began with version {shown.Number}.";
        var rule = before.RuleFor(technology)!;
        return
        [
            new FieldError(
                "from",
                $"{why} It now begins with the terms of version {before.Number}, and has what you changed. Check it, and continue."
            ),
            .. conflicts
                .Select(conflict => RuleFields.FieldOf(conflict.Path[^1]))
                .Select(field => new FieldError(field, $"{Labels[field]}: version {before.Number} says {Says(rule, field)}.")),
        ];
    }

    private static string Says(Rule rule, string field)
    {
        var words = field switch
        {
            "retention-0-bound" => string.Join("; ", rule.Retention.Select(PlainLanguage.For)),
            "notice" => PlainLanguage.List(rule.Notice.Select(PlainLanguage.For)),
            "access" => PlainLanguage.For(rule.RecordsAccess.Access),
            "pauses" => rule.Pauses ? "that it does" : "that it does not",
            _ => string.Join("; ", RuleFields.Show(rule)[field].Split('\n', ',')),
        };
        return words.Length == 0 ? "nothing" : words;
    }
}

using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes.Descriptions;

/// <summary>
/// Says which versions a revision corrects: what it says of them changes for all of their time. A reader must not take a correction for an
/// amendment.
/// </summary>
public static class CorrectionDescription
{
    /// <summary>
    /// A sentence for each version whose terms or first day differ, or whose end in the past does; empty when the revision only adds
    /// versions, or ends them where an added one begins.
    /// </summary>
    /// <param name="before">Null for a document that did not exist.</param>
    /// <param name="today">The day of the change. A version that begins later has no past to correct.</param>
    public static ImmutableArray<string> Sentences(PolicyDocument? before, PolicyDocument after, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(after);
        if (before is null || after.Kind != DocumentKind.Instrument)
            return [];
        var corrected = Difference.Between(before, after).Where(IsOfTerms).Select(difference => difference.Path[1]).ToHashSet();
        var (old, recorded) = (before.Value<Instrument>().Versions, after.Value<Instrument>().Versions);
        var added = recorded.ExceptBy(old.Select(version => version.Id), version => version.Id).ToArray();
        return
        [
            .. old.Select(version => (Before: version, After: recorded.FirstOrDefault(other => other.Id == version.Id) ?? version))
                .Select(pair =>
                    corrected.Contains(pair.Before.Id) && HasPast(pair.Before.Effective, pair.After.Effective, today)
                        ? OfTerms(pair.Before, pair.After)
                    : HasAnotherPastEnd(pair.Before.Effective, pair.After.Effective, added, today) ? OfEnd(pair.After)
                    : null
                )
                .OfType<string>(),
        ];
    }

    /// <summary>Whether a version has begun, or begins in the past after the change. One that now begins today corrects nothing.</summary>
    private static bool HasPast(EffectivePeriod before, EffectivePeriod after, DateOnly today) =>
        before.EarliestPossibleStart <= today || after.EarliestPossibleStart < today;

    /// <summary>Whether an end differs that lies in the past, before or after the change, and no added version begins on it.</summary>
    private static bool HasAnotherPastEnd(EffectivePeriod before, EffectivePeriod after, InstrumentVersion[] added, DateOnly today) =>
        (before.To, before.Ended, before.EndKnownBy) != (after.To, after.Ended, after.EndKnownBy)
        && (EndOf(before) < today || EndOf(after) < today)
        && !added.Any(version => version.Effective.From is { } from && from == after.To);

    private static DateOnly? EndOf(EffectivePeriod period) => period.To?.Earliest ?? period.EndKnownBy?.Earliest;

    private static string OfTerms(InstrumentVersion before, InstrumentVersion after)
    {
        var first = before.Effective.EarliestPossibleStart <= after.Effective.EarliestPossibleStart ? before : after;
        var start = first.Effective.From is { } from ? $", from {PlainLanguage.Date(from)} on" : "";
        return $"This corrects version {PlainLanguage.Number(after.Number)} for all of its time{start}: "
            + "what the registry says of the past changes too.";
    }

    private static string OfEnd(InstrumentVersion after) =>
        $"This corrects until when version {PlainLanguage.Number(after.Number)} was in force: "
        + "what the registry says of the past changes too.";

    /// <summary>Notes for readers, and who keeps a rule correct, are no terms of law.</summary>
    private static bool IsOfTerms(Difference difference) =>
        difference.Path.AsSpan() switch
        {
            ["versions", _, "rules"] => true,
            ["versions", _, "rules", _] => true,
            ["versions", _, "rules", _, "note" or "owner" or "reviewBy"] => false,
            ["versions", _, "rules", _, ..] => true,
            ["versions", _, "effective", "from" or "fromNotBefore" or "fromKnownBy" or "condition"] => true,
            _ => false,
        };
}

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
    /// A sentence for each version whose terms or first day differ, or whose end in the past does; then one for each added version that
    /// begins in a recorded past. Empty when the revision only adds later versions, or ends others where an added one begins. A condition
    /// that was met in the past is told as that event.
    /// </summary>
    /// <param name="before">Null for a document that did not exist.</param>
    /// <param name="today">The day of the change. A version that begins later has no past to correct.</param>
    public static ImmutableArray<string> Sentences(PolicyDocument? before, PolicyDocument after, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(after);
        return before is null || after.Kind != DocumentKind.Instrument
            ? []
            : [.. Corrections(before, after, today), .. LateRecords(before, after, today)];
    }

    /// <summary>
    /// Whether a revision says that something was recorded wrongly. One that records late what the law did in the past does not.
    /// </summary>
    /// <param name="before">Null for a document that did not exist.</param>
    public static bool IsCorrection(PolicyDocument? before, PolicyDocument after, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(after);
        return before is not null && after.Kind == DocumentKind.Instrument && Corrections(before, after, today).Any();
    }

    private static IEnumerable<string> Corrections(PolicyDocument before, PolicyDocument after, DateOnly today)
    {
        var corrected = Difference.Between(before, after).Where(IsOfTerms).Select(difference => difference.Path[1]).ToHashSet();
        var (pairs, added) = Compare(before, after);
        InstrumentVersion[] begun = [.. added, .. pairs.Where(pair => IsMet(pair.Before, pair.After)).Select(pair => pair.After)];
        return pairs
            .Where(pair => !IsMet(pair.Before, pair.After))
            .Select(pair =>
                corrected.Contains(pair.Before.Id) && HasPast(pair.Before.Effective, pair.After.Effective, today)
                    ? OfTerms(pair.Before, pair.After)
                : HasAnotherPastEnd(pair.Before.Effective, pair.After.Effective, begun, today) ? OfEnd(pair.After)
                : null
            )
            .OfType<string>();
    }

    private static IEnumerable<string> LateRecords(PolicyDocument before, PolicyDocument after, DateOnly today)
    {
        var (pairs, added) = Compare(before, after);
        return pairs
            .Where(pair => IsMet(pair.Before, pair.After) && pair.After.Effective.EarliestPossibleStart < today)
            .Select(pair => OfEvent(pair.Before, pair.After))
            .Concat(added.Where(version => CutsPast(version, pairs.Select(pair => pair.Before), today)).Select(OfAdded));
    }

    /// <summary>The versions of both revisions, and those that the later one adds.</summary>
    private static ((InstrumentVersion Before, InstrumentVersion After)[] Pairs, InstrumentVersion[] Added) Compare(
        PolicyDocument before,
        PolicyDocument after
    )
    {
        var (old, recorded) = (before.Value<Instrument>().Versions, after.Value<Instrument>().Versions);
        return (
            [.. old.Select(version => (version, recorded.FirstOrDefault(other => other.Id == version.Id) ?? version))],
            [.. recorded.ExceptBy(old.Select(version => version.Id), version => version.Id)]
        );
    }

    /// <summary>Whether the day is recorded on which what a version waited for happened.</summary>
    private static bool IsMet(InstrumentVersion before, InstrumentVersion after) =>
        before.Effective.Condition is not null && after.Effective is { Condition: null, From: not null };

    /// <summary>Whether an added version begins before today, on a day on which another one is recorded as in force.</summary>
    private static bool CutsPast(InstrumentVersion added, IEnumerable<InstrumentVersion> old, DateOnly today) =>
        added.Effective.From?.Earliest is { } from
        && from < today
        && old.Any(version =>
            version.Effective.PhaseOn(from) == Phase.During && version.Rules.Any(rule => added.RuleFor(rule.Technology) is not null)
        );

    /// <summary>Whether a version has begun, or begins in the past after the change. One that now begins today corrects nothing.</summary>
    private static bool HasPast(EffectivePeriod before, EffectivePeriod after, DateOnly today) =>
        before.EarliestPossibleStart <= today || after.EarliestPossibleStart < today;

    /// <summary>Whether an end differs that lies in the past, before or after the change, and no version begins on it.</summary>
    private static bool HasAnotherPastEnd(EffectivePeriod before, EffectivePeriod after, InstrumentVersion[] begun, DateOnly today) =>
        (before.To, before.Ended, before.EndKnownBy) != (after.To, after.Ended, after.EndKnownBy)
        && (EndOf(before) < today || EndOf(after) < today)
        && !begun.Any(version => version.Effective.From is { } from && from == after.To);

    private static DateOnly? EndOf(EffectivePeriod period) => period.To?.Earliest ?? period.EndKnownBy?.Earliest;

    private static string OfTerms(InstrumentVersion before, InstrumentVersion after)
    {
        var first = before.Effective.EarliestPossibleStart <= after.Effective.EarliestPossibleStart ? before : after;
        var start = first.Effective.From is { } from ? $", from {PlainLanguage.Date(from)} on" : "";
        return $"This corrects version {PlainLanguage.Number(after.Number)} for all of its time{start}: "
            + "what the registry says of the past changes too.";
    }

    private static string OfEvent(InstrumentVersion before, InstrumentVersion after) =>
        $"Version {PlainLanguage.Number(after.Number)} is in force from {PlainLanguage.From(after.Effective)}: what it waited for, "
        + $"{DescriptionPhrases.Quoted(before.Effective.Condition!)}, has happened. "
        + "What the registry says of the time since then changes too.";

    private static string OfAdded(InstrumentVersion added) =>
        $"Version {PlainLanguage.Number(added.Number)} begins in the past, from {PlainLanguage.From(added.Effective)} on: "
        + "what the registry says of the time since then changes too.";

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

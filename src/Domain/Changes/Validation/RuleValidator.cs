using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Conflicts;
using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Domain.Changes.Validation.ProblemLocation;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>Checks what a version says of one technology.</summary>
internal static class RuleValidator
{
    public static void Check(Rule rule, string instrument, KnownReferences known, ProblemLocation at)
    {
        if (!known.Technologies.Contains(rule.Technology))
            at["technology"].Add(Quote(rule.Technology), "a registered technology");
        foreach (var department in rule.Departments.Where(department => !known.Departments.Contains(department)))
            at["departments"].Add(Quote(department), "a department of the city");
        if (rule.Owner is { } owner && !known.Departments.Contains(owner))
            at["owner"].Add(Quote(owner), "a department of the city");
        if (rule.Capture.Distinct().Count() != rule.Capture.Length)
            at["capture"].Add("a capture twice", "each capture once");
        if (rule is { Pauses: true, Capture.IsEmpty: false })
            at["capture"].Add("captures beside a pause", "an empty list: what pauses a technology allows nothing");
        foreach (var retention in rule.Retention)
            CheckRetention(retention, instrument, known, at["retention"]);
        CheckAgree(rule.Retention, at["retention"]);
        foreach (var notice in rule.Notice.Where(notice => notice.Days is < 0 or > PolicyValidator.MaxDays))
            at["notice"].Add($"{notice.Days} days", $"0 to {PolicyValidator.MaxDays} days");
        string?[] texts = [rule.Note, rule.Sharing, rule.RecordsAccess.Text, .. rule.Purposes, .. rule.ProhibitedUses];
        foreach (var text in texts)
            SourceValidator.CheckCitations(text, known, at);
    }

    /// <summary>Checks that a rule can be followed: no minimum above a limit, and no two limits of one class of data.</summary>
    private static void CheckAgree(ImmutableArray<Retention> periods, ProblemLocation at)
    {
        foreach (var (one, other) in RetentionConflict.Within(periods))
        {
            // A practice beyond a limit is what a text may report. The desk tells it.
            if (one.Bound != RetentionBound.Practice && other.Bound != RetentionBound.Practice)
                at.Add(
                    $"{Quote(PlainLanguage.For(one))} beside {Quote(PlainLanguage.For(other))}: "
                        + (one.Bound == other.Bound ? "one rule has two limits" : "the minimum is longer than the limit"),
                    "periods that can both be kept; or a note beside each that says when it applies"
                );
        }
    }

    private static void CheckRetention(Retention retention, string instrument, KnownReferences known, ProblemLocation at)
    {
        if (retention.DataClass is { } dataClass && !known.KnowsClass(dataClass, instrument))
            at.Add(
                $"the class of data {Quote(dataClass)}",
                "one for which the notices have a word: "
                    + string.Join(", ", known.DataClasses)
                    + "; a new one needs the text 'class.…' in every language first"
            );
        var stated = new object?[] { retention.Days, retention.Months, retention.Years, retention.Event }.Count(value => value is not null);
        if (stated != 1)
            at.Add(
                stated == 0 ? "neither a length nor an event" : "more than one length or event",
                "days, months, years or an event: one of them"
            );
        if (retention.Months is < 1 or > PolicyValidator.MaxMonths)
            at.Add($"{retention.Months} months", $"1 to {PolicyValidator.MaxMonths} months");
        if (retention.Years is < 1 or > PolicyValidator.MaxYears)
            at.Add($"{retention.Years} years", $"1 to {PolicyValidator.MaxYears} years");
        if (retention.Days is < 0 or > PolicyValidator.MaxDays)
            at.Add($"{retention.Days} days", $"0 to {PolicyValidator.MaxDays} days");
    }
}

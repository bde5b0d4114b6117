using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Domain.Changes.Descriptions.DescriptionPhrases;

namespace SurveillanceRegistry.Domain.Changes.Descriptions;

/// <summary>
/// Describes a new version of an instrument by what differs from the version before it: <c>from November 29, 2026: at most 21 days instead
/// of 90 (patrol reads)</c>.
/// </summary>
internal static class AddedVersionDescription
{
    /// <summary>The sentences for a version, those about its terms first.</summary>
    /// <param name="instrument">The instrument with the version.</param>
    /// <param name="before">The versions that the instrument had before.</param>
    public static IEnumerable<(string? Where, string What)> Describe(
        InstrumentVersion version,
        Instrument instrument,
        ImmutableArray<InstrumentVersion> before,
        GovernanceSnapshot names
    )
    {
        var earlier = instrument.Versions.TakeWhile(other => other.Number != version.Number).Reverse().ToArray();
        var from = $"from {Start(version.Effective)}: ";
        foreach (var rule in version.Rules)
        {
            var old = earlier.Select(other => other.RuleFor(rule.Technology)).FirstOrDefault(other => other is not null);
            var where = $"Version {PlainLanguage.Number(version.Number)}, for {Technology(rule.Technology, names)}";
            foreach (var sentence in Terms(old, rule, names))
                yield return (where, from + sentence);
            foreach (var sentence in Until(version, instrument, before, old, rule, names))
                yield return (where, sentence);
        }

        var previous = earlier.FirstOrDefault(other => other.Effective.To is { } end && end == version.Effective.From);
        foreach (var rule in previous?.Rules ?? [])
        {
            if (version.RuleFor(rule.Technology) is null)
                yield return (
                    $"Version {PlainLanguage.Number(version.Number)}",
                    $"{from}no rule for {Technology(rule.Technology, names)} any more"
                );
        }

        yield return (null, $"added {InstrumentDescription.Version(version)}{Made(version)}");
    }

    private static string[] Terms(Rule? before, Rule rule, GovernanceSnapshot names)
    {
        if (before is null)
            return [$"for the first time {InstrumentDescription.RuleFor(rule, names)}"];
        var sentences = Instead(before, rule, Difference.BetweenValues(before, rule), names).ToArray();
        return sentences.Length > 0 ? sentences : ["the same terms as before"];
    }

    private static IEnumerable<string> Instead(Rule before, Rule after, IEnumerable<Difference> differences, GovernanceSnapshot names) =>
        differences.SelectMany(difference =>
            difference.Path is ["retention"]
                ? RetentionDescription.Instead(before.Retention, after.Retention)
                : [InstrumentDescription.InRule(difference.Path.AsSpan(), difference, names) ?? Fallback(difference)]
        );

    /// <summary>
    /// What ends with the version, because the recorded one after it says something else: a reader must not take it for lasting.
    /// </summary>
    private static IEnumerable<string> Until(
        InstrumentVersion version,
        Instrument instrument,
        ImmutableArray<InstrumentVersion> before,
        Rule? old,
        Rule rule,
        GovernanceSnapshot names
    )
    {
        if (
            version.Effective.To is not { } end
            || before.FirstOrDefault(other => other.Effective.From == end && other.RuleFor(rule.Technology) is not null) is not { } recorded
            || instrument.Versions.FirstOrDefault(other => other.Id == recorded.Id) is not { } later
            || later.RuleFor(rule.Technology) is not { } next
        )
            return [];
        var changed = Difference.BetweenValues(old ?? next, rule).Select(difference => difference.Key).ToHashSet();
        var differences = Difference.BetweenValues(rule, next).Where(difference => changed.Contains(difference.Key));
        return Instead(rule, next, differences, names)
            .Select(sentence =>
                $"until {PlainLanguage.Date(end)}; from then on version {PlainLanguage.Number(later.Number)} has {sentence}"
            );
    }

    private static string Start(EffectivePeriod period) =>
        period switch
        {
            { From: { } day } => PlainLanguage.Date(day),
            { Condition: { } condition } => $"the day on which this happens: {Quoted(condition)}",
            { FromNotBefore: { } earliest } => $"a day that is not known, not before {PlainLanguage.Date(earliest)}",
            _ => "a day that is not known",
        };

    private static string Made(InstrumentVersion version)
    {
        string?[] parts =
        [
            version.By is { } by ? $"adopted or filed as {Quoted(by)}" : null,
            version.Passed is { } passed ? $"passed {PlainLanguage.Date(passed)}" : null,
            version.Signed is { } signed ? $"signed {PlainLanguage.Date(signed)}" : null,
            version.Filed is { } filed ? $"filed {PlainLanguage.Date(filed)}" : null,
        ];
        ImmutableArray<string> known = [.. parts.OfType<string>()];
        return known.IsEmpty ? "" : ", " + PlainLanguage.List(known);
    }
}

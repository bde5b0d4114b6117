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
    public static IEnumerable<(string? Where, string What)> Describe(
        InstrumentVersion version,
        Instrument instrument,
        GovernanceSnapshot names
    )
    {
        var earlier = instrument.Versions.TakeWhile(other => other.Number != version.Number).Reverse().ToArray();
        var from = $"from {Start(version.Effective)}: ";
        foreach (var rule in version.Rules)
        {
            var before = earlier.Select(other => other.RuleFor(rule.Technology)).FirstOrDefault(other => other is not null);
            foreach (var sentence in Terms(before, rule, names))
                yield return ($"Version {PlainLanguage.Number(version.Number)}, for {Technology(rule.Technology, names)}", from + sentence);
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
        var sentences = Difference
            .BetweenValues(before, rule)
            .SelectMany(difference =>
                difference.Path is ["retention"]
                    ? RetentionDescription.Instead(before.Retention, rule.Retention)
                    : [InstrumentDescription.InRule(difference.Path.AsSpan(), difference, names) ?? Fallback(difference)]
            )
            .ToArray();
        return sentences.Length > 0 ? sentences : ["the same terms as before"];
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

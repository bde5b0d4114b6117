using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes.Merging;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes.Versions;

/// <summary>
/// Carries the terms of a version that was put before a later one into that later one. An amendment states what changes: what it left as
/// it was goes on as it is by then. A term that the later version states for itself stands.
/// </summary>
internal static class TermsCarry
{
    /// <param name="ordered">The versions in the order of time.</param>
    /// <param name="writtenAmong">The versions among which a version was written; null for one that stays as it is.</param>
    public static ImmutableArray<InstrumentVersion> Apply(
        ImmutableArray<InstrumentVersion> ordered,
        Func<InstrumentVersion, ImmutableArray<InstrumentVersion>?> writtenAmong
    )
    {
        var done = new List<InstrumentVersion>(ordered.Length);
        var changed = new HashSet<string>();
        foreach (var version in ordered)
        {
            if (writtenAmong(version) is not { } among)
            {
                done.Add(version);
                continue;
            }

            var rules = version.Rules.Select(rule => Carried(version, rule, among, done, changed)).ToImmutableArray();
            if (!rules.SequenceEqual(version.Rules))
                changed.Add(version.Id);
            done.Add(version with { Rules = rules });
        }

        return [.. done];
    }

    private static Rule Carried(
        InstrumentVersion version,
        Rule rule,
        ImmutableArray<InstrumentVersion> among,
        List<InstrumentVersion> done,
        HashSet<string> changed
    )
    {
        if (Before(among, version, rule.Technology) is not { } template || Before(done, version, rule.Technology) is not { } previous)
            return rule;
        return previous.Id == template.Id && !changed.Contains(previous.Id)
            ? rule
            : TermsMerge.Create(template.RuleFor(rule.Technology), previous.RuleFor(rule.Technology)!, rule, keepsMine: _ => false).Merged;
    }

    /// <summary>The version that is in force for a technology until another one begins; null when there is none.</summary>
    private static InstrumentVersion? Before(IEnumerable<InstrumentVersion> versions, InstrumentVersion version, string technology)
    {
        var (start, from) = (version.Effective.EarliestPossibleStart, version.Effective.From);
        var previous = versions.LastOrDefault(other =>
            other.Id != version.Id
            && other.Effective.Condition is null
            && other.Effective.EarliestPossibleStart < start
            && other.RuleFor(technology) is not null
        );
        return previous is { Effective.Ended: false } && (previous.Effective.To is not { } end || end == from) ? previous : null;
    }
}

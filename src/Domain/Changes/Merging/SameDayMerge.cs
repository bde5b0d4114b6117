using System.Collections.Immutable;
using System.Text.Json;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes.Merging;

/// <summary>
/// The merge of two versions that two people added from one day. They become one version, with what either changes: by technology, then by
/// term. A term that both change differently is a conflict. The title and the dates go with the terms, or are a choice of their own.
/// </summary>
internal sealed record SameDayMerge(InstrumentVersion Merged, ImmutableArray<MergeConflict> Conflicts)
{
    /// <param name="old">The versions that both sides were made from.</param>
    /// <param name="theirs">The recorded version, whose identity stays.</param>
    /// <param name="keepMine">Keys of conflicts in which the request's value is taken.</param>
    public static SameDayMerge Create(
        ImmutableArray<InstrumentVersion> old,
        InstrumentVersion mine,
        InstrumentVersion theirs,
        IReadOnlySet<string> keepMine
    )
    {
        var run = new Run(mine.Id, keepMine);
        var technologies = theirs.Rules.Concat(mine.Rules).Select(rule => rule.Technology).Distinct().ToArray();
        InstrumentVersion? Template(string technology) => VersionChain.TermsBefore(old, technology, theirs.Effective.From);
        var rules = technologies
            .Select(technology =>
                run.Rule(technology, Template(technology)?.RuleFor(technology), mine.RuleFor(technology), theirs.RuleFor(technology))
            )
            .OfType<Rule>()
            .ToImmutableArray();
        return run.Complete(technologies.Select(Template).FirstOrDefault(found => found is not null), mine, theirs, rules);
    }

    /// <summary>One merge, which collects its conflicts.</summary>
    private sealed record Run(string Mine, IReadOnlySet<string> KeepMine)
    {
        private readonly List<MergeConflict> _conflicts = [];

        public Rule? Rule(string technology, Rule? from, Rule? mine, Rule? theirs)
        {
            ImmutableArray<string> path = ["versions", Mine, "rules", technology];
            if (mine is null || theirs is null)
                return mine ?? theirs;
            var merge = TermsMerge.Create(from, mine, theirs, conflict => KeepMine.Contains(conflict.Key), path);
            _conflicts.AddRange(merge.Conflicts);
            return merge.Merged;
        }

        public SameDayMerge Complete(InstrumentVersion? from, InstrumentVersion mine, InstrumentVersion theirs, ImmutableArray<Rule> rules)
        {
            // With terms that clash, the title and the dates are those of the text whose terms are kept.
            bool? decided = _conflicts.Count > 0 ? _conflicts.All(conflict => KeepMine.Contains(conflict.Key)) : null;
            T Pick<T>(T old, T one, T other, params ImmutableArray<string> member)
            {
                var equals = EqualityComparer<T>.Default;
                if (equals.Equals(one, old) || equals.Equals(one, other))
                    return other;
                if (equals.Equals(other, old))
                    return one;
                if (decided is { } keepsMine)
                    return keepsMine ? one : other;
                var conflict = new MergeConflict(["versions", Mine, .. member], Text(old), Text(one), Text(other));
                _conflicts.Add(conflict);
                return KeepMine.Contains(conflict.Key) ? one : other;
            }

            var title = Pick(from?.Title, mine.Title, theirs.Title, "title")!;
            var source = Pick(from?.Source.Title, mine.Source.Title, theirs.Source.Title, "source", "title");
            var merged = theirs with
            {
                Title = title,
                Passed = Pick(null, mine.Passed, theirs.Passed, "passed"),
                Signed = Pick(null, mine.Signed, theirs.Signed, "signed"),
                Filed = Pick(null, mine.Filed, theirs.Filed, "filed"),
                By = Pick(null, mine.By, theirs.By, "by"),
                Source = source == theirs.Source.Title ? theirs.Source : mine.Source,
                Rules = rules,
            };
            return new SameDayMerge(merged, [.. _conflicts]);
        }

        private static string? Text<T>(T value) => value is null ? null : JsonSerializer.Serialize(value, Json.Options);
    }
}

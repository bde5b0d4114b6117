using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes.Merging;

/// <summary>
/// Completes the merge of an instrument. Versions that either side added are all kept, in the order of time, each ending where the next one
/// begins; their numbers follow, and a later one takes over what an earlier one changes. Two versions from one day become one.
/// </summary>
internal static class VersionMerge
{
    private const string Versions = "versions";

    /// <param name="merged">The merge of the values.</param>
    /// <param name="from">The document that both sides were made from; null for none.</param>
    /// <param name="conflicts">The conflicts of the values.</param>
    /// <param name="keepMine">Keys of conflicts in which the request's value is taken.</param>
    public static ThreeWayMerge Complete(
        PolicyDocument merged,
        PolicyDocument? from,
        PolicyDocument mine,
        PolicyDocument theirs,
        ImmutableArray<MergeConflict> conflicts,
        IReadOnlySet<string> keepMine
    )
    {
        var instrument = merged.Value<Instrument>();
        if (instrument.Versions.Any(version => string.IsNullOrEmpty(version.Id)))
            return new ThreeWayMerge(merged, conflicts);
        var (old, ours, others) = (VersionsOf(from), VersionsOf(mine), VersionsOf(theirs));
        var added = new Added(Of(ours, old), Of(others, old));
        var versions = instrument.Versions;
        var clashes = ImmutableArray.CreateBuilder<MergeConflict>();
        var joined = new HashSet<string>();
        foreach (var version in added.Mine)
        {
            if (added.Theirs.FirstOrDefault(other => BeginTogether(version, other)) is not { } other)
                continue;
            var one = SameDayMerge.Create(old, version, other, keepMine);
            joined.UnionWith([version.Id, other.Id]);
            clashes.AddRange(one.Conflicts);
            versions = [.. versions.Where(known => known.Id != version.Id && known.Id != other.Id), one.Merged];
        }

        var ordered = TermsCarry.Apply(
            VersionChain.Order(versions),
            version => joined.Contains(version.Id) ? null : added.SideOf(version.Id, ours, others)
        );
        return new ThreeWayMerge(
            PolicyDocument.For(instrument with { Versions = ordered }),
            [.. conflicts.Where(conflict => !IsOfOrder(conflict, added) && !IsOf(conflict, joined)), .. clashes]
        );
    }

    private static ImmutableArray<InstrumentVersion> VersionsOf(PolicyDocument? document) =>
        document is null ? [] : document.Value<Instrument>().Versions;

    private static ImmutableArray<InstrumentVersion> Of(
        ImmutableArray<InstrumentVersion> versions,
        ImmutableArray<InstrumentVersion> old
    ) => [.. versions.Where(version => old.All(one => one.Id != version.Id))];

    /// <summary>Whether a conflict is about a number, or about an end that follows from an added version.</summary>
    private static bool IsOfOrder(MergeConflict conflict, Added added) =>
        conflict.Path.AsSpan() switch
        {
            [Versions, _, "number"] => true,
            [Versions, _, "effective", "to"] => new[] { conflict.Mine, conflict.Theirs }.All(end =>
                end is not null && LawDate.TryParse(end.Trim('"'), out var date) && added.Begins(date)
            ),
            _ => false,
        };

    private static bool IsOf(MergeConflict conflict, HashSet<string> versions) =>
        conflict.Path is [Versions, var id, ..] && versions.Contains(id);

    private static bool BeginTogether(InstrumentVersion one, InstrumentVersion other) =>
        one.Effective.From is { } from && other.Effective.From == from && one.Rules.Any(rule => other.RuleFor(rule.Technology) is not null);

    /// <summary>The versions that each side added.</summary>
    private sealed record Added(ImmutableArray<InstrumentVersion> Mine, ImmutableArray<InstrumentVersion> Theirs)
    {
        /// <summary>Whether an added version begins on a day.</summary>
        public bool Begins(LawDate day) => Mine.Concat(Theirs).Any(version => version.Effective.From == day);

        /// <summary>The versions of the side that added a version; null when neither did.</summary>
        public ImmutableArray<InstrumentVersion>? SideOf(
            string version,
            ImmutableArray<InstrumentVersion> mine,
            ImmutableArray<InstrumentVersion> theirs
        ) =>
            Mine.Any(added => added.Id == version) ? mine
            : Theirs.Any(added => added.Id == version) ? theirs
            : null;
    }
}

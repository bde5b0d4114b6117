using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes.Merging;

/// <summary>
/// Completes the merge of an instrument. Versions that either side added are all kept, in the order of time, each ending where the next one
/// begins; their numbers follow. Only two versions from the same day are a conflict.
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
        if (instrument.Versions.Any(version => version.Id.Length == 0))
            return new ThreeWayMerge(merged, conflicts);
        var old = VersionsOf(from);
        var added = new Added(Of(VersionsOf(mine), old), Of(VersionsOf(theirs), old));
        var versions = instrument.Versions;
        var clashes = ImmutableArray.CreateBuilder<MergeConflict>();
        foreach (var version in added.Mine)
        {
            if (added.Theirs.FirstOrDefault(other => BeginTogether(version, other)) is not { } other)
                continue;
            var clash = new MergeConflict([Versions, version.Id], null, Text(version), Text(other));
            clashes.Add(clash);
            versions = Decided(versions, version, other, keepMine.Contains(clash.Key));
        }

        var ordered = instrument with { Versions = VersionChain.Order(versions) };
        return new ThreeWayMerge(PolicyDocument.For(ordered), [.. conflicts.Where(conflict => !IsOfOrder(conflict, added)), .. clashes]);
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

    private static bool BeginTogether(InstrumentVersion one, InstrumentVersion other) =>
        one.Id != other.Id
        && one.Effective.From is { } from
        && other.Effective.From == from
        && one.Rules.Any(rule => other.RuleFor(rule.Technology) is not null);

    /// <summary>One version of the two from the same day: the recorded one, or the request's in its place and with its identity.</summary>
    private static ImmutableArray<InstrumentVersion> Decided(
        ImmutableArray<InstrumentVersion> versions,
        InstrumentVersion mine,
        InstrumentVersion theirs,
        bool keepMine
    ) =>
        [
            .. versions
                .Where(version => version.Id != mine.Id)
                .Select(version => keepMine && version.Id == theirs.Id ? mine with { Id = theirs.Id } : version),
        ];

    private static string Text(InstrumentVersion version) => System.Text.Json.JsonSerializer.Serialize(version, Json.Options);

    /// <summary>The versions that each side added.</summary>
    private sealed record Added(ImmutableArray<InstrumentVersion> Mine, ImmutableArray<InstrumentVersion> Theirs)
    {
        /// <summary>Whether an added version begins on a day.</summary>
        public bool Begins(LawDate day) => Mine.Concat(Theirs).Any(version => version.Effective.From == day);
    }
}

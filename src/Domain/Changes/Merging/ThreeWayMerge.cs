using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Changes.Merging;

/// <summary>A value that two people changed differently from the same base.</summary>
/// <param name="Path">Where it is, as in <see cref="Difference"/>.</param>
/// <param name="Base">The value that both started from, as JSON; null for none.</param>
/// <param name="Mine">The value in the change request.</param>
/// <param name="Theirs">The value in the registry by now.</param>
public sealed record MergeConflict(ImmutableArray<string> Path, string? Base, string? Mine, string? Theirs)
{
    /// <summary>The path as one text.</summary>
    public string Key => string.Join('/', Path);
}

/// <summary>
/// The three-way merge of a change request, the document that it was made from, and the document in the registry by now. A value that one
/// side changed is taken from that side. A value that both changed differently is a conflict, which the author must decide.
/// </summary>
public sealed record ThreeWayMerge(PolicyDocument Merged, ImmutableArray<MergeConflict> Conflicts)
{
    /// <summary>Merges the three documents.</summary>
    /// <param name="from">Null when both sides recorded the document for the first time.</param>
    /// <param name="keepMine">Keys of conflicts in which the request's value is taken; in all others the registry's is.</param>
    public static ThreeWayMerge Create(PolicyDocument? from, PolicyDocument mine, PolicyDocument theirs, IReadOnlySet<string> keepMine)
    {
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(theirs);
        var conflicts = ImmutableArray.CreateBuilder<MergeConflict>();
        var original = from is null ? null : JsonNode.Parse(from.Body);
        // The lists of the city and of the chapters have items that are their own identity.
        var mergesLists = mine.Kind is DocumentKind.City or DocumentKind.Chapters;
        var merge = new Run(mergesLists, keepMine, conflicts);
        var merged = merge.Merge([], original, JsonNode.Parse(mine.Body), JsonNode.Parse(theirs.Body));
        var document = PolicyDocument.Read(mine.Kind, merged!.ToJsonString(Json.Options));
        return mine.Kind == DocumentKind.Instrument
            ? VersionMerge.Complete(document, from, mine, theirs, conflicts.ToImmutable(), keepMine)
            : new ThreeWayMerge(document, conflicts.ToImmutable());
    }

    /// <summary>
    /// Whether all three are objects, or lists whose items have the same member as their key. The original may be missing or empty: then
    /// both sides added all of it.
    /// </summary>
    private static bool HaveSameParts(JsonNode? from, JsonNode? mine, JsonNode? theirs) =>
        (from, mine, theirs) switch
        {
            (JsonObject or null, JsonObject, JsonObject) => true,
            (JsonArray or null, JsonArray second, JsonArray third) => KeyedParts.KeyOf(second) is { } key
                && KeyedParts.KeyOf(third) == key
                && (from is not JsonArray { Count: > 0 } first || KeyedParts.KeyOf(first) == key),
            _ => false,
        };

    private static string? ToText(JsonNode? node) => node?.ToJsonString(Json.Options);

    /// <summary>One merge, which collects its conflicts.</summary>
    private sealed record Run(bool MergesLists, IReadOnlySet<string> KeepMine, ImmutableArray<MergeConflict>.Builder Conflicts)
    {
        public JsonNode? Merge(ImmutableArray<string> path, JsonNode? from, JsonNode? mine, JsonNode? theirs)
        {
            if (JsonNode.DeepEquals(from, mine) || JsonNode.DeepEquals(mine, theirs))
                return theirs?.DeepClone();
            if (JsonNode.DeepEquals(from, theirs))
                return mine?.DeepClone();
            if (HaveSameParts(from, mine, theirs))
                return MergeParts(
                    path,
                    KeyedParts.Split(from) ?? KeyedParts.None,
                    KeyedParts.Split(mine)!,
                    KeyedParts.Split(theirs)!,
                    theirs is JsonObject
                );
            if (MergesLists && ListMerge.Merge(from, mine, theirs) is { } list)
                return list;
            var conflict = new MergeConflict(path, ToText(from), ToText(mine), ToText(theirs));
            Conflicts.Add(conflict);
            return (KeepMine.Contains(conflict.Key) ? mine : theirs)?.DeepClone();
        }

        private JsonNode MergeParts(ImmutableArray<string> path, KeyedParts from, KeyedParts mine, KeyedParts theirs, bool isObject)
        {
            var parts = theirs
                .Keys.Union(mine.Keys)
                .Select(key => (Key: key, Value: Merge(path.Add(key), from[key], mine[key], theirs[key])));
            // An object may have a member that is null; a null item of a list is one that a side removed.
            return isObject
                ? new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, part.Value)))
                : new JsonArray([.. parts.Select(part => part.Value).Where(item => item is not null)]);
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Changes;

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
    /// <param name="keepMine">Keys of conflicts in which the request's value is taken; in all others the registry's is.</param>
    public static ThreeWayMerge Create(PolicyDocument from, PolicyDocument mine, PolicyDocument theirs, IReadOnlySet<string> keepMine)
    {
        var conflicts = ImmutableArray.CreateBuilder<MergeConflict>();
        var merged = Merge([], JsonNode.Parse(from.Body), JsonNode.Parse(mine.Body), JsonNode.Parse(theirs.Body), keepMine, conflicts);
        return new ThreeWayMerge(PolicyDocument.Read(mine.Kind, merged!.ToJsonString(Json.Options)), conflicts.ToImmutable());
    }

    private static JsonNode? Merge(
        ImmutableArray<string> path,
        JsonNode? from,
        JsonNode? mine,
        JsonNode? theirs,
        IReadOnlySet<string> keepMine,
        ImmutableArray<MergeConflict>.Builder conflicts
    )
    {
        if (JsonNode.DeepEquals(from, mine) || JsonNode.DeepEquals(mine, theirs))
            return theirs?.DeepClone();
        if (JsonNode.DeepEquals(from, theirs))
            return mine?.DeepClone();
        if (HaveSameParts(from, mine, theirs))
            return MergeParts(
                path,
                KeyedParts.Split(from)!,
                KeyedParts.Split(mine)!,
                KeyedParts.Split(theirs)!,
                theirs is JsonObject,
                keepMine,
                conflicts
            );
        var conflict = new MergeConflict(path, ToText(from), ToText(mine), ToText(theirs));
        conflicts.Add(conflict);
        return (keepMine.Contains(conflict.Key) ? mine : theirs)?.DeepClone();
    }

    /// <summary>Whether all three are objects, or lists whose items have the same member as their key.</summary>
    private static bool HaveSameParts(JsonNode? from, JsonNode? mine, JsonNode? theirs) =>
        (from, mine, theirs) switch
        {
            (JsonObject, JsonObject, JsonObject) => true,
            (JsonArray first, JsonArray second, JsonArray third) => KeyedParts.KeyOf(first) is { } key
                && KeyedParts.KeyOf(second) == key
                && KeyedParts.KeyOf(third) == key,
            _ => false,
        };

    private static JsonNode MergeParts(
        ImmutableArray<string> path,
        KeyedParts from,
        KeyedParts mine,
        KeyedParts theirs,
        bool isObject,
        IReadOnlySet<string> keepMine,
        ImmutableArray<MergeConflict>.Builder conflicts
    )
    {
        var parts = theirs
            .Keys.Union(mine.Keys)
            .Select(key => (Key: key, Value: Merge(path.Add(key), from[key], mine[key], theirs[key], keepMine, conflicts)));
        // An object may have a member that is null; a null item of a list is one that a side removed.
        return isObject
            ? new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, part.Value)))
            : new JsonArray([.. parts.Select(part => part.Value).Where(item => item is not null)]);
    }

    private static string? ToText(JsonNode? node) => node?.ToJsonString(Json.Options);
}

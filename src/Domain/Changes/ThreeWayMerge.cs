using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>A value that two people changed differently since they started from the same.</summary>
/// <param name="Path">Where, as in <see cref="Difference"/>.</param>
/// <param name="Base">What both started from, as JSON; null for nothing.</param>
/// <param name="Mine">What the request says.</param>
/// <param name="Theirs">What the registry holds meanwhile.</param>
public sealed record MergeConflict(ImmutableArray<string> Path, string? Base, string? Mine, string? Theirs)
{
    /// <summary>The path in one text.</summary>
    public string Key => string.Join('/', Path);
}

/// <summary>
/// A request beside what it was made from and what the registry holds by now. What only one side changed is taken from that side; what both
/// changed differently is a clash, and somebody must choose.
/// </summary>
public sealed record ThreeWayMerge(PolicyDocument Merged, ImmutableArray<MergeConflict> Clashes)
{
    /// <summary>Brings the three together.</summary>
    /// <param name="keepMine">Keys of clashes in which the request's value is taken; in all others, what the registry holds.</param>
    public static ThreeWayMerge Create(PolicyDocument from, PolicyDocument mine, PolicyDocument theirs, IReadOnlySet<string> keepMine)
    {
        var clashes = ImmutableArray.CreateBuilder<MergeConflict>();
        var merged = Merge([], JsonNode.Parse(from.Body), JsonNode.Parse(mine.Body), JsonNode.Parse(theirs.Body), keepMine, clashes);
        return new ThreeWayMerge(PolicyDocument.Read(mine.Kind, merged!.ToJsonString(Json.Options)), clashes.ToImmutable());
    }

    private static JsonNode? Merge(
        ImmutableArray<string> path,
        JsonNode? from,
        JsonNode? mine,
        JsonNode? theirs,
        IReadOnlySet<string> keepMine,
        ImmutableArray<MergeConflict>.Builder clashes
    )
    {
        if (JsonNode.DeepEquals(from, mine) || JsonNode.DeepEquals(mine, theirs))
            return theirs?.DeepClone();
        if (JsonNode.DeepEquals(from, theirs))
            return mine?.DeepClone();
        if (
            from is JsonObject && mine is JsonObject && theirs is JsonObject
            || from is JsonArray a
                && mine is JsonArray b
                && theirs is JsonArray c
                && KeyedParts.KeyOf(a) is { } key
                && KeyedParts.KeyOf(b) == key
                && KeyedParts.KeyOf(c) == key
        )
            return Together(
                path,
                KeyedParts.Split(from)!,
                KeyedParts.Split(mine)!,
                KeyedParts.Split(theirs)!,
                theirs is JsonObject,
                keepMine,
                clashes
            );
        var clash = new MergeConflict(path, Text(from), Text(mine), Text(theirs));
        clashes.Add(clash);
        return (keepMine.Contains(clash.Key) ? mine : theirs)?.DeepClone();
    }

    private static JsonNode Together(
        ImmutableArray<string> path,
        KeyedParts from,
        KeyedParts mine,
        KeyedParts theirs,
        bool isObject,
        IReadOnlySet<string> keepMine,
        ImmutableArray<MergeConflict>.Builder clashes
    )
    {
        var parts = theirs
            .Keys.Union(mine.Keys)
            .Select(key => (Key: key, Value: Merge(path.Add(key), from[key], mine[key], theirs[key], keepMine, clashes)));
        // A member may be null and still be there; an item that one side took away is gone.
        return isObject
            ? new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, part.Value)))
            : new JsonArray([.. parts.Select(part => part.Value).Where(item => item is not null)]);
    }

    private static string? Text(JsonNode? node) => node?.ToJsonString(Json.Options);
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Policies;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>A value that two people changed differently since they started from the same.</summary>
/// <param name="Path">Where, as in <see cref="Difference"/>.</param>
/// <param name="Base">What both started from, as JSON; null for nothing.</param>
/// <param name="Mine">What the request says.</param>
/// <param name="Theirs">What the registry holds meanwhile.</param>
public sealed record Clash(ImmutableArray<string> Path, string? Base, string? Mine, string? Theirs)
{
    /// <summary>The path in one text.</summary>
    public string Key => string.Join('/', Path);
}

/// <summary>
/// A request beside what it was made from and what the registry holds by now. What only one side changed is taken from that side; what both
/// changed differently is a clash, and somebody must choose.
/// </summary>
public sealed record ThreeWay(PolicyDocument Merged, ImmutableArray<Clash> Clashes)
{
    /// <summary>Brings the three together.</summary>
    /// <param name="keepMine">Keys of clashes in which the request's value is taken; in all others, what the registry holds.</param>
    public static ThreeWay Of(PolicyDocument from, PolicyDocument mine, PolicyDocument theirs, IReadOnlySet<string> keepMine)
    {
        var clashes = ImmutableArray.CreateBuilder<Clash>();
        var merged = Merge([], JsonNode.Parse(from.Body), JsonNode.Parse(mine.Body), JsonNode.Parse(theirs.Body), keepMine, clashes);
        return new ThreeWay(PolicyDocument.Read(mine.Kind, merged!.ToJsonString(Json.Options)), clashes.ToImmutable());
    }

    private static JsonNode? Merge(
        ImmutableArray<string> path, JsonNode? from, JsonNode? mine, JsonNode? theirs, IReadOnlySet<string> keepMine, ImmutableArray<Clash>.Builder clashes)
    {
        if (JsonNode.DeepEquals(from, mine) || JsonNode.DeepEquals(mine, theirs))
            return theirs?.DeepClone();
        if (JsonNode.DeepEquals(from, theirs))
            return mine?.DeepClone();
        if (from is JsonObject && mine is JsonObject && theirs is JsonObject
            || from is JsonArray a && mine is JsonArray b && theirs is JsonArray c && Parts.KeyOf(a) is { } key && Parts.KeyOf(b) == key && Parts.KeyOf(c) == key)
            return Together(path, Parts.Of(from)!, Parts.Of(mine)!, Parts.Of(theirs)!, theirs is JsonObject, keepMine, clashes);
        var clash = new Clash(path, Text(from), Text(mine), Text(theirs));
        clashes.Add(clash);
        return (keepMine.Contains(clash.Key) ? mine : theirs)?.DeepClone();
    }

    private static JsonNode Together(
        ImmutableArray<string> path, Parts from, Parts mine, Parts theirs, bool isObject, IReadOnlySet<string> keepMine, ImmutableArray<Clash>.Builder clashes)
    {
        var parts = theirs.Keys.Union(mine.Keys).Select(key => (Key: key, Value: Merge(path.Add(key), from[key], mine[key], theirs[key], keepMine, clashes)));
        // A member may be null and still be there; an item that one side took away is gone.
        return isObject
            ? new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, part.Value)))
            : new JsonArray([.. parts.Select(part => part.Value).Where(item => item is not null)]);
    }

    private static string? Text(JsonNode? node) => node?.ToJsonString(Json.Options);
}

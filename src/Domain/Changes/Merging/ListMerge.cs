using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace SurveillanceRegistry.Domain.Changes.Merging;

/// <summary>
/// The merge of lists whose items are their own identity, such as chapters, languages and subjects out of scope: the additions and removals
/// of both sides are kept. Rules of law have such lists too; there, two changes of one list are a conflict, because an item can be a
/// rewritten one.
/// </summary>
public static class ListMerge
{
    /// <summary>The member that is the key of an item with members.</summary>
    private const string Name = "name";

    /// <summary>
    /// Merges three lists, in the order of <paramref name="theirs"/>; null when a side did more than to add and remove whole items, or when
    /// both took away and added: an item may be a rewritten one then, and its author decides.
    /// </summary>
    public static JsonArray? Merge(JsonNode? from, JsonNode? mine, JsonNode? theirs)
    {
        if (from is not JsonArray original || mine is not JsonArray one || theirs is not JsonArray other)
            return null;
        if (Keys(original) is not { } old || Keys(one) is not { } proposed || Keys(other) is not { } recorded)
            return null;
        if (!OnlyAddsAndRemoves(old, proposed) || !OnlyAddsAndRemoves(old, recorded))
            return null;
        var (added, removed) = (Without(proposed, old), Without(old, proposed));
        var (theirAdded, theirRemoved) = (Without(recorded, old), Without(old, recorded));
        var isRewritten = removed.Count > 0 && added.Count > 0 && theirRemoved.Count > 0 && theirAdded.Count > 0;
        if (isRewritten || added.Any(item => theirAdded.TryGetValue(item.Key, out var same) && !JsonNode.DeepEquals(item.Value, same)))
            return null;
        var kept = recorded.Where(item => !removed.ContainsKey(item.Key)).Concat(added.Where(item => !theirAdded.ContainsKey(item.Key)));
        return new JsonArray([.. kept.Select(item => item.Value?.DeepClone())]);
    }

    /// <summary>The items by key in their order; null when an item has no key, or two have the same.</summary>
    private static OrderedDictionary<string, JsonNode?>? Keys(JsonArray items)
    {
        var keys = new OrderedDictionary<string, JsonNode?>();
        foreach (var item in items)
        {
            var key = item is JsonObject members ? members[Name] as JsonValue : item as JsonValue;
            if (key is null || !keys.TryAdd(key.ToString(), item))
                return null;
        }

        return keys;
    }

    private static bool OnlyAddsAndRemoves(OrderedDictionary<string, JsonNode?> from, OrderedDictionary<string, JsonNode?> to)
    {
        string[] common = [.. to.Keys.Where(from.ContainsKey)];
        return common.SequenceEqual(from.Keys.Where(to.ContainsKey)) && common.All(key => JsonNode.DeepEquals(from[key], to[key]));
    }

    private static ImmutableDictionary<string, JsonNode?> Without(
        OrderedDictionary<string, JsonNode?> items,
        OrderedDictionary<string, JsonNode?> others
    ) => items.Where(item => !others.ContainsKey(item.Key)).ToImmutableDictionary();
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>One value that differs between two documents.</summary>
/// <param name="Path">Where: names of members, and keys of the items of lists, e.g. <c>versions</c>, <c>2</c>, <c>rules</c>, <c>alpr</c>,
/// <c>retention</c>.</param>
/// <param name="Before">The value before, as JSON; null when there was none.</param>
/// <param name="After">The value after, as JSON; null when there is none.</param>
public sealed record Difference(ImmutableArray<string> Path, string? Before, string? After)
{
    /// <summary>The path in one text, e.g. <c>versions/2/rules/alpr/retention</c>.</summary>
    public string Key => string.Join('/', Path);

    /// <summary>
    /// Everything that differs between two documents of a kind, in the order of the document; nothing when they say the same.
    /// </summary>
    /// <param name="before">Null for a document that did not exist.</param>
    public static ImmutableArray<Difference> Between(PolicyDocument? before, PolicyDocument after)
    {
        var found = ImmutableArray.CreateBuilder<Difference>();
        if (before is null)
            found.Add(new Difference([], null, after.Body));
        else if (before.Body != after.Body)
            Compare([], JsonNode.Parse(before.Body), JsonNode.Parse(after.Body), found);
        return found.ToImmutable();
    }

    private static void Compare(ImmutableArray<string> path, JsonNode? before, JsonNode? after, ImmutableArray<Difference>.Builder found)
    {
        if (JsonNode.DeepEquals(before, after))
            return;
        if (KeyedParts.Split(before) is { } mine && KeyedParts.Split(after) is { } theirs)
        {
            foreach (var key in mine.Keys.Union(theirs.Keys))
                Compare(path.Add(key), mine[key], theirs[key], found);
        }
        else
        {
            found.Add(new Difference(path, before?.ToJsonString(Json.Options), after?.ToJsonString(Json.Options)));
        }
    }
}

/// <summary>The named parts of a value: the members of an object, or the items of a list that have a key of their own.</summary>
internal sealed class KeyedParts
{
    /// <summary>The members by which items of lists are told apart.</summary>
    private static readonly string[] Names = ["number", "technology", "id"];

    private readonly ImmutableArray<KeyValuePair<string, JsonNode?>> _parts;

    private KeyedParts(ImmutableArray<KeyValuePair<string, JsonNode?>> parts) => _parts = parts;

    public IEnumerable<string> Keys => _parts.Select(part => part.Key);

    public JsonNode? this[string key] => _parts.FirstOrDefault(part => part.Key == key).Value;

    /// <summary>The parts of a value; null for one that is compared as a whole.</summary>
    public static KeyedParts? Split(JsonNode? value) =>
        value switch
        {
            JsonObject members => new KeyedParts([.. members]),
            JsonArray items when KeyOf(items) is { } name => new KeyedParts([
                .. items.Select(item => KeyValuePair.Create(item![name]!.ToString(), (JsonNode?)item)),
            ]),
            _ => null,
        };

    /// <summary>The member that names every item of a list, each differently; null when there is none.</summary>
    public static string? KeyOf(JsonArray items) =>
        items.Count == 0
            ? null
            : Names.FirstOrDefault(name =>
                items.All(item => item is JsonObject members && members[name] is JsonValue)
                && items.Select(item => item![name]!.ToString()).Distinct().Count() == items.Count
            );
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>The parts of a JSON value by key: the members of an object, or the items of a list when each has a key of its own.</summary>
internal sealed class KeyedParts
{
    /// <summary>
    /// The members that can be the key of a list item. The number of a version comes last: it changes when an earlier text is recorded.
    /// </summary>
    private static readonly string[] KeyMembers = ["technology", "id", "number"];

    private readonly ImmutableArray<KeyValuePair<string, JsonNode?>> _parts;

    private KeyedParts(ImmutableArray<KeyValuePair<string, JsonNode?>> parts) => _parts = parts;

    /// <summary>No parts: those of a value that does not exist.</summary>
    public static KeyedParts None { get; } = new([]);

    public IEnumerable<string> Keys => _parts.Select(part => part.Key);

    public JsonNode? this[string key] => _parts.FirstOrDefault(part => part.Key == key).Value;

    /// <summary>The parts of a value; null for a value that is compared as a whole.</summary>
    public static KeyedParts? Split(JsonNode? value) =>
        value switch
        {
            JsonObject members => new KeyedParts([.. members]),
            JsonArray items when KeyOf(items) is { } key => new KeyedParts([
                .. items.Select(item => KeyValuePair.Create(item![key]!.ToString(), (JsonNode?)item)),
            ]),
            _ => null,
        };

    /// <summary>The member with a different value in every item of a list; null when there is none.</summary>
    public static string? KeyOf(JsonArray items) =>
        items.Count == 0
            ? null
            : KeyMembers.FirstOrDefault(key =>
                items.All(item => item is JsonObject members && members[key] is JsonValue value && value.ToString().Length > 0)
                && items.Select(item => item![key]!.ToString()).Distinct().Count() == items.Count
            );
}

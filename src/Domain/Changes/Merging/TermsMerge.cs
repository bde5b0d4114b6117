using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes.Merging;

/// <summary>
/// The merge of the rules of two texts for one technology, term by term: a term that one side changed is taken from that side. Retention
/// periods are merged by bound and data, required notices by duty.
/// </summary>
public sealed record TermsMerge(Rule Merged, ImmutableArray<MergeConflict> Conflicts)
{
    /// <summary>Merges the terms.</summary>
    /// <param name="from">The rule that both were made from; null for none.</param>
    /// <param name="keepsMine">Whether mine is taken in a conflict; else theirs is.</param>
    /// <param name="at">Where the rule is in its document.</param>
    public static TermsMerge Create(
        Rule? from,
        Rule mine,
        Rule theirs,
        Predicate<MergeConflict> keepsMine,
        ImmutableArray<string> at = default
    )
    {
        var run = new Run(keepsMine, ImmutableArray.CreateBuilder<MergeConflict>());
        var merged = run.Merge(at.IsDefault ? [] : at, Node(from), Node(mine), Node(theirs));
        return new TermsMerge(merged.Deserialize<Rule>(Json.Options)!, run.Conflicts.ToImmutable());
    }

    private static JsonNode? Node(Rule? rule) => JsonSerializer.SerializeToNode(rule, Json.Options);

    private static string? ToText(JsonNode? node) => node?.ToJsonString(Json.Options);

    /// <summary>The rows of a list by what they are about; null for a list without such rows, or with two about the same.</summary>
    private static OrderedDictionary<string, JsonNode>? Rows(ImmutableArray<string> path, JsonNode? list)
    {
        var rows = new OrderedDictionary<string, JsonNode>(StringComparer.OrdinalIgnoreCase);
        if (path.IsEmpty || path[^1] is not ("retention" or "notice") || list is not (JsonArray or null))
            return null;
        foreach (var row in (list as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            if (!rows.TryAdd(path[^1] == "notice" ? $"{row["duty"]}" : $"{row["bound"]} {row["dataClass"]}", row))
                return null;
        }

        return rows;
    }

    /// <summary>One merge, which collects its conflicts.</summary>
    private sealed record Run(Predicate<MergeConflict> KeepsMine, ImmutableArray<MergeConflict>.Builder Conflicts)
    {
        public JsonNode? Merge(ImmutableArray<string> path, JsonNode? from, JsonNode? mine, JsonNode? theirs)
        {
            if (Unchanged(from, mine, theirs, out var taken))
                return taken;
            if (from is JsonObject or null && mine is JsonObject one && theirs is JsonObject other)
                return new JsonObject(
                    other
                        .Select(member => member.Key)
                        .Union(one.Select(member => member.Key))
                        .Select(key => KeyValuePair.Create(key, Merge(path.Add(key), from?[key], one[key], other[key])))
                );
            var conflict = new MergeConflict(path, ToText(from), ToText(mine), ToText(theirs));
            var keepsMine = KeepsMine(conflict);
            if (MergeRows(path, from, mine, theirs, keepsMine, out var isClash) is { } rows)
            {
                if (isClash)
                    Conflicts.Add(conflict);
                return rows;
            }

            Conflicts.Add(conflict);
            return (keepsMine ? mine : theirs)?.DeepClone();
        }

        private static bool Unchanged(JsonNode? from, JsonNode? mine, JsonNode? theirs, out JsonNode? taken)
        {
            var isMine = JsonNode.DeepEquals(from, theirs);
            taken = (isMine ? mine : theirs)?.DeepClone();
            return isMine || JsonNode.DeepEquals(from, mine) || JsonNode.DeepEquals(mine, theirs);
        }

        /// <summary>The rows of both sides; null when they have nothing to be told apart by.</summary>
        private static JsonArray? MergeRows(
            ImmutableArray<string> path,
            JsonNode? from,
            JsonNode? mine,
            JsonNode? theirs,
            bool keepsMine,
            out bool isClash
        )
        {
            isClash = false;
            if (Rows(path, from) is not { } old || Rows(path, mine) is not { } ours || Rows(path, theirs) is not { } others)
                return null;
            var merged = new JsonArray();
            foreach (var key in others.Keys.Union(ours.Keys, StringComparer.OrdinalIgnoreCase))
            {
                var (one, other) = (ours.GetValueOrDefault(key), others.GetValueOrDefault(key));
                if (!Unchanged(old.GetValueOrDefault(key), one, other, out var row))
                {
                    isClash = true;
                    row = (keepsMine ? one : other)?.DeepClone();
                }

                if (row is not null)
                    merged.Add(row);
            }

            return merged;
        }
    }
}

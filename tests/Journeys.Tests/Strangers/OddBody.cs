using System.Text.Json.Nodes;

namespace SurveillanceRegistry.Journeys.Tests.Strangers;

/// <summary>A JSON body in which one value is odd. Compiled into each project that sends such bodies.</summary>
internal static class OddBody
{
    /// <summary>The paths of all members and elements of a body, e.g. <c>$.rows[0].values</c>.</summary>
    public static IEnumerable<string> MembersOf(JsonNode body) =>
        body switch
        {
            JsonObject members => members
                .Select(member => member.Value)
                .OfType<JsonNode>()
                .SelectMany(child => MembersOf(child).Prepend(child.GetPath())),
            JsonArray elements => elements.OfType<JsonNode>().SelectMany(child => MembersOf(child).Prepend(child.GetPath())),
            _ => [],
        };

    /// <summary>The body with one value replaced by text that need not be JSON that a serializer would write.</summary>
    public static string With(JsonNode body, string member, string odd)
    {
        const string Mark = "the odd value stands here";
        Find(body, member).ReplaceWith(Mark);
        return body.ToJsonString().Replace($"\"{Mark}\"", odd, StringComparison.Ordinal);
    }

    public static JsonNode Find(JsonNode node, string path) =>
        node.GetPath() == path
            ? node
            : (node is JsonObject members ? members.Select(member => member.Value) : ((JsonArray)node).AsEnumerable())
                .OfType<JsonNode>()
                .Where(child => path.StartsWith(child.GetPath(), StringComparison.Ordinal))
                .Where(child => child.GetPath() == path || child is JsonObject or JsonArray)
                .Select(child => Find(child, path))
                .First();
}

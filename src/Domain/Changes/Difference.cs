using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>One value that differs between two documents.</summary>
/// <param name="Path">Names of members and keys of list items, e.g. <c>versions</c>, <c>2</c>, <c>rules</c>, <c>alpr</c>,
/// <c>retention</c>.</param>
/// <param name="Before">The value before, as JSON; null when there was none.</param>
/// <param name="After">The value after, as JSON; null when there is none.</param>
public sealed record Difference(ImmutableArray<string> Path, string? Before, string? After)
{
    /// <summary>The path as one text, e.g. <c>versions/2/rules/alpr/retention</c>.</summary>
    public string Key => string.Join('/', Path);

    /// <summary>
    /// The path with the number of a version in place of its identity, as older versions of the registry published it.
    /// </summary>
    /// <param name="before">Null for a document that did not exist.</param>
    public ImmutableArray<string> NumberedPath(PolicyDocument? before, PolicyDocument after)
    {
        ArgumentNullException.ThrowIfNull(after);
        if (after.Kind != DocumentKind.Instrument || Path is not ["versions", var id, ..])
            return Path;
        var versions = new[] { after, before }.OfType<PolicyDocument>().SelectMany(document => document.Value<Instrument>().Versions);
        return versions.FirstOrDefault(version => version.Id == id) is { } version
            ? Path.SetItem(1, version.Number.ToString(CultureInfo.InvariantCulture))
            : Path;
    }

    /// <summary>
    /// Every difference between two documents of a kind, in the order of the document; empty when they are equal.
    /// </summary>
    /// <param name="before">Null for a document that did not exist.</param>
    public static ImmutableArray<Difference> Between(PolicyDocument? before, PolicyDocument after)
    {
        var differences = ImmutableArray.CreateBuilder<Difference>();
        if (before is null)
            differences.Add(new Difference([], null, after.Body));
        else if (before.Body != after.Body)
            Compare([], JsonNode.Parse(before.Body), JsonNode.Parse(after.Body), differences);
        return differences.ToImmutable();
    }

    /// <summary>Every difference between two values of one type, with paths that begin at the value.</summary>
    internal static ImmutableArray<Difference> BetweenValues<T>(T before, T after)
    {
        var differences = ImmutableArray.CreateBuilder<Difference>();
        Compare([], JsonSerializer.SerializeToNode(before, Json.Options), JsonSerializer.SerializeToNode(after, Json.Options), differences);
        return differences.ToImmutable();
    }

    private static void Compare(
        ImmutableArray<string> path,
        JsonNode? before,
        JsonNode? after,
        ImmutableArray<Difference>.Builder differences
    )
    {
        if (JsonNode.DeepEquals(before, after))
            return;
        if (KeyedParts.Split(before) is { } oldParts && KeyedParts.Split(after) is { } newParts)
        {
            foreach (var key in oldParts.Keys.Union(newParts.Keys))
                Compare(path.Add(key), oldParts[key], newParts[key], differences);
        }
        else
        {
            differences.Add(new Difference(path, before?.ToJsonString(Json.Options), after?.ToJsonString(Json.Options)));
        }
    }
}

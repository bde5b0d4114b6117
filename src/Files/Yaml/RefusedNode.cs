using System.Globalization;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>Finds the node of a file of one document that a refusal of the document is about.</summary>
internal static class RefusedNode
{
    private const string Version = "version ";

    /// <summary>The node: the value that the refusal quotes, else the member that it names, else the nearest that the file has.</summary>
    /// <param name="root">The tree of the file; null when it has none.</param>
    public static YamlNode? Find(YamlNode? root, Refusal refusal)
    {
        if (root is null)
            return null;
        var node = (refusal.Where?.Split(" / ").Skip(1) ?? []).Aggregate(root, (current, part) => Part(current, part) ?? current);
        return Scalars(node)
                .FirstOrDefault(text => text.Text.Length > 0 && refusal.Sentence.Contains($"'{text.Text}'", StringComparison.Ordinal))
            ?? node;
    }

    private static YamlNode? Part(YamlNode node, string part)
    {
        if (node is not YamlMap map)
            return null;
        if (part.StartsWith(Version, StringComparison.Ordinal))
            return int.TryParse(part[Version.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (map["versions"] as YamlList)?.Items.ElementAtOrDefault(number - 1)
                : null;
        return map[KeyOf(part)] ?? (map["governs"] as YamlMap)?[part];
    }

    /// <summary>A member of a document as files call it: <c>data_class</c> for <c>dataClass</c>.</summary>
    private static string KeyOf(string member) =>
        member == "rules"
            ? "governs"
            : string.Concat(member.Select(letter => char.IsAsciiLetterUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{letter}"));

    private static IEnumerable<YamlText> Scalars(YamlNode node) =>
        node switch
        {
            YamlText text => [text],
            YamlList list => list.Items.SelectMany(Scalars),
            YamlMap map => map.Entries.SelectMany(entry => Scalars(entry.Value)),
            _ => [],
        };
}

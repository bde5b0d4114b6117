using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files;

/// <summary><c>chapters.yaml</c>: the chapters that exist. Every citation in the policy files must be of one of them.</summary>
internal sealed class KnownChapters
{
    private static readonly Form<string> Chapter = Form.Scalar("a chapter such as 14.18",
        (string text, out string value) => Citation.FindIn("SMC " + (value = text)).Concat(Citation.FindIn("SPD Manual " + text)).Any(read => read.Chapter == text));

    private static readonly Form<ImmutableSortedDictionary<string, ImmutableArray<string>>> Whole = Form.Keys("chapters", keys =>
        keys.Required("chapters", Form.Keys("the chapters of each code", codes =>
        {
            var all = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
            foreach (var code in (string[])[Citation.Manual, "SMC", "RCW"])
            {
                all[code] = codes.Required(code, Form.ListOf(Chapter, least: 1));
                codes.EachOnce(code);
            }

            return all.ToImmutable();
        })));

    private readonly ImmutableSortedDictionary<string, ImmutableArray<string>> _chapters;

    private KnownChapters(ImmutableSortedDictionary<string, ImmutableArray<string>> chapters) => _chapters = chapters;

    /// <summary>The chapters, or null when the file could not be read.</summary>
    public static KnownChapters? Read(YamlFile file) =>
        file.Root is { } root && Whole.Read(root, file) is { } chapters && file.Problems.Count == 0 ? new KnownChapters(chapters) : null;

    /// <summary>Whether a citation names a known chapter; one that names no code, a chapter of any code.</summary>
    public bool Knows(Citation citation) => _chapters.Any(code => (citation.Code ?? code.Key) == code.Key && code.Value.Contains(citation.Chapter));

    /// <summary>Reports every citation, in any text of a file, that names no known chapter.</summary>
    public void Check(YamlFile file)
    {
        if (file.Root is { } root)
            Check(root, file);
    }

    private void Check(YamlNode node, YamlFile file)
    {
        switch (node)
        {
            case YamlText text:
                foreach (var citation in Citation.FindIn(text.Text).Where(citation => !Knows(citation)))
                    file.Add(text, $"the citation {YamlNode.Quote(citation.Original)}", "a chapter of chapters.yaml: " + Listed(citation.Code));
                break;
            case YamlList list:
                foreach (var item in list.Items)
                    Check(item, file);
                break;
            case YamlMap map:
                foreach (var (_, value) in map.Entries.Where(entry => entry.Key.Text != "url"))
                    Check(value, file);
                break;
        }
    }

    private string Listed(string? code) => string.Join("; ", _chapters.Where(known => code is null ? known.Key != Citation.Manual : known.Key == code)
        .Select(known => known.Key + " " + string.Join(", ", known.Value)));
}

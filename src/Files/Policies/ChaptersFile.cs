using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary><c>chapters.yaml</c>: the chapters that exist. Every citation in the policy files must be of one of them.</summary>
internal static class ChaptersFile
{
    private static readonly FieldSchema<string> Chapter = FieldSchema.Scalar(
        "a chapter such as 14.18",
        (string text, out string value) => IsChapter(Citation.MunicipalCode, value = text) || IsChapter(Citation.Manual, text)
    );

    private static readonly FieldSchema<ImmutableSortedDictionary<string, ImmutableArray<string>>> Whole = FieldSchema.Keys(
        "chapters",
        keys =>
            keys.Required(
                "chapters",
                FieldSchema.Keys(
                    "the chapters of each code",
                    codes =>
                    {
                        var all = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
                        foreach (var code in (string[])[Citation.Manual, Citation.MunicipalCode, Citation.StateCode])
                        {
                            all[code] = codes.Required(code, FieldSchema.ListOf(Chapter, least: 1));
                            codes.EachOnce(code);
                        }

                        return all.ToImmutable();
                    }
                )
            )
    );

    /// <summary>The chapters, or null when the file could not be read.</summary>
    public static KnownChapters? Read(YamlFile file) =>
        file.Root is { } root && Whole.Read(root, file) is { } chapters && file.Problems.Count == 0 ? new KnownChapters(chapters) : null;

    /// <summary>Reports every citation, in any text of a file, that names no known chapter.</summary>
    public static void Check(KnownChapters chapters, YamlFile file)
    {
        if (file.Root is { } root)
            Check(chapters, root, file);
    }

    private static void Check(KnownChapters chapters, YamlNode node, YamlFile file)
    {
        switch (node)
        {
            case YamlText text:
                foreach (var citation in Citation.FindIn(text.Text, chapters).Where(citation => !chapters.Knows(citation)))
                    file.Add(
                        text,
                        $"the citation {YamlNode.Quote(citation.Original)}",
                        "a chapter of chapters.yaml: " + chapters.SuggestNearest(citation)
                    );
                break;
            case YamlList list:
                foreach (var item in list.Items)
                    Check(chapters, item, file);
                break;
            case YamlMap map:
                foreach (var (_, value) in map.Entries.Where(entry => entry.Key.Text != "url"))
                    Check(chapters, value, file);
                break;
        }
    }

    private static bool IsChapter(string code, string text) =>
        Citation.TryParse($"{code} {text}", out var read) && read.ChapterNumber == text;
}

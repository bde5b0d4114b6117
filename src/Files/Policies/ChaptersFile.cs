using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary><c>chapters.yaml</c>: the chapters that exist. Every citation in the policy files must name one of them.</summary>
internal static class ChaptersFile
{
    private static readonly FieldSchema<string> Chapter = FieldSchema.Scalar(
        "a chapter such as 14.18",
        (string text, out string value) => IsChapter(Citation.MunicipalCode, value = text) || IsChapter(Citation.Manual, text)
    );

    private static readonly FieldSchema<ImmutableSortedDictionary<string, ImmutableArray<string>>> Chapters = FieldSchema.Map(
        "chapters",
        keys =>
        {
            keys.OptionalValue("revision", RevisionKey.Number);
            return keys.Required("chapters", FieldSchema.Map("the chapters of each code", ReadCodes));
        }
    );

    /// <summary>Returns the chapters; null when the file could not be read.</summary>
    public static KnownChapters? Read(YamlFile file) =>
        file.Root is { } root && Chapters.Read(root, file) is { } chapters && file.Problems.Count == 0 ? new KnownChapters(chapters) : null;

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> ReadCodes(YamlKeys codes)
    {
        var chapters = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var code in (string[])[Citation.Manual, Citation.MunicipalCode, Citation.StateCode])
        {
            chapters[code] = codes.Required(code, FieldSchema.ListOf(Chapter, minItems: 1));
            codes.RequireDistinct(code);
        }

        return chapters.ToImmutable();
    }

    private static bool IsChapter(string code, string text) =>
        Citation.TryParse($"{code} {text}", out var citation) && citation.ChapterNumber == text;
}

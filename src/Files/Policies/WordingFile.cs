using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Notices.Texts;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>
/// A file under <c>notices/</c>: the texts of notices, pages and screens in one language. Every text must be there with each of its
/// placeholders: a sentence that omits what is captured would understate.
/// </summary>
/// <param name="technologies">The ids of <c>technologies.yaml</c>; null when that file could not be read.</param>
/// <param name="languages">The languages of <c>city.yaml</c>; null when that file could not be read.</param>
internal sealed class WordingFile(IReadOnlyCollection<string>? technologies, IReadOnlyCollection<string>? languages)
{
    private static readonly FieldSchema<string> Direction = FieldSchema.Scalar(
        "ltr or rtl",
        (string text, out string value) => (value = text) is "ltr" or "rtl"
    );

    public Wording? Read(YamlFile file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var schema = FieldSchema.Map("the texts of notices, pages and screens in one language", keys => ReadKeys(keys, name));
        return file.Root is { } root ? schema.Read(root, file) : null;
    }

    private Wording ReadKeys(YamlKeys keys, string fileName)
    {
        keys.OptionalValue("revision", RevisionKey.Number);
        var wording = new Wording(
            keys.Required("language", FieldSchema.Known("a language of city.yaml", languages)),
            keys.Required("direction", Direction),
            keys.Required("reviewed", FieldSchema.Flag),
            keys.Required("texts", FieldSchema.Map("a sentence for each key", ReadTexts)) ?? ImmutableSortedDictionary<string, string>.Empty
        );
        if (wording.Language is not null && wording.Language != fileName)
            keys.Report("language", YamlNode.Quote(wording.Language), $"'{fileName}', as the file is named");
        return wording;
    }

    private ImmutableSortedDictionary<string, string> ReadTexts(YamlKeys keys)
    {
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in keys.All())
            texts[key.Text] = ReadText(key, value, keys.File);
        foreach (var (key, placeholders) in WordingKeys.Required.Where(required => !texts.ContainsKey(required.Key)))
            keys.Report(
                $"no '{key}'",
                placeholders.IsEmpty ? $"'{key}': a text" : $"'{key}': a sentence with {TextCheck.InBraces(placeholders)}"
            );
        return texts.ToImmutable();
    }

    /// <summary>Reads the text of a key; returns an empty text for an unknown key and for a text that cannot be read.</summary>
    private string ReadText(YamlText key, YamlNode value, YamlFile file)
    {
        if (!TextCheck.IsKnown(key.Text, technologies))
        {
            file.Report(key, $"the unknown key {YamlNode.Quote(key.Text)}", TextCheck.ExpectedKey);
            return "";
        }

        var problems = file.Problems.Count;
        var text = (TextCheck.IsSeparator(key.Text) ? FieldSchema.Separator : FieldSchema.Text).Read(value, file);
        if (file.Problems.Count > problems)
            return "";
        foreach (var (found, expected) in TextCheck.Problems(key.Text, text))
            file.Report(value, found, expected);
        return text;
    }
}

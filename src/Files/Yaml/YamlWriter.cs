using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>
/// Writes one file as these files are written by hand: keys in one order, lists of words on one line, a text in quotes only where some
/// reader
/// of YAML would take it for something else. The same values make the same bytes.
/// </summary>
internal sealed partial class YamlWriter
{
    /// <summary>What ends a text, or begins another one, inside a list on one line.</summary>
    private static readonly SearchValues<char> InlineSigns = SearchValues.Create(",[]{}:");

    private readonly Emitter _emitter;

    private YamlWriter(TextWriter text) =>
        _emitter = new Emitter(
            text,
            new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024)
                .WithIndentedSequences()
                .WithNewLine("\n")
        );

    /// <summary>A whole file.</summary>
    /// <param name="schema">The schema by which editors complete words, as seen from the file.</param>
    /// <param name="keys">Writes the keys of the file.</param>
    public static string File(string schema, Action<YamlWriter> keys)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var yaml = new YamlWriter(text);
        yaml.Emit(new StreamStart());
        yaml.Emit(new DocumentStart(null, null, isImplicit: true));
        yaml.Keys(keys, MappingStyle.Block);
        yaml.Emit(new DocumentEnd(isImplicit: true));
        yaml.Emit(new StreamEnd());
        return $"# yaml-language-server: $schema={schema}\n\n{text}";
    }

    /// <summary>A key and what people wrote; nothing for null.</summary>
    public void Text(string key, string? value)
    {
        if (value is null)
            return;
        Key(key);
        Text(value, isInline: false);
    }

    /// <summary>A key and a word, number or date of these files, never in quotes; nothing for null.</summary>
    public void Word(string key, object? value)
    {
        if (value is null)
            return;
        Key(key);
        Plain(Convert.ToString(value, CultureInfo.InvariantCulture)!);
    }

    /// <summary>A key and a list on one line.</summary>
    public void Inline(string key, IEnumerable<string> items)
    {
        Key(key);
        Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Flow));
        foreach (var item in items)
            Text(item, isInline: true);
        Emit(new SequenceEnd());
    }

    /// <summary>A key and keys with words on one line.</summary>
    public void Inline(string key, Action<YamlWriter> words)
    {
        Key(key);
        Keys(words, MappingStyle.Flow);
    }

    /// <summary>A key and the keys under it.</summary>
    public void Under(string key, Action<YamlWriter> keys)
    {
        Key(key);
        Keys(keys, MappingStyle.Block);
    }

    /// <summary>A key and a list of texts, one on each line; nothing for an empty one.</summary>
    public void Each(string key, IReadOnlyCollection<string> items) => List(key, items, item => Text(item, isInline: false));

    /// <summary>A key and a list of keys with values; nothing for an empty one.</summary>
    public void Each<T>(string key, IReadOnlyCollection<T> items, Action<YamlWriter, T> keys) =>
        List(key, items, item => Keys(yaml => keys(yaml, item), MappingStyle.Block));

    private void List<T>(string key, IReadOnlyCollection<T> items, Action<T> write)
    {
        if (items.Count == 0)
            return;
        Key(key);
        Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        foreach (var item in items)
            write(item);
        Emit(new SequenceEnd());
    }

    private void Keys(Action<YamlWriter> keys, MappingStyle style)
    {
        Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
        keys(this);
        Emit(new MappingEnd());
    }

    private void Key(string key) => Text(key, isInline: false);

    private void Text(string text, bool isInline)
    {
        if (Plainly().IsMatch(text) && !Words().IsMatch(text) && !(isInline && text.AsSpan().IndexOfAny(InlineSigns) >= 0))
            Plain(text);
        else // What single quotes cannot hold, the emitter puts into double ones.
            Emit(
                new Scalar(
                    AnchorName.Empty,
                    TagName.Empty,
                    text,
                    text.Contains('"', StringComparison.Ordinal) ? ScalarStyle.SingleQuoted : ScalarStyle.DoubleQuoted,
                    false,
                    true
                )
            );
    }

    private void Plain(string text) => Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.Plain, true, false));

    private void Emit(ParsingEvent next) => _emitter.Emit(next);

    /// <summary>Begins with a letter and holds nothing by which any version of YAML could see more in it than a text.</summary>
    [GeneratedRegex(@"^\p{L}(?:[\p{L}\p{Nd}\-_./(),;'&%$+=@""!?*\\]|:(?=[^ ])| (?=[^ #]))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plainly();

    /// <summary>What some reader would take for nothing, for true or for false.</summary>
    [GeneratedRegex(@"^(?:null|true|false|yes|no|on|off|y|n)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}

using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>
/// Writes one YAML file in the style of the hand-written ones: keys in a fixed order, lists of words on one line. A text is quoted only
/// where some YAML reader would take it for something else. The same values make the same bytes.
/// </summary>
internal sealed partial class YamlWriter
{
    /// <summary>Characters that have a meaning inside a flow collection.</summary>
    private static readonly SearchValues<char> FlowIndicators = SearchValues.Create(",[]{}:");

    private readonly Emitter _emitter;

    private YamlWriter(TextWriter text) =>
        _emitter = new Emitter(
            text,
            new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024)
                .WithIndentedSequences()
                .WithNewLine("\n")
        );

    /// <summary>Writes a whole file and returns its text.</summary>
    /// <param name="schema">The JSON Schema for editors, as a path relative to the file.</param>
    /// <param name="writeKeys">Writes the keys of the file.</param>
    public static string WriteFile(string schema, Action<YamlWriter> writeKeys)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var yaml = new YamlWriter(text);
        yaml.Emit(new StreamStart());
        yaml.Emit(new DocumentStart(null, null, isImplicit: true));
        yaml.EmitMap(writeKeys, MappingStyle.Block);
        yaml.Emit(new DocumentEnd(isImplicit: true));
        yaml.Emit(new StreamEnd());
        return $"# yaml-language-server: $schema={schema}\n\n{text}";
    }

    /// <summary>Writes a key and a free text; writes nothing for null.</summary>
    public void Text(string key, string? value)
    {
        if (value is null)
            return;
        EmitText(key, isInFlow: false);
        EmitText(value, isInFlow: false);
    }

    /// <summary>Writes a key and an enum word, number or date, never quoted; writes nothing for null.</summary>
    public void Plain(string key, object? value)
    {
        if (value is null)
            return;
        EmitText(key, isInFlow: false);
        EmitPlain(Convert.ToString(value, CultureInfo.InvariantCulture)!);
    }

    /// <summary>Writes a key and a list on one line.</summary>
    public void FlowList(string key, IEnumerable<string> items)
    {
        EmitText(key, isInFlow: false);
        Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Flow));
        foreach (var item in items)
            EmitText(item, isInFlow: true);
        Emit(new SequenceEnd());
    }

    /// <summary>Writes a key and a map on one line.</summary>
    public void FlowMap(string key, Action<YamlWriter> writeKeys)
    {
        EmitText(key, isInFlow: false);
        EmitMap(writeKeys, MappingStyle.Flow);
    }

    /// <summary>Writes a key and a map, one key on each line.</summary>
    public void Map(string key, Action<YamlWriter> writeKeys)
    {
        EmitText(key, isInFlow: false);
        EmitMap(writeKeys, MappingStyle.Block);
    }

    /// <summary>Writes a key and a list of texts, one on each line; writes nothing for an empty list.</summary>
    public void List(string key, IReadOnlyCollection<string> items) => EmitList(key, items, item => EmitText(item, isInFlow: false));

    /// <summary>Writes a key and a list of maps; writes nothing for an empty list.</summary>
    public void List<T>(string key, IReadOnlyCollection<T> items, Action<YamlWriter, T> writeKeys) =>
        EmitList(key, items, item => EmitMap(yaml => writeKeys(yaml, item), MappingStyle.Block));

    private void EmitList<T>(string key, IReadOnlyCollection<T> items, Action<T> emitItem)
    {
        if (items.Count == 0)
            return;
        EmitText(key, isInFlow: false);
        Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        foreach (var item in items)
            emitItem(item);
        Emit(new SequenceEnd());
    }

    private void EmitMap(Action<YamlWriter> writeKeys, MappingStyle style)
    {
        Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
        writeKeys(this);
        Emit(new MappingEnd());
    }

    private void EmitText(string text, bool isInFlow)
    {
        if (SafeText().IsMatch(text) && !ReservedWord().IsMatch(text) && !(isInFlow && text.AsSpan().IndexOfAny(FlowIndicators) >= 0))
        {
            EmitPlain(text);
            return;
        }

        // The emitter itself uses double quotes where single quotes cannot hold the text.
        var style = text.Contains('"', StringComparison.Ordinal) ? ScalarStyle.SingleQuoted : ScalarStyle.DoubleQuoted;
        Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: false, isQuotedImplicit: true));
    }

    private void EmitPlain(string text) =>
        Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));

    private void Emit(ParsingEvent parsingEvent) => _emitter.Emit(parsingEvent);

    /// <summary>A text that begins with a letter and that every version of YAML reads as a plain text.</summary>
    [GeneratedRegex(@"^\p{L}(?:[\p{L}\p{Nd}\-_./(),;'&%$+=@""!?*\\]|:(?=[^ ])| (?=[^ #]))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex SafeText();

    /// <summary>A word that some YAML reader takes for null, true or false.</summary>
    [GeneratedRegex(@"^(?:null|true|false|yes|no|on|off|y|n)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ReservedWord();
}

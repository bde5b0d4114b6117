using System.Collections.Immutable;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>A value in a file, and its position.</summary>
internal abstract record YamlNode(int Line, int Column)
{
    /// <summary>An error text repeats at most this many characters of a value.</summary>
    private const int MaxQuotedCharacters = 80;

    /// <summary>The value as an error text names it.</summary>
    public abstract string Found { get; }

    /// <summary>Quotes a value for an error text: short, on one line, without control characters that a terminal would obey.</summary>
    public static string Quote(string text)
    {
        var line = new string([.. text.Take(MaxQuotedCharacters).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        return text.Length > MaxQuotedCharacters ? $"'{line}…'" : $"'{line}'";
    }
}

/// <summary>A scalar. Its text is not interpreted until a schema reads it as a number, a date or a word.</summary>
/// <param name="IsPlain">True when the file has the text without quotes.</param>
internal sealed record YamlText(string Text, bool IsPlain, int Line, int Column) : YamlNode(Line, Column)
{
    public bool IsNull => IsPlain && Text is "" or "~" or "null";

    /// <summary>What error texts add to the value, e.g. <c>, which can mean two days</c>.</summary>
    public string Remark { get; init; } = "";

    public override string Found => IsNull ? "nothing" : Quote(Text) + Remark;
}

/// <summary>A list.</summary>
internal sealed record YamlList(ImmutableArray<YamlNode> Items, int Line, int Column) : YamlNode(Line, Column)
{
    public override string Found => Items.IsEmpty ? "an empty list" : "a list";
}

/// <summary>A map, in the order of the file.</summary>
internal sealed record YamlMap(ImmutableArray<(YamlText Key, YamlNode Value)> Entries, int Line, int Column) : YamlNode(Line, Column)
{
    public override string Found => "keys with values";

    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key).Value;
}

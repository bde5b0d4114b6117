using System.Collections.Immutable;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>A value in a file, and where it stands.</summary>
internal abstract record YamlNode(int Line, int Column)
{
    /// <summary>The most characters of a value that a problem repeats.</summary>
    private const int MaxCharactersQuoted = 80;

    /// <summary>What stands here, as a problem names it.</summary>
    public abstract string Found { get; }

    /// <summary>A value as a problem repeats it: short, on one line, without anything that a terminal would obey.</summary>
    public static string Quote(string text)
    {
        var line = new string([.. text.Take(MaxCharactersQuoted).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        return text.Length > MaxCharactersQuoted ? $"'{line}…'" : $"'{line}'";
    }
}

/// <summary>A text, number, date or word: all are texts until something asks for more.</summary>
internal sealed record YamlText(string Text, bool IsPlain, int Line, int Column) : YamlNode(Line, Column)
{
    public bool IsNothing => IsPlain && Text is "" or "~" or "null";

    public override string Found => IsNothing ? "nothing" : Quote(Text);
}

/// <summary>A list.</summary>
internal sealed record YamlList(ImmutableArray<YamlNode> Items, int Line, int Column) : YamlNode(Line, Column)
{
    public override string Found => Items.IsEmpty ? "an empty list" : "a list";
}

/// <summary>Keys with values.</summary>
internal sealed record YamlMap(ImmutableArray<(YamlText Key, YamlNode Value)> Entries, int Line, int Column) : YamlNode(Line, Column)
{
    public override string Found => "keys with values";

    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key).Value;
}

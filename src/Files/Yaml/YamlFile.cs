using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>A file that was read: the hash of its bytes, its tree if it has one, and the problems found so far.</summary>
internal sealed class YamlFile
{
    /// <summary>Lists and maps are nested at most this deep.</summary>
    public const int MaxDepth = 16;

    private YamlFile(string name, string sha256) => (Name, Sha256) = (name, sha256);

    /// <summary>The path or name under which the caller asked for the file.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the bytes, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>The whole tree; null when the file could not be read.</summary>
    public YamlNode? Root { get; private set; }

    public List<FileProblem> Problems { get; } = [];

    public void Report(YamlNode node, string found, string expected) => Report(node.Line, node.Column, found, expected);

    public void Report(int line, int column, string found, string expected) =>
        Problems.Add(new FileProblem(Name, line, column, found, expected));

    /// <summary>Returns a file without a tree that collects problems: for another format whose values the same schemas read.</summary>
    public static YamlFile CreateEmpty(string name) => new(name, "");

    /// <summary>Reads a file. Never throws for the file's content: every error becomes a problem.</summary>
    /// <param name="maxBytes">A larger file is not read.</param>
    public static YamlFile Read(string path, int maxBytes)
    {
        byte[] bytes;
        try
        {
            var length = new FileInfo(path).Length;
            if (length > maxBytes)
                return WithProblem(path, $"{length} bytes", $"at most {maxBytes} bytes");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return WithProblem(path, File.Exists(path) ? "a file that cannot be opened" : "no such file", "a readable file");
        }

        return Read(path, bytes, maxBytes);
    }

    /// <summary>Reads the bytes of a file.</summary>
    public static YamlFile Read(string name, byte[] bytes, int maxBytes)
    {
        var file = new YamlFile(name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        if (bytes.Length > maxBytes)
            file.Report(1, 1, $"{bytes.Length} bytes", $"at most {maxBytes} bytes");
        else if (file.Decode(bytes) is { } text)
            file.Root = file.BuildTree(new Parser(new StringReader(text)));
        return file;
    }

    private static YamlFile WithProblem(string path, string found, string expected)
    {
        var file = CreateEmpty(path);
        file.Report(1, 1, found, expected);
        return file;
    }

    /// <summary>
    /// Decodes UTF-8. Returns null, with a problem, for other bytes and for control characters: YamlDotNet would stop at a NUL and drop
    /// the rest of the file silently.
    /// </summary>
    private string? Decode(byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, _, ..] or [_, 0, ..])
        {
            Report(1, 1, "text in UTF-16", "UTF-8: save the file as 'UTF-8'");
            return null;
        }

        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException failure)
        {
            var before = bytes.AsSpan(0, Math.Clamp(failure.Index, 0, bytes.Length));
            Report(
                before.Count((byte)'\n') + 1,
                before.Length - before.LastIndexOf((byte)'\n'),
                "bytes that are not UTF-8",
                "a text file in UTF-8"
            );
            return null;
        }

        text = text.TrimStart('\uFEFF');
        var control = text.AsSpan().IndexOfAnyInRange('\0', '\b');
        if (control < 0)
            return text;
        var readable = text.AsSpan(0, control);
        Report(
            readable.Count('\n') + 1,
            control - readable.LastIndexOf('\n'),
            $"a control character (U+{(int)text[control]:X4})",
            "readable text"
        );
        return null;
    }

    /// <summary>Builds the tree without recursion. Returns null, with a problem, for YAML features that these files do not use.</summary>
    private YamlNode? BuildTree(Parser parser)
    {
        var open = new Stack<OpenCollection>();
        YamlNode? root = null;
        var documents = 0;
        while (ReadEvent(parser) is { } current)
        {
            var (line, column) = ((int)current.Start.Line, (int)current.Start.Column);
            YamlNode? node = null;
            switch (current)
            {
                case StreamEnd:
                    return root ?? ReportAndStop(1, 1, "an empty file", "keys with values");
                case DocumentStart when ++documents > 1:
                    return ReportAndStop(line, column, "a second document ('---')", "one document in a file");
                case AnchorAlias or NodeEvent { Anchor.IsEmpty: false } or NodeEvent { Tag.IsEmpty: false }:
                    return ReportAndStop(
                        line,
                        column,
                        "an anchor, an alias or a tag (&, * or !)",
                        "each value written out where it is meant; quote a text that begins so"
                    );
                case SequenceStart or MappingStart when open.Count == MaxDepth:
                    return ReportAndStop(line, column, $"more than {MaxDepth} levels", $"at most {MaxDepth} levels");
                case SequenceStart or MappingStart:
                    open.Push(new OpenCollection(current is MappingStart, line, column));
                    break;
                case Scalar scalar:
                    node = new YamlText(scalar.Value, scalar.Style == ScalarStyle.Plain, line, column);
                    break;
                case SequenceEnd or MappingEnd:
                    node = open.Pop().ToNode(this);
                    break;
            }

            if (node is not null && open.TryPeek(out var parent))
                parent.Nodes.Add(node);
            else if (node is not null)
                root = node;
        }

        return null;
    }

    /// <summary>Reads the next event. Returns null, with a problem, where the text is not YAML.</summary>
    private ParsingEvent? ReadEvent(Parser parser)
    {
        try
        {
            parser.MoveNext();
            return parser.Current;
        }
        catch (Exception failure)
        {
            // For text that is not YAML, YamlDotNet throws other exceptions than YamlException too. The text is always the cause.
            var position = failure is YamlException yaml ? yaml.Start : parser.Current?.End ?? Mark.Empty;
            Report(
                Math.Max(1, (int)position.Line),
                Math.Max(1, (int)position.Column),
                failure is YamlException ? YamlNode.Quote(failure.Message) : "text that is not YAML",
                "YAML: keys, colons, hyphens and quotes as in the files beside it"
            );
            return null;
        }
    }

    private YamlNode? ReportAndStop(int line, int column, string found, string expected)
    {
        Report(line, column, found, expected);
        return null;
    }

    /// <summary>A list or map whose end was not read yet.</summary>
    private sealed record OpenCollection(bool IsMap, int Line, int Column)
    {
        /// <summary>The items of a list; keys and values of a map, in turn.</summary>
        public List<YamlNode> Nodes { get; } = [];

        public YamlNode ToNode(YamlFile file)
        {
            if (!IsMap)
                return new YamlList([.. Nodes], Line, Column);
            var entries = ImmutableArray.CreateBuilder<(YamlText, YamlNode)>();
            var firstLine = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var pair in Nodes.Chunk(2))
            {
                if (pair.Length < 2) // The parser accepts some malformed maps.
                    file.Report(pair[0], pair[0].Found + " without a value", "YAML: a colon and a value after each key");
                else if (pair[0] is not YamlText key)
                    file.Report(pair[0], pair[0].Found + " as a key", "a word as a key");
                else if (!firstLine.TryAdd(key.Text, key.Line))
                    file.Report(key, $"the key {YamlNode.Quote(key.Text)} again (first on line {firstLine[key.Text]})", "each key once");
                else
                    entries.Add((key, pair[1]));
            }

            return new YamlMap(entries.ToImmutable(), Line, Column);
        }
    }
}

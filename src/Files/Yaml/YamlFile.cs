using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>A file as it was read: its bytes' hash, its tree when it has one, and the problems found so far.</summary>
internal sealed class YamlFile
{
    /// <summary>How deep lists and keys may stand in each other.</summary>
    public const int MaxDepth = 16;

    private YamlFile(string name, string sha256) => (Name, Sha256) = (name, sha256);

    /// <summary>The file, as the reader was asked for it.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of its bytes, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>The whole file; null when it could not be read.</summary>
    public YamlNode? Root { get; private set; }

    public List<FileProblem> Problems { get; } = [];

    public void Add(YamlNode at, string found, string expected) => Problems.Add(new FileProblem(Name, at.Line, at.Column, found, expected));

    /// <summary>A file whose values stand in something else than YAML and are read by the same forms.</summary>
    public static YamlFile Otherwise(string name) => new(name, "");

    /// <summary>Reads a file. Everything that can be wrong with it becomes a problem.</summary>
    /// <param name="mostBytes">The largest size that is read.</param>
    public static YamlFile Read(string path, int mostBytes)
    {
        byte[] bytes;
        try
        {
            var length = new FileInfo(path).Length;
            if (length > mostBytes)
                return Broken(path, $"{length} bytes", $"at most {mostBytes} bytes");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return Broken(path, File.Exists(path) ? "a file that cannot be opened" : "no such file", "a readable file");
        }

        return Read(path, bytes, mostBytes);
    }

    /// <summary>Reads a file's bytes.</summary>
    public static YamlFile Read(string name, byte[] bytes, int mostBytes)
    {
        var file = new YamlFile(name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        if (bytes.Length > mostBytes)
            file.Problems.Add(new FileProblem(name, 1, 1, $"{bytes.Length} bytes", $"at most {mostBytes} bytes"));
        else if (file.Decode(bytes) is { } text)
            file.Root = file.Tree(new Parser(new StringReader(text)));
        return file;
    }

    private static YamlFile Broken(string path, string found, string expected)
    {
        var file = new YamlFile(path, "");
        file.Problems.Add(new FileProblem(path, 1, 1, found, expected));
        return file;
    }

    /// <summary>The text, or null when it is not UTF-8 or holds what no editor shows: a reader would stop there unseen.</summary>
    private string? Decode(byte[] bytes)
    {
        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException failure)
        {
            var before = bytes.AsSpan(0, Math.Clamp(failure.Index, 0, bytes.Length));
            Problems.Add(
                new FileProblem(
                    Name,
                    before.Count((byte)'\n') + 1,
                    before.Length - before.LastIndexOf((byte)'\n'),
                    "bytes that are not UTF-8",
                    "a text file in UTF-8"
                )
            );
            return null;
        }

        text = text.TrimStart('\uFEFF');
        var hidden = text.AsSpan().IndexOfAnyInRange('\0', '\b');
        if (hidden < 0)
            return text;
        var shown = text.AsSpan(0, hidden);
        Problems.Add(
            new FileProblem(
                Name,
                shown.Count('\n') + 1,
                hidden - shown.LastIndexOf('\n'),
                $"a control character (U+{(int)text[hidden]:X4})",
                "readable text"
            )
        );
        return null;
    }

    /// <summary>The next event; null, with a problem, where the text is not YAML.</summary>
    private ParsingEvent? Next(Parser parser)
    {
        try
        {
            parser.MoveNext();
            return parser.Current;
        }
        catch (Exception failure)
        {
            // The scanner throws what it likes at text that is not YAML; whatever it is, the text is the cause.
            var at = failure is YamlException told ? told.Start : parser.Current?.End ?? Mark.Empty;
            Problems.Add(
                new FileProblem(
                    Name,
                    Math.Max(1, (int)at.Line),
                    Math.Max(1, (int)at.Column),
                    failure is YamlException ? YamlNode.Quote(failure.Message) : "text that is not YAML",
                    "YAML: keys, colons, hyphens and quotes as in the files beside it"
                )
            );
            return null;
        }
    }

    /// <summary>Builds the tree without recursion; null when something stands in it that these files have no use for.</summary>
    private YamlNode? Tree(Parser parser)
    {
        var open = new Stack<Branch>();
        YamlNode? root = null;
        var documents = 0;
        while (Next(parser) is { } here)
        {
            var (line, column) = ((int)here.Start.Line, (int)here.Start.Column);
            YamlNode? node = null;
            switch (here)
            {
                case StreamEnd:
                    return root ?? Refuse(1, 1, "an empty file", "keys with values");
                case DocumentStart when ++documents > 1:
                    return Refuse(line, column, "a second document ('---')", "one document in a file");
                case AnchorAlias or NodeEvent { Anchor.IsEmpty: false } or NodeEvent { Tag.IsEmpty: false }:
                    return Refuse(
                        line,
                        column,
                        "an anchor, an alias or a tag (&, * or !)",
                        "each value written out where it is meant; quote a text that begins so"
                    );
                case SequenceStart or MappingStart when open.Count == MaxDepth:
                    return Refuse(line, column, $"more than {MaxDepth} levels", $"at most {MaxDepth} levels");
                case SequenceStart or MappingStart:
                    open.Push(new Branch(here is MappingStart, line, column));
                    break;
                case Scalar scalar:
                    node = new YamlText(scalar.Value, scalar.Style == ScalarStyle.Plain, line, column);
                    break;
                case SequenceEnd or MappingEnd:
                    node = open.Pop().Close(this);
                    break;
            }

            if (node is not null && open.TryPeek(out var branch))
                branch.Nodes.Add(node);
            else if (node is not null)
                root = node;
        }

        return null;
    }

    private YamlNode? Refuse(int line, int column, string found, string expected)
    {
        Problems.Add(new FileProblem(Name, line, column, found, expected));
        return null;
    }

    /// <summary>A list or a map that is not closed yet.</summary>
    private sealed record Branch(bool IsMap, int Line, int Column)
    {
        public List<YamlNode> Nodes { get; } = [];

        public YamlNode Close(YamlFile file)
        {
            if (!IsMap)
                return new YamlList([.. Nodes], Line, Column);
            var entries = ImmutableArray.CreateBuilder<(YamlText, YamlNode)>();
            var first = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var pair in Nodes.Chunk(2))
            {
                if (pair.Length < 2) // The parser lets some malformed maps through.
                    file.Add(pair[0], pair[0].Found + " without a value", "YAML: a colon and a value after each key");
                else if (pair[0] is not YamlText key)
                    file.Add(pair[0], pair[0].Found + " as a key", "a word as a key");
                else if (!first.TryAdd(key.Text, key.Line))
                    file.Add(key, $"the key {YamlNode.Quote(key.Text)} again (first on line {first[key.Text]})", "each key once");
                else
                    entries.Add((key, pair[1]));
            }

            return new YamlMap(entries.ToImmutable(), Line, Column);
        }
    }
}

using System.IO.Compression;
using System.Xml;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>
/// The parts of a workbook that are read, each unpacked once, looked at, and packed again. The library gets what was packed again and
/// nothing else: it reads a part as often as a workbook names it, and finds parts by rules of its own.
/// </summary>
internal sealed class WorkbookPackage : IDisposable
{
    /// <summary>The most parts.</summary>
    public const int MaxParts = 2000;

    /// <summary>The most elements within one another.</summary>
    private const int MaxDepth = 64;

    private readonly ZipArchive _parts;
    private readonly MemoryStream _packed = new();
    private readonly ZipArchive _read;
    private readonly UnpackLimit _limit;

    public WorkbookPackage(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _parts = new ZipArchive(new MemoryStream(bytes.ToArray(), writable: false), ZipArchiveMode.Read);
        _read = new ZipArchive(_packed, ZipArchiveMode.Create, leaveOpen: true);
        _limit = new UnpackLimit(cancellationToken);
        if (_parts.Entries.Count > MaxParts)
            throw new UnreadableListException($"a file of {_parts.Entries.Count} parts", $"a workbook of at most {MaxParts}");
    }

    public bool HasMacros => _parts.Entries.Any(part => part.FullName.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase));

    public bool Has(string name) => Find(name) is not null;

    /// <summary>Calls back for each node of a part, and keeps the part for the library.</summary>
    /// <param name="packedAs">Its name for the library; null when the library does not get it.</param>
    public void Look(string name, string? packedAs, Action<XmlReader> node)
    {
        if (Find(name) is not { } part)
            return;
        using var content = part.Open();
        using var copy = packedAs is null ? Stream.Null : _read.CreateEntry(packedAs, CompressionLevel.Fastest).Open();
        using var stream = new PartStream(content, _limit, copy);
        using var xml = XmlReader.Create(
            stream,
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                NameTable = new FewNames(),
            }
        );
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.XmlDeclaration && xml.GetAttribute("encoding") is { } encoding && !IsUtf8(encoding))
                throw new UnreadableListException($"a workbook in {encoding}", "a workbook saved as .xlsx, in UTF-8");
            if (xml.Depth > MaxDepth)
                throw new UnreadableListException($"more than {MaxDepth} elements within one another", "a workbook saved as .xlsx");
            node(xml);
        }
    }

    /// <summary>Adds a part of the registry's own.</summary>
    public void Add(string name, string text)
    {
        using var part = new StreamWriter(_read.CreateEntry(name, CompressionLevel.Fastest).Open());
        part.Write(text);
    }

    /// <summary>Ends the packing. Returns the bytes for the library.</summary>
    public byte[] Pack()
    {
        _read.Dispose();
        return _packed.ToArray();
    }

    public void Dispose()
    {
        _read.Dispose();
        _parts.Dispose();
    }

    private static bool IsUtf8(string encoding) =>
        encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || encoding.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);

    private ZipArchiveEntry? Find(string name) =>
        _parts.Entries.FirstOrDefault(part => part.FullName.Replace('\\', '/').Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The names of elements and attributes: an XML reader holds each for as long as it reads.</summary>
    private sealed class FewNames : NameTable
    {
        private const int MaxCharacters = 256 * 1024;

        private int _left = MaxCharacters;

        public override string Add(char[] key, int start, int len) => Get(key, start, len) ?? Keep(base.Add(key, start, len));

        public override string Add(string key) => Get(key) ?? Keep(base.Add(key));

        private string Keep(string name) =>
            (_left -= name.Length + 1) < 0
                ? throw new UnreadableListException("too many names of elements and attributes", "a workbook saved as .xlsx")
                : name;
    }
}

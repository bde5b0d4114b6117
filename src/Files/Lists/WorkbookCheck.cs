using System.Xml;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>
/// Looks through the parts of a workbook that stand beside its sheets, before the library reads them: the library makes room for all that
/// they say.
/// </summary>
internal sealed class WorkbookCheck
{
    /// <summary>The most sheets of a workbook.</summary>
    public const int MaxSheets = 100;

    /// <summary>The most formats of cells; a spreadsheet program has this limit too.</summary>
    public const int MaxFormats = 65_536;

    /// <summary>The most texts that cells share.</summary>
    private const int MaxTexts = 2_000_000;

    private const int MaxFormatCode = 1000;

    private const string Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private readonly List<int> _lengths = [];
    private readonly List<(string Name, string Relation)> _sheets = [];
    private readonly Dictionary<string, string> _targets = new(StringComparer.Ordinal);
    private readonly TextCount _text = new();
    private int _formats;

    /// <summary>The names of the sheets, and of the relationship that says where each is.</summary>
    public IReadOnlyList<(string Name, string Relation)> Sheets => _sheets;

    /// <summary>Whether days are counted from 1904.</summary>
    public bool IsFrom1904 { get; private set; }

    /// <summary>How long each text is that cells share.</summary>
    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>The part that holds a sheet; null when the workbook does not say it.</summary>
    public string? PartOf(string relation) =>
        !_targets.TryGetValue(relation, out var target) ? null
        : target.StartsWith("/xl/", StringComparison.OrdinalIgnoreCase) ? target[1..]
        : "xl/" + target;

    /// <summary>Looks at a node of the workbook.</summary>
    public void LookAtWorkbook(XmlReader xml)
    {
        if (xml is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "workbookPr" })
            IsFrom1904 = xml.GetAttribute("date1904") == "1";
        if (xml is not { NodeType: XmlNodeType.Element, Depth: 2, LocalName: "sheet" })
            return;
        _sheets.Add((xml.GetAttribute("name") ?? "", xml.GetAttribute("id", Relationships) ?? ""));
        if (_sheets.Count > MaxSheets)
            throw new UnreadableListException($"a workbook of more than {MaxSheets} sheets", "the sheet of the list alone, or a CSV");
    }

    /// <summary>Looks at a node of the relationships of the workbook.</summary>
    public void LookAtRelationships(XmlReader xml)
    {
        if (
            xml is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "Relationship" }
            && xml.GetAttribute("Id") is { } id
            && xml.GetAttribute("Target") is { } target
            && _sheets.Any(sheet => sheet.Relation == id)
        )
            _targets[id] = target;
    }

    /// <summary>Looks at a node of the texts that cells share.</summary>
    public void LookAtTexts(XmlReader xml)
    {
        if (xml is { NodeType: XmlNodeType.Element, Depth: 1 })
            _text.Begin();
        _text.Add(xml, 0);
        if (xml is not { Depth: 1, LocalName: "si" } || xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement)
            return;
        _lengths.Add(_text.Length);
        if (_lengths.Count > MaxTexts)
            throw new UnreadableListException($"more than {MaxTexts} texts", "at most that many: split the list into several files");
    }

    /// <summary>Looks at a node of the formats of cells.</summary>
    public void LookAtFormats(XmlReader xml)
    {
        if (xml is not { NodeType: XmlNodeType.Element, LocalName: "xf" or "numFmt" })
            return;
        if (++_formats > MaxFormats)
            throw new UnreadableListException($"more than {MaxFormats} formats of cells", "the sheet of the list alone, as CSV");
        if (xml.GetAttribute("formatCode") is { Length: > MaxFormatCode } code)
            throw new UnreadableListException($"a format of {code.Length} characters", $"at most {MaxFormatCode}");
    }
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>Counts the characters of cells, of each and of all.</summary>
internal sealed class TextCount
{
    /// <summary>The most pieces of one text: the library joins them one by one.</summary>
    private const int MaxPieces = 1000;

    private long _all;
    private int _pieces;

    public int Length { get; private set; }

    public void Begin() => (Length, _pieces) = (0, 0);

    /// <summary>Adds a node, if it is a text.</summary>
    public void Add(XmlReader xml, int row)
    {
        if (xml.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace))
            return;
        if (++_pieces > MaxPieces)
            throw new UnreadableListException($"a cell of more than {MaxPieces} pieces", "plain texts, or a CSV", row);
        Add(xml.Value.Length, row);
    }

    public void Add(int characters, int row)
    {
        (Length, _all) = (Length + characters, _all + characters);
        if (Length > CityList.MaxCell)
            throw new UnreadableListException(
                $"a cell of more than {CityList.MaxCell} characters",
                $"at most {CityList.MaxCell} in a cell",
                row
            );
        if (_all > CityList.MaxCharacters)
            throw new UnreadableListException(
                $"more than {CityList.MaxCharacters} characters in all cells",
                "at most that many: split the list into several files",
                row
            );
    }
}

/// <summary>
/// Looks through a sheet before the library reads it: where its cells are, how long they are, and whether they hold formulas. The library
/// makes a row as wide as the rightmost cell says.
/// </summary>
/// <param name="lengths">How long each text is that cells share.</param>
internal sealed partial class SheetCheck(IReadOnlyList<int> lengths)
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    private readonly TextCount _text = new(),
        _others = new();
    private readonly StringBuilder _shared = new();
    private int _row,
        _column,
        _ranges;
    private string _name = "";
    private bool _isShared,
        _isFormula,
        _hasFormula,
        _hasValue;

    /// <summary>How many cells hold formulas.</summary>
    public int Formulas { get; private set; }

    /// <summary>How many cells hold an error.</summary>
    public int Errors { get; private set; }

    /// <summary>Looks at a node.</summary>
    public void Look(XmlReader xml)
    {
        if (xml.NodeType == XmlNodeType.Element)
            Begin(xml);
        else if (xml is { NodeType: XmlNodeType.EndElement, Depth: 4, LocalName: "f" })
            _isFormula = false;
        else if (xml is { NodeType: XmlNodeType.EndElement, Depth: 3, LocalName: "c" })
            EndCell();
        else if (xml is { NodeType: XmlNodeType.Text or XmlNodeType.CDATA, Depth: 3 })
            _others.Add(xml, 0);
        else if (xml.Depth > 3 && !_isFormula)
        {
            _text.Add(xml, _row);
            if (_isShared && xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
                _shared.Append(xml.Value);
        }
    }

    private void Begin(XmlReader xml)
    {
        switch (xml)
        {
            case { Depth: 2, LocalName: "row", NamespaceURI: Main }:
                BeginRow(xml);
                break;
            case { Depth: 2, LocalName: "col" or "mergeCell" }:
                if (++_ranges > WorkbookCheck.MaxFormats)
                    throw new UnreadableListException("too many merged cells", $"at most {WorkbookCheck.MaxFormats}");
                break;
            case { Depth: 3, LocalName: "c", NamespaceURI: Main }:
                BeginCell(xml);
                break;
            case { Depth: 4, LocalName: "f" }:
                (Formulas, _hasFormula, _isFormula) = (Formulas + 1, true, !xml.IsEmptyElement);
                break;
            case { Depth: 4, LocalName: "v" }:
                _hasValue = true;
                break;
        }
    }

    private void BeginRow(XmlReader xml)
    {
        var row = int.TryParse(xml.GetAttribute("r"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var said) ? said : _row + 1;
        if (row <= _row)
            throw new UnreadableListException($"row {row} after row {_row}", "the rows in their order", _row);
        if (row > CityList.MaxRows + 1)
            throw new UnreadableListException(
                $"more than {CityList.MaxRows} rows",
                "at most that many: split the list into several sheets"
            );
        (_row, _column) = (row, 0);
    }

    private void BeginCell(XmlReader xml)
    {
        _name = xml.GetAttribute("r") ?? "?";
        var column = _name == "?" ? _column + 1 : ColumnOf(_name);
        if (column > CityList.MaxColumns)
            throw new UnreadableListException($"more than {CityList.MaxColumns} columns", $"at most {CityList.MaxColumns}", _row);
        if (column <= _column)
            throw new UnreadableListException($"the cell {Shown(_name)} out of its place", "the cells in their order", _row);
        var type = xml.GetAttribute("t");
        (_column, _isShared, _hasFormula, _hasValue, _isFormula) = (column, type == "s", false, false, false);
        _text.Begin();
        _shared.Clear();
        if (type == "e")
            Errors++;
    }

    private void EndCell()
    {
        if (_hasFormula && !_hasValue)
            throw new UnreadableListException(
                $"a formula without a stored result in cell {Shown(_name)}",
                "values: formulas are not run; open the workbook, let it calculate, and save it"
            );
        if (
            _isShared
            && int.TryParse(_shared.ToString(), NumberStyles.Any, CultureInfo.InvariantCulture, out var index)
            && index >= 0
            && index < lengths.Count
        )
        {
            // The number of the text is not in the cell; the text is.
            _text.Begin();
            _text.Add(lengths[index], _row);
        }
    }

    private int ColumnOf(string cell) =>
        CellName().Match(cell) is { Success: true } match
            ? match.Groups[1].Value.Aggregate(0, (column, letter) => column * 26 + letter - 'A' + 1)
            : throw new UnreadableListException($"a cell named {Shown(cell)}", "cells named like A1", _row);

    private static string Shown(string cell) => cell.Length > 10 ? cell[..10] + "…" : cell;

    [GeneratedRegex("^([A-Z]{1,3})[0-9]{1,7}$", RegexOptions.CultureInvariant)]
    private static partial Regex CellName();
}

using System.Collections.Immutable;
using System.IO.Compression;
using System.Xml;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>
/// Looks through a workbook before it is read: how large it really is, whatever its directory says, and whether it holds formulas and
/// macros.
/// </summary>
internal static class WorkbookCheck
{
    /// <summary>The most bytes of all parts together, unpacked.</summary>
    public const long MaxUnpackedBytes = 256 * 1024 * 1024;

    /// <summary>The most parts.</summary>
    public const int MaxParts = 2000;

    private static readonly XmlReaderSettings Strict = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxUnpackedBytes,
    };

    /// <summary>Returns what to tell of the workbook, or why it is not read.</summary>
    public static (ImmutableArray<string> Notes, CityList? Unreadable) Check(ReadOnlyMemory<byte> bytes)
    {
        using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        if (zip.Entries.Count > MaxParts)
            return ([], CityList.Unreadable($"a file of {zip.Entries.Count} parts", $"a workbook of at most {MaxParts}"));
        if (zip.GetEntry("xl/workbook.xml") is null)
            return ([], CityList.Unreadable("a ZIP file that is no workbook", "a workbook saved as .xlsx, a CSV or GeoJSON"));
        if (!IsWithinLimit(zip))
            return (
                [],
                CityList.Unreadable(
                    $"a workbook of more than {MaxUnpackedBytes / (1024 * 1024)} MiB when unpacked",
                    "a smaller one: save the sheet alone, as CSV"
                )
            );
        var notes = ImmutableArray.CreateBuilder<string>();
        if (zip.Entries.Any(part => part.FullName.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase)))
            notes.Add("The workbook holds macros. They were neither read nor run.");
        return AddFormulas(zip, notes) is { } unreadable ? ([], unreadable) : (notes.ToImmutable(), null);
    }

    /// <summary>Unpacks every part to nowhere, up to the limit: sizes in the directory of a ZIP file may be wrong on purpose.</summary>
    private static bool IsWithinLimit(ZipArchive zip)
    {
        var left = MaxUnpackedBytes;
        var buffer = new byte[64 * 1024];
        foreach (var part in zip.Entries)
        {
            using var content = part.Open();
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                left -= read;
                if (left < 0)
                    return false;
            }
        }

        return true;
    }

    /// <summary>Counts formulas. Returns why the workbook is not read when one has no stored result.</summary>
    private static CityList? AddFormulas(ZipArchive zip, ImmutableArray<string>.Builder notes)
    {
        var (formulas, errors) = (0, 0);
        foreach (var part in zip.Entries.Where(part => part.FullName.StartsWith("xl/worksheets/", StringComparison.Ordinal)))
        {
            if (!part.FullName.EndsWith(".xml", StringComparison.Ordinal))
                continue;
            using var content = part.Open();
            using var xml = XmlReader.Create(content, Strict);
            string? formulaIn = null;
            var cell = "";
            while (xml.Read())
            {
                if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "c")
                    (cell, formulaIn, errors) = (xml.GetAttribute("r") ?? "?", null, errors + (xml.GetAttribute("t") == "e" ? 1 : 0));
                else if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "f")
                    (formulaIn, formulas) = (cell, formulas + 1);
                else if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "v")
                    formulaIn = null;
                else if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName == "c" && formulaIn is { } empty)
                    return CityList.Unreadable(
                        $"a formula without a stored result in cell {empty}",
                        "values: formulas are not run; open the workbook, let it calculate, and save it"
                    );
            }
        }

        if (formulas > 0)
            notes.Add($"{formulas} cells hold formulas. They were not run: the results that the spreadsheet program stored were read.");
        if (errors > 0)
            notes.Add($"{errors} cells hold an error, such as #REF!. They were read as empty.");
        return null;
    }
}

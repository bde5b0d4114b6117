using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml;
using ExcelDataReader;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>
/// Reads a sheet of a workbook (XLSX). Formulas and macros are not run: of a formula the result is read that the spreadsheet program
/// stored.
/// </summary>
internal static class WorkbookReader
{
    private const string WorkbookPart = "xl/workbook.xml",
        RelationshipsPart = "xl/_rels/workbook.xml.rels",
        TextsPart = "xl/sharedStrings.xml",
        FormatsPart = "xl/styles.xml",
        SheetPart = "xl/worksheets/sheet1.xml";

    private const string Relationships = """
        <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
        Target="worksheets/sheet1.xml"/></Relationships>
        """;

    private const int ShownName = 100;

    // The library asks for the encoding of old workbooks, which are never read here.
    static WorkbookReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Reads a workbook. Never throws for its content.</summary>
    public static CityList Read(ReadOnlyMemory<byte> bytes, ListOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var (sheet, notes) = Choose(bytes, options.Sheet, cancellationToken);
            return ReadSheet(sheet, cancellationToken) with { Notes = notes };
        }
        catch (UnreadableListException unreadable)
        {
            return unreadable.List;
        }
        catch (Exception invalid)
            when (invalid
                    is ExcelDataReader.Exceptions.ExcelReaderException
                        or XmlException
                        or InvalidDataException
                        or IOException
                        or ArgumentException
                        or FormatException
                        or InvalidOperationException
                        or NotSupportedException
                        or OverflowException
                        or IndexOutOfRangeException
                        or NullReferenceException
                        or KeyNotFoundException
            )
        {
            // The library tells of a broken file by whatever its parts throw.
            return CityList.Unreadable("a workbook that cannot be read", "a workbook saved as .xlsx, or a CSV");
        }
    }

    /// <summary>A workbook of the chosen sheet alone, which was looked through; and what to tell of it.</summary>
    private static (byte[] Workbook, ImmutableArray<string> Notes) Choose(
        ReadOnlyMemory<byte> bytes,
        string? named,
        CancellationToken cancellationToken
    )
    {
        using var package = new WorkbookPackage(bytes, cancellationToken);
        if (!package.Has(WorkbookPart))
            throw new UnreadableListException("a ZIP file that is no workbook", "a workbook saved as .xlsx, a CSV or GeoJSON");
        var workbook = new WorkbookCheck();
        package.Look(WorkbookPart, null, workbook.LookAtWorkbook);
        package.Look(RelationshipsPart, null, workbook.LookAtRelationships);
        var sheets = workbook.Sheets;
        var chosen = named is { Length: > 0 } ? sheets.Where(sheet => sheet.Name == named).Take(1).ToArray() : [.. sheets.Take(1)];
        if (chosen is not [var (name, relation)])
            throw new UnreadableListException(
                $"no sheet '{named}'",
                $"one of {string.Join(", ", sheets.Select(sheet => Shown(sheet.Name)))}"
            );
        package.Look(TextsPart, TextsPart, workbook.LookAtTexts);
        package.Look(FormatsPart, FormatsPart, workbook.LookAtFormats);
        var sheet = new SheetCheck(workbook.Lengths);
        package.Look(workbook.PartOf(relation) ?? "", SheetPart, sheet.Look);
        package.Add(WorkbookPart, Workbook(workbook.IsFrom1904));
        package.Add(RelationshipsPart, Relationships);
        return (
            package.Pack(),
            [.. Notes(package, sheet, sheets.Count > 1 ? $"The sheet “{Shown(name)}” was read, of {sheets.Count} sheets." : null)]
        );
    }

    private static IEnumerable<string> Notes(WorkbookPackage package, SheetCheck sheet, string? which)
    {
        if (package.HasMacros)
            yield return "The workbook holds macros. They were neither read nor run.";
        if (sheet.Formulas > 0)
            yield return $"{sheet.Formulas} cells hold formulas. They were not run: "
                + "the results that the spreadsheet program stored were read.";
        if (sheet.Errors > 0)
            yield return $"{sheet.Errors} cells hold an error, such as #REF!. They were read as empty.";
        if (which is not null)
            yield return which;
    }

    private static string Workbook(bool isFrom1904) =>
        $"""
            <workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="{(isFrom1904 ? 1 : 0)}"/>
            <sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>
            """;

    private static string Shown(string name) => name.Length > ShownName ? name[..ShownName] + "…" : name;

    private static CityList ReadSheet(byte[] bytes, CancellationToken cancellationToken)
    {
        using var stream = new CancelledStream(bytes, cancellationToken);
        using var sheet = ExcelReaderFactory.CreateOpenXmlReader(stream, new ExcelReaderConfiguration { LeaveOpen = true });
        if (sheet.FieldCount > CityList.MaxColumns)
            return CityList.Unreadable($"{sheet.FieldCount} columns", $"at most {CityList.MaxColumns}");
        if (!sheet.Read())
            return CityList.Unreadable("an empty sheet", "a first row with the names of the columns");
        if (ListColumns.TryName(Cells(sheet), out var columns) is { } problem)
            return problem;
        var rows = ImmutableArray.CreateBuilder<ListRow>();
        for (var number = 2; sheet.Read(); number++)
        {
            var cells = Cells(sheet);
            if (cells.Any(cell => !string.IsNullOrWhiteSpace(cell)))
                rows.Add(new ListRow(number, [.. cells]));
        }

        return new CityList("xlsx", columns, rows.ToImmutable(), [], []);
    }

    private static string[] Cells(IExcelDataReader sheet) =>
        [
            .. Enumerable
                .Range(0, sheet.FieldCount)
                .Select(column =>
                    sheet.GetValue(column) switch
                    {
                        null => "",
                        DateTime { TimeOfDay.Ticks: 0 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                        double number => number.ToString("R", CultureInfo.InvariantCulture),
                        bool flag => flag ? "true" : "false",
                        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
                        var value => value.ToString() ?? "",
                    }
                ),
        ];

    /// <summary>The library knows no cancellation, but reads all that it reads from here.</summary>
    private sealed class CancelledStream(byte[] bytes, CancellationToken cancellationToken) : MemoryStream(bytes, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return base.Read(buffer, offset, count);
        }

        public override int Read(Span<byte> buffer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return base.Read(buffer);
        }
    }
}

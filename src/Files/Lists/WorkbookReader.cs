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
    // The library asks for the encoding of old workbooks, which are never read here.
    static WorkbookReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Reads a workbook. Never throws for its content.</summary>
    public static CityList Read(ReadOnlyMemory<byte> bytes, ListOptions options)
    {
        try
        {
            var (notes, unreadable) = WorkbookCheck.Check(bytes);
            return unreadable ?? ReadSheet(bytes, options, notes);
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

    private static CityList ReadSheet(ReadOnlyMemory<byte> bytes, ListOptions options, ImmutableArray<string> notes)
    {
        using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        using var workbook = ExcelReaderFactory.CreateOpenXmlReader(stream, new ExcelReaderConfiguration { LeaveOpen = true });
        var names = new List<string>();
        do
        {
            names.Add(workbook.Name);
            if (options.Sheet is { Length: > 0 } sheet ? workbook.Name == sheet : names.Count == 1)
            {
                var list = ReadRows(workbook);
                if (workbook.ResultsCount > 1)
                    notes = notes.Add($"The sheet “{workbook.Name}” was read, of {workbook.ResultsCount} sheets.");
                return list with { Notes = notes };
            }
        } while (workbook.NextResult());

        return CityList.Unreadable($"no sheet '{options.Sheet}'", $"one of {string.Join(", ", names)}");
    }

    private static CityList ReadRows(IExcelDataReader sheet)
    {
        if (!sheet.Read())
            return CityList.Unreadable("an empty sheet", "a first row with the names of the columns");
        if (sheet.FieldCount > CityList.MaxColumns)
            return CityList.Unreadable($"{sheet.FieldCount} columns", $"at most {CityList.MaxColumns}");
        ImmutableArray<string> columns = [.. ListColumns.Name(Cells(sheet))];
        var rows = ImmutableArray.CreateBuilder<ListRow>();
        for (var number = 2; sheet.Read(); number++)
        {
            if (number > CityList.MaxRows + 1)
                return CityList.Unreadable($"more than {CityList.MaxRows} rows", "at most that many: split the list into several sheets");
            var cells = Cells(sheet);
            if (cells.Any(cell => cell.Trim().Length > 0))
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
}

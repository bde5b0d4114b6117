using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Files.Lists;

namespace SurveillanceRegistry.Files.Tests.Lists;

/// <summary>Workbooks of a few kilobytes that ask for gigabytes, and what they get.</summary>
public sealed class WorkbookReaderTests
{
    private const string Header = """<row r="1"><c r="A1" t="inlineStr"><is><t>PX</t></is></c></row>""";

    /// <summary>More than any list needs that is refused, and a hundredth of what the library would take.</summary>
    private const long MaxAllocated = 6 * 1024 * 1024;

    /// <summary>Reads a workbook that must be refused, within the memory that a refusal may take.</summary>
    private static ListProblem Refuse(byte[] workbook, long maxAllocated = MaxAllocated, string? sheet = null)
    {
        Assert.True(workbook.Length < 2 * 1024 * 1024);
        CityListReaderTests.Read(CityListReaderTests.Workbook(Header));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var list = CityListReaderTests.Read(workbook, new ListOptions(Sheet: sheet));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{workbook.Length} bytes, {allocated / 1024} KiB allocated: {list.Problems[0]}");
        Assert.Null(list.Format);
        Assert.InRange(allocated, 0, maxAllocated);
        return Assert.Single(list.Problems);
    }

    [Theory]
    [InlineData("GS1")]
    [InlineData("BZZZ1")]
    [InlineData("ZZZZZZ1")]
    [InlineData("FXSHRXW1")]
    public void A_cell_far_to_the_right_makes_no_row_that_wide(string cell) =>
        Assert.Equal(1, Refuse(CityListReaderTests.Workbook($"""<row r="1"><c r="{cell}"><v>1</v></c></row>""")).Row);

    [Theory]
    [InlineData("""<row r="60000"><c><v>1</v></c></row>""", "rows")]
    [InlineData("""<row r="3"/><row r="2"/>""", "row 2 after row 3")]
    [InlineData("""<row r="-5"/>""", "row -5")]
    [InlineData("""<row><c r="B1"/><c r="A1"/></row>""", "A1 out of its place")]
    [InlineData("""<row><c r="A1"/><c r="A1"/></row>""", "A1 out of its place")]
    public void Rows_and_cells_stand_in_their_order_and_within_the_limits(string rows, string found) =>
        Assert.Contains(found, Refuse(CityListReaderTests.Workbook(rows)).Found, StringComparison.Ordinal);

    [Fact]
    public void A_row_of_cells_without_names_is_counted()
    {
        var cells = string.Concat(Enumerable.Repeat("<c/>", 1_000_000));
        Assert.Contains("200 columns", Refuse(CityListReaderTests.Workbook($"<row>{cells}</row>")).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void One_long_text_in_every_cell_is_refused_before_it_is_copied()
    {
        var cells = string.Concat(Enumerable.Repeat("""<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>""", 40_000));
        var tooLong = new string(' ', CityList.MaxCell) + "x";
        Assert.Contains(
            "characters",
            Refuse(CityListReaderTests.Workbook(Header + cells, $"<si><t>{tooLong}</t></si>")).Found,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"{CityList.MaxCharacters} characters in all",
            Refuse(CityListReaderTests.Workbook(Header + cells, $"<si><t>{tooLong[1..]}</t></si>")).Found,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_text_of_a_million_pieces_is_refused()
    {
        var pieces = string.Concat(Enumerable.Repeat("<t>a</t>", 30_000));
        Assert.Contains("pieces", Refuse(CityListReaderTests.Workbook(Header, $"<si>{pieces}</si>")).Found, StringComparison.Ordinal);
        Assert.Contains(
            "pieces",
            Refuse(CityListReaderTests.Workbook($"""<row><c t="inlineStr"><is>{pieces}</is></c></row>""")).Found,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("<a b='", "'/>")]
    [InlineData("<!-- -><->", " -->")]
    [InlineData("<?pi ", "?>")]
    [InlineData("<row><c><v>", "</v></c></row>")]
    [InlineData("<row><c><v><![CDATA[<]>", "]]></v></c></row>")]
    public void A_long_tag_comment_or_text_is_never_held_whole(string begin, string end) =>
        Assert.Contains(
            "a cell or a tag",
            Refuse(
                CityListReaderTests.Workbook(begin + new string(begin.Contains('<', StringComparison.Ordinal) ? '>' : 'x', 2_000_000) + end)
            ).Found,
            StringComparison.Ordinal
        );

    [Fact]
    public void Elements_within_elements_and_names_without_end_are_refused()
    {
        Assert.Contains(
            "within one another",
            Refuse(CityListReaderTests.Workbook(string.Concat(Enumerable.Repeat("<a>", 1_000_000)))).Found,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "names",
            Refuse(CityListReaderTests.Workbook(string.Concat(Enumerable.Range(0, 100_000).Select(one => $"<a{one}/>")))).Found,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-16\"?>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"IBM037\"?>")]
    public void A_workbook_in_another_encoding_than_UTF8_is_refused(string declaration) =>
        Assert.NotNull(Refuse(CityListReaderTests.Workbook(Header, declaration: declaration)));

    [Fact]
    public void A_part_that_many_sheets_name_is_unpacked_once()
    {
        static void Long(TextWriter part)
        {
            part.Write("""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">""");
            var spaces = new string(' ', 100_000) + "<a/>";
            for (var megabyte = 0; megabyte < 100; megabyte++)
                part.Write(spaces);
            part.Write($"<sheetData>{Header}</sheetData></worksheet>");
        }

        // The library opens each sheet up to the one that is asked for.
        var some = CityListReaderTests.Workbook(Long, sheets: WorkbookCheck.MaxSheets);
        Assert.Contains("no sheet 'none'", Refuse(some, sheet: "none").Found, StringComparison.Ordinal);
        Assert.Equal(["PX"], CityListReaderTests.Read(some).Columns);
        var many = CityListReaderTests.Workbook(Long, sheets: WorkbookCheck.MaxSheets + 1);
        Assert.Contains("100 sheets", Refuse(many).Found, StringComparison.Ordinal);
    }

    [Slow]
    [Fact]
    public void A_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read()
    {
        var problem = Refuse(
            CityListReaderTests.Workbook(part =>
            {
                part.Write("""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">""");
                var spaces = new string(' ', 100_000) + "<a/>";
                for (var left = UnpackLimit.MaxBytes; left >= 0; left -= spaces.Length)
                    part.Write(spaces);
                part.Write("</worksheet>");
            }),
            // What was unpacked by then is white space, which the XML reader gives as texts.
            64 * 1024 * 1024
        );
        Assert.Contains("MiB when unpacked", problem.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_is_not_wanted_any_more_stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        byte[][] lists =
        [
            CityListReaderTests.Workbook(Header),
            "a,b\n1,2\n"u8.ToArray(),
            """{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":null}]}"""u8.ToArray(),
        ];
        foreach (var list in lists)
            Assert.Throws<OperationCanceledException>(() => new CityListReader().Read(list, new ListOptions(), cancelled.Token));
    }
}

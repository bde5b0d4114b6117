using System.Diagnostics;
using System.Text;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Csv;

/// <summary>Errors in the bytes, the columns and the size of a sheet.</summary>
public sealed class CsvSheetTests
{
    private static readonly string Text = SampleTable.Text;

    [Fact]
    public void A_sheet_is_read_with_or_without_a_byte_order_mark()
    {
        Assert.Empty(SampleTable.Read(Text).Value!.Documents);
        Assert.Empty(SampleTable.Read("\uFEFF" + Text).Value!.Documents);
    }

    [Fact]
    public void A_sheet_is_read_with_any_line_ends()
    {
        var unix = Text.Replace("\r\n", "\n", StringComparison.Ordinal);
        Assert.Empty(SampleTable.Read(unix).Value!.Documents);
        Assert.Empty(SampleTable.Read(unix.Replace("\n", "\r\n", StringComparison.Ordinal)).Value!.Documents);
    }

    [Fact]
    public void Empty_lines_at_the_end_of_a_sheet_are_ignored() =>
        Assert.Empty(SampleTable.Read(Text + "\r\n" + new string(',', TableCsv.Columns.Length - 1) + "\r\n").Value!.Documents);

    [Fact]
    public void Missing_unknown_and_repeated_columns_are_reported()
    {
        var problems = SampleTable.Read(Text.Replace(",url,version,title,", ",link,version,version,", StringComparison.Ordinal)).Problems;
        Assert.Equal(
            ["no column 'url'", "no column 'title'", "the unknown column 'link'", "the column 'version' again (first the 6.)"],
            problems.Select(problem => problem.Found).OrderBy(found => found.Length)
        );
    }

    [Fact]
    public void Semicolons_between_the_cells_are_reported() =>
        Assert.Contains("commas", Assert.Single(SampleTable.Read(Text.Replace(',', ';')).Problems).Expected, StringComparison.Ordinal);

    [Fact]
    public void An_empty_sheet_is_reported() => Assert.Equal("an empty file", Assert.Single(SampleTable.Read("").Problems).Found);

    [Fact]
    public void The_columns_of_a_sheet_may_have_any_order()
    {
        var rows = Text.TrimEnd().Split("\r\n").Select(MoveFirstCellToEnd);
        Assert.Empty(SampleTable.Read(string.Join("\r\n", rows)).Value!.Documents);

        static string MoveFirstCellToEnd(string row)
        {
            var comma = row.IndexOf(',', StringComparison.Ordinal);
            return row[(comma + 1)..] + "," + row[..comma];
        }
    }

    [Fact]
    public void A_sheet_in_UTF_16_is_reported()
    {
        byte[] withMark = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Text)];
        Assert.Equal("text in UTF-16", Assert.Single(SampleTable.Read(withMark).Problems).Found);
        Assert.Equal("a byte of zero", Assert.Single(SampleTable.Read(Encoding.Unicode.GetBytes(Text)).Problems).Found);
    }

    [Fact]
    public void A_sheet_in_Latin_1_is_reported_at_the_first_wrong_byte()
    {
        var spanish = Text.Replace("Seattle Police Department", "Seattle Policía", StringComparison.Ordinal);
        var problem = Assert.Single(SampleTable.Read(Encoding.Latin1.GetBytes(spanish)).Problems);
        Assert.Equal("bytes that are not UTF-8", problem.Found);
        Assert.True(problem.Line > 1);
        Assert.Contains("CSV UTF-8", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_of_too_many_rows_is_reported()
    {
        var problem = Assert.Single(SampleTable.Read(Text + string.Concat(Enumerable.Repeat("\n", 100_001))).Problems);
        Assert.Contains("100000 rows", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_that_never_ends_is_read_up_to_the_limit_only()
    {
        using var endless = new EndlessStream();
        var problem = Assert.Single(TableCsv.Read(endless, "endless.csv", SampleTable.Registered).Problems);
        Assert.Contains("67108864 bytes", problem.Expected, StringComparison.Ordinal);
    }

    /// <summary>Sheets of megabytes that would take long if the work were not bounded, and what is reported.</summary>
    public static TheoryData<string, string> CostlySheets() =>
        new()
        {
            { new string(',', 8_000_000), "8000001 columns" },
            { new string('"', 8_000_001), "a quoted cell that never ends" },
            { SampleTable.Header + new string(',', 8_000_000), "8000001 cells" },
            { SampleTable.Header + "\"" + new string('\n', 8_000_000), "a quoted cell that never ends" },
            { SampleTable.Header + string.Concat(Enumerable.Repeat("\"\n", 90_000)), "1 cells" },
            {
                SampleTable.Header + SampleTable.Row("retention", "\"" + new string('|', 8_000_000) + "\""),
                "8000000 bytes in one cell in row 2, column retention"
            },
            {
                SampleTable.Header + SampleTable.Row("purposes", "\"" + string.Concat(Enumerable.Repeat("x\n", 16_000)) + "<b>\""),
                "'<b>' in row 2, column purposes"
            },
            {
                SampleTable.Header + string.Concat(Enumerable.Range(0, 20_000).Select(RowOfAnotherVersion)),
                "a period that overlaps that of version 1 for Automatic License Plate Readers in row 3"
            },
            {
                SampleTable.Header + string.Concat(Enumerable.Range(0, 90_000).Select(RowSupersededByTheNext)),
                "'ord-90000' in row 90001, column superseded_by"
            },
        };

    private static string RowOfAnotherVersion(int index) =>
        SampleTable.Row("version", $"{index % 1000 + 1}").Replace("ord-1", $"ord-{index / 1000}", StringComparison.Ordinal);

    private static string RowSupersededByTheNext(int index) =>
        $"ord-{index}" + SampleTable.Row("superseded_by", $"ord-{index + 1}")["ord-1".Length..];

    [Slow]
    [Theory]
    [MemberData(nameof(CostlySheets), DisableDiscoveryEnumeration = true)]
    public void A_sheet_that_is_made_to_take_long_is_refused_within_seconds(string sheet, string found)
    {
        var began = Stopwatch.GetTimestamp();
        var problems = SampleTable.Read(sheet).Problems;
        Assert.True(Stopwatch.GetElapsedTime(began).TotalSeconds < 30, $"{Stopwatch.GetElapsedTime(began)}");
        Assert.Contains(problems, problem => problem.Found.Contains(found, StringComparison.Ordinal));
        Assert.True(problems.Length <= TableCsv.MaxProblems + 1);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'x');
            return buffer.Length;
        }
    }
}

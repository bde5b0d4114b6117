using System.Text;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Tests.Lists;

/// <summary>Lists in CSV that ask for more than a list needs.</summary>
public sealed class CsvListReaderTests
{
    private static CityList Read(string text) => CityListReaderTests.Read(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void A_column_with_a_name_like_a_text_is_refused()
    {
        var list = Read("No," + new string('n', CityList.MaxColumnName + 1) + "\n1,2\n");
        Assert.Contains("a column named", Assert.Single(list.Problems).Found, StringComparison.Ordinal);
        Assert.InRange(list.Problems[0].Found.Length, 1, 100);
        Assert.Equal(2, Read("No," + new string('n', CityList.MaxColumnName) + " \n1,2\n").Columns.Length);
    }

    [Fact]
    public void A_cell_that_is_too_long_is_told_and_not_kept()
    {
        var list = Read("a,b\n1," + new string('x', CityList.MaxCell + 1) + "\n2," + new string('x', CityList.MaxCell) + "\n");
        var problem = Assert.Single(list.Problems);
        Assert.Equal((2, "b"), (problem.Row, problem.Column));
        Assert.Equal([0, CityList.MaxCell], list.Rows.Select(row => row.Cells[1].Length));
    }

    [Fact]
    public void A_row_of_a_million_cells_makes_no_million_texts()
    {
        var text = Encoding.UTF8.GetBytes("a,b\n1,2" + new string(',', 4_000_000) + "\n");
        CityListReaderTests.Read("a\n1\n"u8.ToArray());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var list = CityListReaderTests.Read(text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{text.Length / 1024} KiB, {allocated / 1024} KiB allocated");
        Assert.Contains("4000002 cells", Assert.Single(list.Problems).Found, StringComparison.Ordinal);
        // The text itself takes ten bytes a character, and the library eight for each cell.
        Assert.InRange(allocated, 0, 25L * text.Length);
    }

    [Fact]
    public void Reading_stops_when_the_problems_are_too_many()
    {
        var list = Read("a\n" + string.Concat(Enumerable.Repeat("1,2\n", ListProblem.MaxFound + 5)));
        Assert.Equal(ListProblem.MaxFound + 1, list.Problems.Length);
        Assert.Equal(ListProblem.MaxFound + 2, list.Problems[^1].Row);
        Assert.Equal(ListProblem.MaxFound, list.Rows.Length);
    }
}

using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Csv;

/// <summary>Errors in rows are reported with their row and column.</summary>
public sealed class TableRowsTests
{
    public static TheoryData<string, string, string, string> WrongRetentions() =>
        new()
        {
            {
                "limit 90 days | patrol reads",
                "limit 21 fortnights | patrol reads",
                "'limit 21 fortnights | patrol reads' in row {row}, column retention",
                "then a number of days, months or years, or 'end-of-shift'"
            },
            {
                "limit 90 days | patrol reads",
                "at-most 90 days",
                "'at-most 90 days' in row {row}, column retention",
                "'minimum', 'limit' or 'practice'"
            },
            {
                "limit 90 days | patrol reads",
                "limit 36501 days",
                "'36501' in row {row}, column retention",
                "a whole number from 0 to 36500"
            },
            { "limit 90 days | patrol reads", "limit next-week", "'limit next-week' in row {row}, column retention", "'end-of-shift'" },
            { "limit 90 days | patrol reads", "limit 90 days | a | b | c", "in row {row}, column retention", "'| class of data | note'" },
        };

    public static TheoryData<string, string, string, string> WrongInstruments() =>
        new()
        {
            {
                "spd-manual-16.170,manual-chapter",
                "spd-manual-16.170,manual",
                "'manual' in row {row}, column kind",
                "one of manual-chapter"
            },
            { "spd-manual-16.170,manual-chapter", ",manual-chapter", "nothing in row {row}, column instrument", "an id of small letters" },
            { ",sourced\r\n", ",sure\r\n", "'sure' in row {row}, column source_confidence", "one of sourced" },
            {
                "SPD Manual 16.170,Seattle",
                "SPD Manual 16.710,Seattle",
                "the citation 'SPD Manual 16.710' in row {row}, column citation",
                "SPD Manual 6.060"
            },
            {
                "spd-manual-16.170,manual-chapter,SPD Manual 16.170,Seattle Police Department,,1,",
                "spd-manual-16.170,manual-chapter,SPD Manual 16.170,Seattle Police Department,,3,",
                "3 in row {row}, column version",
                "2: versions are numbered"
            },
        };

    public static TheoryData<string, string, string, string> WrongPeriods() =>
        new()
        {
            {
                ",2019-02-01,,open,",
                ",2/1/2019,,open,",
                "'2/1/2019', which can mean February 1, 2019 or January 2, 2019 in row {row}, column from",
                "YYYY-MM-DD"
            },
            {
                ",2019-02-01,,open,",
                ",2019-02-29,,open,",
                "'2019-02-29', which is no day: February 2019 has 28 days in row {row}, column from",
                "YYYY-MM-DD"
            },
            {
                ",2019-02-01,,open,",
                ",2019-02-01,2019,open,",
                "'known_by' beside a known day in row {row}, column known_by",
                "from: unknown"
            },
            { ",2019-02-01,,open,", ",2019-02-01,,unknown,", "'to: unknown' alone in row {row}, column to", "'ended_by'" },
            { ",2019-02-01,,open,", ",,,open,", "nothing in row {row}, column from", "the first day on which it holds" },
        };

    public static TheoryData<string, string, string, string> WrongScopes() =>
        new()
        {
            { ",alpr,", ",alprs,", "'alprs' in row {row}, column technology", "a registered technology" },
            { "stills\nplates", "stills\nplate", "'plate' in row {row}, column capture", "one of video, stills" },
            { "stills\nplates", "stills\nstills", "'stills' again", "each once" },
            { ",police,", ",polices,", "'polices' in row {row}, column departments", "a department" },
        };

    public static TheoryData<string, string, string, string> WrongTexts() =>
        new()
        {
            {
                "SPD Manual 16.170,Seattle Police Department",
                "SPD Manual 16.170,=cmd",
                "'=cmd', which a spreadsheet would run as a formula in row {row}, column authority",
                "''=cmd'"
            },
            {
                "SPD Manual 16.170,Seattle Police Department",
                "SPD Manual 16.170,<script>",
                "'<script>' in row {row}, column authority",
                "without markup"
            },
            {
                "SPD Manual 16.170,Seattle Police Department",
                "SPD Manual 16.170,a \"b\" c",
                "a quote in the middle of a cell",
                "in quotes"
            },
            { "SPD Manual 16.170,Seattle Police Department", "SPD Manual 16.170,Seattle,Police", "35 cells", "34, one for each column" },
        };

    [Theory]
    [MemberData(nameof(WrongRetentions))]
    [MemberData(nameof(WrongInstruments))]
    [MemberData(nameof(WrongPeriods))]
    [MemberData(nameof(WrongScopes))]
    [MemberData(nameof(WrongTexts))]
    public void A_wrong_cell_is_reported_with_its_row_and_column(string text, string replacement, string found, string expected)
    {
        var line = SampleTable.PlateReaderRow + "\r\n";
        Assert.Contains(text, line, StringComparison.Ordinal);
        var number = SampleTable.Text[..SampleTable.Text.IndexOf(line, StringComparison.Ordinal)].Split("\r\n").Length;
        var changedLine = line.Replace(text, replacement, StringComparison.Ordinal);

        var reading = SampleTable.Read(SampleTable.Text.Replace(line, changedLine, StringComparison.Ordinal));

        Assert.Null(reading.Value);
        Assert.Contains(
            reading.Problems,
            problem =>
                problem.Found.Contains(found.Replace("{row}", $"{number}", StringComparison.Ordinal), StringComparison.Ordinal)
                && problem.Expected.Contains(expected, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Cells_that_differ_between_two_rows_of_one_version_are_reported_with_both_rows()
    {
        var rows = SampleTable.Text.Split("\r\n");
        var ofCode = rows.Index().Where(row => row.Item.StartsWith("smc-14.18,", StringComparison.Ordinal)).ToArray();
        var first = ofCode.First(row => row.Item.Contains("125679", StringComparison.Ordinal));
        var last = ofCode[^1];
        Assert.True(last.Index > first.Index);
        rows[last.Index] = last
            .Item.Replace("2018-09-24", "2018-09-25", StringComparison.Ordinal)
            .Replace("Seattle City Council, by ordinance", "Another council", StringComparison.Ordinal);

        var problems = SampleTable.Read(string.Join("\r\n", rows)).Problems;

        Assert.Contains(
            problems,
            problem =>
                problem.Found == $"'2018-09-25' in row {last.Index + 1}, column passed"
                && problem.Expected.StartsWith($"'2018-09-24', as in row {first.Index + 1}", StringComparison.Ordinal)
        );
        Assert.Contains(problems, problem => problem.Found == $"'Another council' in row {last.Index + 1}, column authority");
        Assert.Equal(2, problems.Length);
    }

    [Fact]
    public void A_row_that_the_table_already_has_is_reported()
    {
        var problem = Assert.Single(SampleTable.Read(SampleTable.Text + SampleTable.PlateReaderRow + "\r\n").Problems);
        Assert.Contains("'alpr' again for version 1 of spd-manual-16.170 (first in row ", problem.Found, StringComparison.Ordinal);
    }

    [Slow]
    [Fact]
    public void One_wrong_row_of_ten_thousand_is_reported_and_nothing_is_proposed()
    {
        var (history, text) = SampleTable.Large(10_000);
        Assert.Empty(SampleTable.Read(text, history).Value!.Documents);
        var rows = text.Split("\r\n");
        rows[7_776] = rows[7_776].Replace("limit 30 days", "limit 30 moons", StringComparison.Ordinal);
        rows[12] = rows[12].Replace("limit 30 days", "limit 31 days", StringComparison.Ordinal);

        var reading = SampleTable.Read(string.Join("\r\n", rows), history);

        Assert.Null(reading.Value);
        Assert.Contains("in row 7777, column retention", Assert.Single(reading.Problems).Found, StringComparison.Ordinal);
    }

    [Slow]
    [Fact]
    public void Two_hundred_problems_are_listed_and_the_others_are_counted()
    {
        var (history, text) = SampleTable.Large(10_000);
        var problems = SampleTable.Read(text.Replace("limit 30 days", "limit 30 moons", StringComparison.Ordinal), history).Problems;
        Assert.Equal(TableCsv.MaxProblems + 1, problems.Length);
        Assert.StartsWith("and 9800 more problems", problems[^1].Found, StringComparison.Ordinal);
        Assert.Contains("in row 201,", problems[^2].Found, StringComparison.Ordinal);
    }
}

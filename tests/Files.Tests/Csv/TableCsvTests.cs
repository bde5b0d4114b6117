using System.Diagnostics;
using System.Text;
using CsCheck;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Csv;

/// <summary>The governance table as comma-separated values: out and in again, and what is wrong in it.</summary>
public sealed class TableCsvTests
{
    private static readonly GovernanceSnapshot Real = SampleCity.Opening.Governance;
    private static readonly GovernanceHistory Known = SampleCity.History(Real);
    private static readonly string Sheet = Encoding.UTF8.GetString(TableCsv.Write(Real))[1..];

    [Fact]
    public void Says_again_what_it_was_written_from() => IsReadBack(Real);

    [Fact]
    public void Says_again_what_any_governance_says_whatever_its_texts_look_like() =>
        GovernanceGenerator.Governance.Sample(IsReadBack, iter: 300, threads: 1);

    [Fact]
    public void Is_the_same_bytes_each_time() => Assert.Equal(TableCsv.Write(Real), TableCsv.Write(Real));

    [Fact]
    public void Has_a_row_for_each_version_and_technology_under_its_columns()
    {
        Assert.StartsWith(string.Join(',', TableCsv.Columns) + "\r\n", Sheet, StringComparison.Ordinal);
        var rows = Sheet.Split("\r\n");
        Assert.Equal(Real.Table.Instruments.Sum(instrument => instrument.Versions.Sum(version => version.Rules.Length)), rows.Length - 2);
        var plates = Assert.Single(rows, row => row.StartsWith("spd-manual-16.170,", StringComparison.Ordinal));
        Assert.Contains("\"limit 90 days | patrol reads\nlimit end-of-shift | parking reads\"", plates, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_read_with_a_mark_or_without_and_with_any_line_ends()
    {
        Assert.Empty(Read(Sheet).Value!.Documents);
        Assert.Empty(Read("\uFEFF" + Sheet).Value!.Documents);
        Assert.Empty(Read(Sheet.Replace("\r\n", "\n", StringComparison.Ordinal)).Value!.Documents);
        Assert.Empty(
            Read(Sheet.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal)).Value!.Documents
        );
        Assert.Empty(Read(Sheet + "\r\n" + new string(',', TableCsv.Columns.Length - 1) + "\r\n").Value!.Documents);
    }

    [Fact]
    public void Proposes_exactly_the_value_that_was_changed()
    {
        var proposal = Read(Changed("limit 90 days | patrol reads", "limit 21 days | patrol reads")).Value!;
        var proposed = Assert.Single(proposal.Documents);
        var before = Known.LatestOf(DocumentKind.Instrument, "spd-manual-16.170")!;
        Assert.Equal(before.Number, proposed.Base);
        var difference = Assert.Single(Domain.Changes.Difference.Between(before.Document, proposed.Document));
        Assert.Equal("versions/1/rules/alpr/retention", difference.Key);
        Assert.Contains("\"days\":21", difference.After, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_alone_what_no_row_names()
    {
        var rows = Sheet.Split("\r\n");
        var one = rows.Single(row => row.StartsWith("spd-manual-16.170,", StringComparison.Ordinal));
        Assert.Empty(Read($"{rows[0]}\r\n{one}\r\n").Value!.Documents);
        var proposal = Read(
            $"{rows[0]}\r\n{rows.First(row => row.StartsWith("smc-14.18,", StringComparison.Ordinal) && row.Contains(",3,", StringComparison.Ordinal)).Replace("surveillance-equipment", "alpr", StringComparison.Ordinal)}\r\n"
        );
        Assert.Empty(proposal.Problems);
        var difference = Assert.Single(
            Domain.Changes.Difference.Between(
                Known.LatestOf(DocumentKind.Instrument, "smc-14.18")!.Document,
                Assert.Single(proposal.Value!.Documents).Document
            )
        );
        Assert.Equal("versions/3/rules/alpr", difference.Key);
        Assert.Null(difference.Before);
    }

    [Theory]
    [
        InlineData("=1+1", "'=1+1"),
        InlineData("+1", "'+1"),
        InlineData("-1", "'-1"),
        InlineData("@x", "'@x"),
        InlineData("\t=x", "'\t=x"),
        InlineData("\rx", "'\rx")
    ]
    [
        InlineData("'=1", "''=1"),
        InlineData("''@", "'''@"),
        InlineData("'tis", "'tis"),
        InlineData("1-1", "1-1"),
        InlineData("'", "'"),
        InlineData("", "")
    ]
    public void Keeps_a_text_from_being_run_and_gives_it_back(string text, string cell)
    {
        Assert.Equal(cell, FormulaEscaping.Out(text));
        Assert.Equal(text, FormulaEscaping.In(cell));
    }

    /// <summary>Words of the sheet, others in their place, and what must be said of it.</summary>
    public static TheoryData<string, string, string, string> Slips() =>
        new()
        {
            {
                "limit 90 days | patrol reads",
                "limit 21 fortnights | patrol reads",
                "'limit 21 fortnights | patrol reads' in row {row}, column retention",
                "then a number of days or 'end-of-shift'"
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
            {
                "spd-manual-16.170,manual-chapter",
                "spd-manual-16.170,manual",
                "'manual' in row {row}, column kind",
                "one of manual-chapter"
            },
            { "spd-manual-16.170,manual-chapter", ",manual-chapter", "nothing in row {row}, column instrument", "an id of small letters" },
            { ",2019-02-01,,open,", ",2/1/2019,,open,", "'2/1/2019' in row {row}, column from", "YYYY-MM-DD" },
            {
                ",2019-02-01,,open,",
                ",2019-02-01,2019,open,",
                "'known_by' beside a known day in row {row}, column known_by",
                "from: unknown"
            },
            { ",2019-02-01,,open,", ",2019-02-01,,unknown,", "'to: unknown' alone in row {row}, column to", "'ended_by'" },
            { ",2019-02-01,,open,", ",,,open,", "nothing in row {row}, column from", "the first day on which it holds" },
            { ",alpr,", ",alprs,", "'alprs' in row {row}, column technology", "a registered technology" },
            { "stills\nplates", "stills\nplate", "'plate' in row {row}, column capture", "one of video, stills" },
            { "stills\nplates", "stills\nstills", "'stills' again", "each once" },
            { ",police,", ",polices,", "'polices' in row {row}, column departments", "a department" },
            { ",sourced\r\n", ",sure\r\n", "'sure' in row {row}, column source_confidence", "one of sourced" },
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

    [Theory]
    [MemberData(nameof(Slips))]
    public void Says_of_each_slip_in_which_row_and_column_it_is(string words, string others, string found, string expected)
    {
        var line = Sheet.Split("\r\n").Single(row => row.StartsWith("spd-manual-16.170,", StringComparison.Ordinal));
        Assert.Contains(words, line + "\r\n", StringComparison.Ordinal);
        var spoilt = Sheet.Replace(
            line + "\r\n",
            (line + "\r\n").Replace(words, others, StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        var number = Sheet[..Sheet.IndexOf(line, StringComparison.Ordinal)].Split("\r\n").Length;
        var reading = Read(spoilt);
        Assert.Null(reading.Value);
        Assert.Contains(
            reading.Problems,
            problem =>
                problem.Found.Contains(found.Replace("{row}", $"{number}", StringComparison.Ordinal), StringComparison.Ordinal)
                && problem.Expected.Contains(expected, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Says_which_rows_of_one_version_disagree()
    {
        var rows = Sheet.Split("\r\n");
        var (one, other) = (
            rows.Index()
                .First(row =>
                    row.Item.StartsWith("smc-14.18,", StringComparison.Ordinal) && row.Item.Contains("125679", StringComparison.Ordinal)
                ),
            rows.Index().Last(row => row.Item.StartsWith("smc-14.18,", StringComparison.Ordinal))
        );
        Assert.True(other.Index > one.Index);
        rows[other.Index] = other
            .Item.Replace("2018-09-24", "2018-09-25", StringComparison.Ordinal)
            .Replace("Seattle City Council, by ordinance", "Somebody", StringComparison.Ordinal);
        var problems = Read(string.Join("\r\n", rows)).Problems;
        Assert.Contains(
            problems,
            problem =>
                problem.Found == $"'2018-09-25' in row {other.Index + 1}, column passed"
                && problem.Expected.StartsWith($"'2018-09-24', as in row {one.Index + 1}", StringComparison.Ordinal)
        );
        Assert.Contains(problems, problem => problem.Found == $"'Somebody' in row {other.Index + 1}, column authority");
        Assert.Equal(2, problems.Length);
    }

    [Fact]
    public void Refuses_a_row_that_stands_twice()
    {
        var line = Sheet.Split("\r\n").Single(row => row.StartsWith("spd-manual-16.170,", StringComparison.Ordinal));
        var problem = Assert.Single(Read(Sheet + line + "\r\n").Problems);
        Assert.Contains("'alpr' again for version 1 of spd-manual-16.170 (first in row ", problem.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_columns_that_are_missing_unknown_or_there_twice()
    {
        var problems = Read(Sheet.Replace(",url,version,title,", ",link,version,version,", StringComparison.Ordinal)).Problems;
        Assert.Equal(
            ["no column 'url'", "no column 'title'", "the unknown column 'link'", "the column 'version' again (first the 6.)"],
            problems.Select(problem => problem.Found).OrderBy(found => found.Length)
        );
        Assert.Contains("commas", Assert.Single(Read(Sheet.Replace(',', ';')).Problems).Expected, StringComparison.Ordinal);
        Assert.Equal("an empty file", Assert.Single(Read("").Problems).Found);
    }

    [Fact]
    public void May_have_its_columns_in_any_order() =>
        Assert.Empty(
            Read(
                string.Join(
                    "\r\n",
                    Sheet
                        .TrimEnd()
                        .Split("\r\n")
                        .Select(row =>
                            row[(row.IndexOf(',', StringComparison.Ordinal) + 1)..]
                            + ","
                            + row[..row.IndexOf(',', StringComparison.Ordinal)]
                        )
                )
            ).Value!.Documents
        );

    [Fact]
    public void Refuses_every_other_encoding()
    {
        Assert.Equal(
            "text in UTF-16",
            Assert.Single(Read(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Sheet)).ToArray()).Problems).Found
        );
        Assert.Equal("a byte of zero", Assert.Single(Read(Encoding.Unicode.GetBytes(Sheet)).Problems).Found);
        var latin = Assert.Single(
            Read(Encoding.Latin1.GetBytes(Sheet.Replace("Seattle Police Department", "Seattle Policía", StringComparison.Ordinal))).Problems
        );
        Assert.Equal("bytes that are not UTF-8", latin.Found);
        Assert.True(latin.Line > 1);
        Assert.Contains("CSV UTF-8", latin.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_is_too_large_without_reading_on()
    {
        Assert.Contains(
            "100000 rows",
            Assert.Single(Read(Sheet + string.Concat(Enumerable.Repeat("\n", 100_001))).Problems).Expected,
            StringComparison.Ordinal
        );
        using var endless = new Endless();
        Assert.Contains(
            "67108864 bytes",
            Assert.Single(TableCsv.Read(endless, "endless.csv", Known).Problems).Expected,
            StringComparison.Ordinal
        );
    }

    /// <summary>Sheets of megabytes that are made to take long, and what is said of them.</summary>
    public static TheoryData<string, string> Traps() =>
        new()
        {
            { new string(',', 8_000_000), "8000001 columns" },
            { new string('"', 8_000_001), "a quoted cell that never ends" },
            { Header + new string(',', 8_000_000), "8000001 cells" },
            { Header + "\"" + new string('\n', 8_000_000), "a quoted cell that never ends" },
            { Header + string.Concat(Enumerable.Repeat("\"\n", 90_000)), "1 cells" },
            { Header + Row("retention", "\"" + new string('|', 8_000_000) + "\""), "8000000 bytes in one cell in row 2, column retention" },
            {
                Header + Row("purposes", "\"" + string.Concat(Enumerable.Repeat("x\n", 16_000)) + "<b>\""),
                "'<b>' in row 2, column purposes"
            },
            {
                Header
                    + string.Concat(
                        Enumerable
                            .Range(0, 20_000)
                            .Select(at => Row("version", $"{at % 1000 + 1}").Replace("ord-1", $"ord-{at / 1000}", StringComparison.Ordinal))
                    ),
                "a period that overlaps that of version 1 for alpr in row 3"
            },
            {
                Header
                    + string.Concat(
                        Enumerable.Range(0, 90_000).Select(at => $"ord-{at}" + Row("superseded_by", $"ord-{at + 1}")["ord-1".Length..])
                    ),
                "'ord-90000' in row 90001, column superseded_by"
            },
        };

    [Theory]
    [MemberData(nameof(Traps), DisableDiscoveryEnumeration = true)]
    public void Is_refused_within_seconds_when_it_is_made_to_take_long(string sheet, string found)
    {
        var began = Stopwatch.GetTimestamp();
        var problems = Read(sheet).Problems;
        Assert.True(Stopwatch.GetElapsedTime(began).TotalSeconds < 30, $"{Stopwatch.GetElapsedTime(began)}");
        Assert.Contains(problems, problem => problem.Found.Contains(found, StringComparison.Ordinal));
        Assert.True(problems.Length <= TableCsv.MaxProblems + 1);
    }

    [Fact]
    public void Refuses_ten_thousand_rows_for_one_that_is_bad_and_names_it()
    {
        var (history, sheet) = ManyRows(10_000);
        Assert.Empty(Read(sheet, history).Value!.Documents);
        var rows = sheet.Split("\r\n");
        rows[7_776] = rows[7_776].Replace("limit 30 days", "limit 30 moons", StringComparison.Ordinal);
        rows[12] = rows[12].Replace("limit 30 days", "limit 31 days", StringComparison.Ordinal);
        var reading = Read(string.Join("\r\n", rows), history);
        Assert.Null(reading.Value);
        Assert.Contains("in row 7777, column retention", Assert.Single(reading.Problems).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_two_hundred_problems_and_counts_the_others()
    {
        var (history, sheet) = ManyRows(10_000);
        var problems = Read(sheet.Replace("limit 30 days", "limit 30 moons", StringComparison.Ordinal), history).Problems;
        Assert.Equal(TableCsv.MaxProblems + 1, problems.Length);
        Assert.StartsWith("and 9800 more problems", problems[^1].Found, StringComparison.Ordinal);
        Assert.Contains("in row 201,", problems[^2].Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_and_compares_ten_thousand_rows_in_less_than_two_seconds()
    {
        var (history, sheet) = ManyRows(10_000);
        // The machine may have other work: one quick reading is enough to know that it can be.
        Assert.Contains(
            Enumerable
                .Range(0, 3)
                .Select(_ =>
                {
                    var began = Stopwatch.GetTimestamp();
                    Assert.Empty(Read(sheet, history).Value!.Documents);
                    return Stopwatch.GetElapsedTime(began).TotalSeconds;
                }),
            seconds => seconds < 2
        );
        Assert.Equal(500, Read(sheet.Replace("limit 30 days", "limit 31 days", StringComparison.Ordinal), history).Value!.Documents.Length);
    }

    /// <summary>A registry of many rows: 500 instruments in four versions of five technologies for ten thousand.</summary>
    private static (GovernanceHistory History, string Sheet) ManyRows(int rows)
    {
        var governance = GovernanceGenerator.Large(rows / 20);
        return (SampleCity.History(governance), Encoding.UTF8.GetString(TableCsv.Write(governance))[1..]);
    }

    private static void IsReadBack(GovernanceSnapshot governance)
    {
        var bytes = TableCsv.Write(governance);
        var same = TableCsv.Read(new MemoryStream(bytes), "table.csv", SampleCity.History(governance));
        Assert.Equal([], same.Problems);
        Assert.Empty(same.Value!.Documents);
        var fresh = TableCsv.Read(
            new MemoryStream(bytes),
            "table.csv",
            SampleCity.History(governance with { Table = new GovernanceTable(governance.Table.Technologies, []) })
        );
        Assert.Equal([], fresh.Problems);
        Assert.Equal(governance.Table.Instruments.Select(PolicyDocument.For), fresh.Value!.Documents.Select(proposed => proposed.Document));
    }

    private static string Header => string.Join(',', TableCsv.Columns) + "\n";

    /// <summary>A row that is in order but for one cell.</summary>
    private static string Row(string column, string cell)
    {
        var cells = TableCsv.Columns.ToDictionary(name => name, _ => "");
        foreach (
            var (name, text) in ((string, string)[])
                [
                    ("instrument", "ord-1"),
                    ("kind", "ordinance"),
                    ("citation", "An ordinance"),
                    ("authority", "Council"),
                    ("version", "1"),
                    ("title", "Title"),
                    ("from", "2020"),
                    ("to", "open"),
                    ("technology", "alpr"),
                    ("records_access", "open"),
                    ("source_title", "Read"),
                    ("source_read_on", "2026-11-23"),
                    ("source_confidence", "sourced"),
                    (column, cell),
                ]
        )
        {
            cells[name] = text;
        }

        return string.Join(',', TableCsv.Columns.Select(name => cells[name])) + "\n";
    }

    private static string Changed(string words, string others)
    {
        Assert.True(Sheet.Contains(words, StringComparison.Ordinal), words);
        return Sheet.Replace(words, others, StringComparison.Ordinal);
    }

    private static FileReading<ProposalFromFiles> Read(string text, GovernanceHistory? history = null) =>
        Read(Encoding.UTF8.GetBytes(text), history);

    private static FileReading<ProposalFromFiles> Read(byte[] bytes, GovernanceHistory? history = null) =>
        TableCsv.Read(new MemoryStream(bytes), "table.csv", history ?? Known);

    /// <summary>A stream that never ends.</summary>
    private sealed class Endless : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'x');
            return buffer.Length;
        }
    }
}

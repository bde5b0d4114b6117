using CsCheck;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Csv;

/// <summary>The governance table as CSV: written, read back, and compared with what is registered.</summary>
public sealed class TableCsvTests
{
    private static readonly GovernanceSnapshot Governance = SampleCity.Opening.Governance;

    [Fact]
    public void The_table_of_the_sample_city_is_read_back_as_the_same_documents() => AssertReadBack(Governance);

    [Fact]
    public void The_table_of_any_governance_is_read_back_as_the_same_documents() =>
        GovernanceGenerator.Governance.Sample(AssertReadBack, iter: Rounds.Of(300), threads: 1);

    [Fact]
    public void The_same_governance_makes_the_same_bytes() => Assert.Equal(TableCsv.Write(Governance), TableCsv.Write(Governance));

    [Fact]
    public void The_table_has_a_row_for_each_technology_of_each_version()
    {
        Assert.StartsWith(string.Join(',', TableCsv.Columns) + "\r\n", SampleTable.Text, StringComparison.Ordinal);
        var rows = SampleTable.Text.Split("\r\n");
        var rules = Governance.Table.Instruments.Sum(instrument => instrument.Versions.Sum(version => version.Rules.Length));
        Assert.Equal(rules, rows.Length - 2);
        Assert.Contains(
            "\"limit 90 days | patrol reads\nlimit end-of-shift | parking reads\"",
            SampleTable.PlateReaderRow,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_changed_cell_is_proposed_as_exactly_one_difference()
    {
        const string Text = "limit 90 days | patrol reads";
        Assert.Contains(Text, SampleTable.Text, StringComparison.Ordinal);
        var changed = SampleTable.Text.Replace(Text, "limit 21 days | patrol reads", StringComparison.Ordinal);

        var proposed = Assert.Single(SampleTable.Read(changed).Value!.Documents);

        var registered = SampleTable.Registered.LatestOf(DocumentKind.Instrument, "spd-manual-16.170")!;
        Assert.Equal(registered.Number, proposed.Base);
        var difference = Assert.Single(Difference.Between(registered.Document, proposed.Document));
        Assert.Equal(["versions", "1", "rules", "alpr", "retention"], difference.NumberedPath(registered.Document, proposed.Document));
        Assert.Contains("\"days\":21", difference.After, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_one_row_changes_nothing_else()
    {
        var header = SampleTable.Text.Split("\r\n")[0];
        Assert.Empty(SampleTable.Read($"{header}\r\n{SampleTable.PlateReaderRow}\r\n").Value!.Documents);
    }

    [Fact]
    public void A_row_of_a_new_technology_is_added_to_the_registered_rules()
    {
        var rows = SampleTable.Text.Split("\r\n");
        var row = rows.First(text =>
            text.StartsWith("smc-14.18,", StringComparison.Ordinal) && text.Contains(",3,", StringComparison.Ordinal)
        );
        var added = row.Replace("surveillance-equipment", "alpr", StringComparison.Ordinal);

        var reading = SampleTable.Read($"{rows[0]}\r\n{added}\r\n");

        Assert.Empty(reading.Problems);
        var registered = SampleTable.Registered.LatestOf(DocumentKind.Instrument, "smc-14.18")!.Document;
        var proposed = Assert.Single(reading.Value!.Documents).Document;
        var difference = Assert.Single(Difference.Between(registered, proposed));
        Assert.Equal(["versions", "3", "rules", "alpr"], difference.NumberedPath(registered, proposed));
        Assert.Null(difference.Before);
    }

    [Slow]
    [Fact]
    public void Ten_thousand_rows_are_read_and_compared()
    {
        var (history, text) = SampleTable.Large(10_000);
        Assert.Empty(SampleTable.Read(text, history).Value!.Documents);
        var changed = text.Replace("limit 30 days", "limit 31 days", StringComparison.Ordinal);
        Assert.Equal(500, SampleTable.Read(changed, history).Value!.Documents.Length);
    }

    /// <summary>Reads the table into a registry that holds the same governance, and into one that holds no instrument.</summary>
    private static void AssertReadBack(GovernanceSnapshot governance)
    {
        var bytes = TableCsv.Write(governance);

        var unchanged = SampleTable.Read(bytes, SampleCity.History(governance));
        Assert.Equal([], unchanged.Problems);
        Assert.Empty(unchanged.Value!.Documents);

        var withoutInstruments = governance with { Table = new GovernanceTable(governance.Table.Technologies, []) };
        var added = SampleTable.Read(bytes, SampleCity.History(withoutInstruments));
        Assert.Equal([], added.Problems);
        Assert.Equal(governance.Table.Instruments.Select(PolicyDocument.For), added.Value!.Documents.Select(proposed => proposed.Document));
    }
}

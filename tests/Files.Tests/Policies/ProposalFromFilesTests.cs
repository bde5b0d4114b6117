using System.Collections.Immutable;
using System.Text;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>A file that was taken on Monday does not undo what was approved on Tuesday.</summary>
public sealed class ProposalFromFilesTests : IDisposable
{
    private const string Manual = "spd-manual-16.170";

    private static readonly GovernanceHistory Monday = SampleCity.History(SampleCity.Opening.Governance);

    private readonly string _folder = Directory.CreateTempSubdirectory("registry-").FullName;

    [Fact]
    public void A_stale_table_proposes_only_what_it_changed_itself()
    {
        var tuesday = With(Monday, instrument => WithRetention(instrument, 21));
        var table = Text(Monday).Replace("A newer text was not found.", "A newer text was looked for.", StringComparison.Ordinal);

        var proposal = Read(table, tuesday);

        var proposed = Assert.Single(proposal.Documents);
        Assert.Equal(2, proposed.Base);
        var rule = proposed.Document.Value<Instrument>().Versions[0].Rules[0];
        Assert.Equal((21, "A newer text was looked for."), (rule.Retention[0].Days!.Value, rule.Note![^28..]));
        Assert.Contains("was drawn from revision 1; revision 2 was recorded since. Both changes are kept.", Assert.Single(proposal.Notes));
    }

    [Fact]
    public void A_stale_table_that_changes_nothing_proposes_nothing() =>
        Assert.Empty(Read(Text(Monday), With(Monday, instrument => WithRetention(instrument, 21))).Documents);

    [Fact]
    public void A_value_that_both_changed_is_left_for_its_author_to_decide()
    {
        var tuesday = With(Monday, instrument => WithRetention(instrument, 21));
        var proposal = Read(
            Text(Monday).Replace("limit 90 days | patrol reads", "limit 30 days | patrol reads", StringComparison.Ordinal),
            tuesday
        );
        Assert.Equal(1, Assert.Single(proposal.Documents).Base);
        Assert.Contains("its author must choose between them", Assert.Single(proposal.Notes));
    }

    [Fact]
    public void A_row_finds_its_text_after_an_earlier_text_was_recorded()
    {
        var tuesday = With(
            Monday,
            instrument =>
                VersionChain.Add(
                    instrument,
                    instrument.Versions[0] with
                    {
                        Id = "",
                        Title = "Readers of 2016",
                        Effective = new EffectivePeriod(LawDate.Parse("2016"), To: LawDate.Parse("2019-02-01")),
                    }
                )
        );
        var table = Text(Monday).Replace("limit 90 days | patrol reads", "limit 21 days | patrol reads", StringComparison.Ordinal);
        var versions = Assert.Single(Read(table, tuesday).Documents).Document.Value<Instrument>().Versions;
        Assert.Equal([90, 21], versions.Select(version => version.Rules[0].Retention[0].Days!.Value));
        Assert.Equal("Readers of 2016", versions[0].Title);
    }

    [Fact]
    public void An_exported_file_of_an_instrument_carries_its_revision_and_identities()
    {
        var tuesday = With(Monday, instrument => WithRetention(instrument, 21));
        var file = PolicyWriter.Write(Monday).Single(file => file.Name == $"instruments/{Manual}.yaml");
        Assert.Contains("revision: 1\n", file.Text);
        Assert.Contains($"id: {Latest(Monday).Versions[0].Id}\n", file.Text);
        var path = Path.Combine(_folder, Manual + ".yaml");
        File.WriteAllText(path, file.Text.Replace("law-enforcement use only", "law enforcement", StringComparison.Ordinal));

        var rule = Assert
            .Single(PolicyFiles.CompareInstrument(path, tuesday).Value!.Documents)
            .Document.Value<Instrument>()
            .Versions[0]
            .Rules[0];
        Assert.Equal((21, "law enforcement"), (rule.Retention[0].Days!.Value, rule.Purposes[0]));

        File.WriteAllText(path, file.Text.Replace("revision: 1", "revision: 9", StringComparison.Ordinal));
        var problem = Assert.Single(PolicyFiles.CompareInstrument(path, tuesday).Problems);
        Assert.Equal(("revision 9", $"a revision of {Manual}: 1 to 2"), (problem.Found, problem.Expected));
        // A check against a folder knows no revisions.
        Assert.Empty(PolicyFiles.CompareInstrument(path, Monday, isRegister: false).Problems);
    }

    [Theory]
    [InlineData("table.CSV", "0x504B0304", "a workbook of a spreadsheet program")]
    [InlineData("spd-manual-16.170.YML", "0xFFFE69", "text in UTF-16")]
    [InlineData("table.csv", "Referentie;Kies soort / type sensor;Latitude, Longitude;x", "cells with semicolons between them")]
    [InlineData("table.csv", "a\tb\tc", "cells with tabs between them")]
    [InlineData("table.xls", "a", "expected a table that ends with .csv")]
    public void A_file_of_another_format_is_refused_with_its_name_and_what_to_do(string name, string content, string expected)
    {
        var bytes = content.StartsWith("0x", StringComparison.Ordinal)
            ? Convert.FromHexString(content[2..])
            : Encoding.UTF8.GetBytes(content);
        Assert.Contains(expected, new TableFiles().Read(bytes, name, Monday).Refusals[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_may_have_dates_as_people_and_spreadsheets_write_them()
    {
        var table = Text(Monday).Replace(",2019-02-01,,open,", ",\"February 1, 2019\",,open,", StringComparison.Ordinal);
        Assert.NotEqual(Text(Monday), table);
        Assert.Empty(Read(table, Monday).Documents);
    }

    [Fact]
    public void A_table_without_its_revisions_is_refused_with_what_to_do_and_undoes_nothing()
    {
        var tuesday = With(Monday, instrument => WithRetention(instrument, 21));
        var rows = Text(Monday).TrimEnd().Split("\r\n").Select(row => row[..row.LastIndexOf(',')]);
        var problem = Assert.Single(Problems(string.Join("\r\n", rows), tuesday));
        Assert.StartsWith("no column 'revision', which says how old the rows are", problem.Found, StringComparison.Ordinal);
        Assert.Contains("download the table again, and make the changes in it", problem.Expected, StringComparison.Ordinal);

        var row = Row(Text(Monday));
        problem = Assert.Single(Problems(Text(Monday).Replace(row, row[..^1], StringComparison.Ordinal), tuesday));
        Assert.StartsWith("no revision of a row that is registered already", problem.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_a_new_rule_needs_no_revision_and_changes_nothing_else()
    {
        var tuesday = With(Monday, instrument => WithRetention(instrument, 21));
        var row = Row(Text(Monday));
        var added = row[..^1].Replace(",alpr,", ",facility-camera,", StringComparison.Ordinal);
        var table = Text(Monday).Replace(row, row + "\r\n" + added, StringComparison.Ordinal);
        var version = Assert.Single(Read(table, tuesday).Documents).Document.Value<Instrument>().Versions[0];
        Assert.Equal(
            [("alpr", 21), ("facility-camera", 90)],
            version.Rules.Select(rule => (rule.Technology, rule.Retention[0].Days!.Value))
        );

        // Alone it restates what it shares with a version that is registered, of an age that is not known.
        var alone = Text(Monday).Split("\r\n")[0] + "\r\n" + added;
        Assert.StartsWith("no revision of a row", Assert.Single(Problems(alone, tuesday)).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_domain_error_of_a_file_of_an_instrument_stands_at_its_line()
    {
        var file = PolicyWriter.Write(Monday).Single(file => file.Name == $"instruments/{Manual}.yaml");
        var path = Path.Combine(_folder, Manual + ".yaml");
        File.WriteAllText(path, file.Text.Replace("data_class: patrol reads", "data_class: “patrol reads”", StringComparison.Ordinal));
        var line = File.ReadAllLines(path).Index().First(each => each.Item.Contains('“', StringComparison.Ordinal)).Index + 1;
        var problem = Assert.Single(PolicyFiles.CompareInstrument(path, Monday).Problems);
        Assert.Contains("“patrol reads”", problem.Found, StringComparison.Ordinal);
        Assert.Equal(line, problem.Line);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Text(GovernanceHistory history) => Encoding.UTF8.GetString(TableCsv.Write(history));

    /// <summary>The only row of the manual.</summary>
    private static string Row(string table) => table.Split("\r\n").Single(row => row.StartsWith(Manual + ",", StringComparison.Ordinal));

    private static ImmutableArray<FileProblem> Problems(string table, GovernanceHistory history) =>
        TableCsv.Read(new MemoryStream(Encoding.UTF8.GetBytes(table)), "table.csv", history).Problems;

    private static ProposalFromFiles Read(string table, GovernanceHistory history)
    {
        var reading = TableCsv.Read(new MemoryStream(Encoding.UTF8.GetBytes(table)), "table.csv", history);
        Assert.True(reading.Problems.IsEmpty, string.Join('\n', reading.Problems));
        return reading.Value!;
    }

    private static Instrument Latest(GovernanceHistory history) =>
        history.LatestOf(DocumentKind.Instrument, Manual)!.Document.Value<Instrument>();

    private static GovernanceHistory With(GovernanceHistory history, Func<Instrument, Instrument> change)
    {
        var latest = history.LatestOf(DocumentKind.Instrument, Manual)!;
        return new([
            .. history.Revisions,
            latest with
            {
                Document = PolicyDocument.For(change(Latest(history))),
                Number = latest.Number + 1,
            },
        ]);
    }

    private static Instrument WithRetention(Instrument instrument, int days)
    {
        var rule = instrument.Versions[0].Rules[0];
        var changed = rule with { Retention = rule.Retention.SetItem(0, rule.Retention[0] with { Days = days }) };
        return instrument with { Versions = [instrument.Versions[0] with { Rules = [changed] }] };
    }
}

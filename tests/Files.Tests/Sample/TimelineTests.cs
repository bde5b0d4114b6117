using Microsoft.VisualBasic.FileIO;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>
/// Holds the table against a timeline and a list that others made: those in the folder that REGISTRY_TEST_DATA names, or a few rows of
/// our own. Every event stands in the table with its date and no surer than it was told; every version that is called effective on a
/// day begins on that day.
/// </summary>
public sealed class TimelineTests
{
    private static readonly string Timeline = Data("seattle-governance-timeline.csv", "timeline.csv"),
        MasterList = Data("seattle-master-list-2025-09.csv", "master-list.csv");

    private static string Data(string given, string own) =>
        Environment.GetEnvironmentVariable("REGISTRY_TEST_DATA") is { Length: > 0 } folder
            ? Path.Combine(folder, "seattle", given)
            : Path.Combine(SampleCity.Root, "tests/Files.Tests/data", own);

    public static TheoryData<string, string, string> Events() =>
        [.. Rows(Timeline).Select(row => (row["date"], row["instrument"], row["confidence"]))];

    [Theory]
    [MemberData(nameof(Events))]
    public void Has_no_event_that_the_table_does_not_hold_with_its_date_and_confidence(string date, string instrument, string confidence)
    {
        var cited = Citation.FindIn(instrument).FirstOrDefault();
        var trust = confidence switch
        {
            "sourced" => Confidence.Sourced,
            "secondary" => Confidence.Secondary,
            _ => Confidence.Unsure,
        };
        Assert.Contains(
            Texts(),
            text => text.Version.Source.Confidence == trust && (cited is null || Speaks(text, cited)) && Dates(text.Version).Contains(date)
        );
    }

    [Fact]
    public void Lists_no_approval_that_the_table_does_not_hold_with_its_bill_and_day()
    {
        var approvals = Rows(MasterList)
            .SelectMany(row =>
                new[]
                {
                    (Bill: row["approving_council_bill"], Day: row["approved_on"]),
                    (Bill: row["material_update_bill"], Day: row["material_update_on"]),
                }
            )
            .Where(approval => approval.Bill.Length > 0)
            .ToArray();
        Assert.True(approvals.Length >= 4);
        Assert.All(
            approvals,
            approval =>
                Assert.Contains(
                    Texts(),
                    text => text.Version.Passed.ToString() == approval.Day && Speaks(text, Citation.FindIn(approval.Bill).Single())
                )
        );
    }

    private static IEnumerable<(Instrument Instrument, InstrumentVersion Version)> Texts() =>
        SampleCity.Opening.Governance.Table.Instruments.SelectMany(instrument =>
            instrument.Versions.Select(version => (instrument, version))
        );

    /// <summary>Whether the text is the one cited, or was made by it.</summary>
    private static bool Speaks((Instrument Instrument, InstrumentVersion Version) text, Citation cited) =>
        new[] { text.Instrument.Citation, text.Version.By ?? "" }.SelectMany(Citation.FindIn).Contains(cited);

    /// <summary>Every date that a text states, in its fields or in its notes.</summary>
    private static HashSet<string> Dates(InstrumentVersion version) =>
        [
            .. new[]
            {
                version.Effective.From,
                version.Effective.FromKnownBy,
                version.Effective.To,
                version.Effective.EndKnownBy,
                version.Passed,
                version.Signed,
                version.Filed,
            }
                .OfType<LawDate>()
                .Select(date => date.ToString()),
            .. version
                .Rules.SelectMany(rule => (rule.Note ?? "").Split(' ', '.', ',', ';', '(', ')'))
                .Where(word => LawDate.TryParse(word, out _)),
        ];

    [Fact]
    public void Agrees_with_the_table_on_every_effective_day()
    {
        var instruments = SampleCity.Opening.Governance.Table.Instruments;
        var checkedRows = 0;
        foreach (
            var row in Rows(Timeline)
                .Where(row => row["confidence"] == "sourced" && row["event"].Contains("effective", StringComparison.Ordinal))
        )
        {
            var number = row["instrument"].Split(' ')[1];
            var versions = instruments
                .SelectMany(instrument => instrument.Versions.Select(version => (instrument.Citation, Version: version)))
                .Where(one => one.Citation == row["instrument"] || one.Version.By?.Contains(number, StringComparison.Ordinal) == true)
                .Select(one => one.Version)
                .ToArray();
            Assert.Contains(versions, version => version.Effective.From == LawDate.Parse(row["date"]));
            checkedRows++;
        }

        Assert.True(checkedRows >= 2);
    }

    [Fact]
    public void Names_the_pause_as_reported_and_so_does_the_table()
    {
        var reported = Rows(Timeline).Where(row => row["confidence"] == "secondary").Select(row => row["date"]).ToArray();
        var pause = SampleCity
            .Opening.Governance.Table.Instruments.SelectMany(instrument => instrument.Versions)
            .Single(version => version.Rules.Any(rule => rule.Pauses));
        Assert.Contains(pause.Effective.From.ToString(), reported);
        Assert.Equal(Confidence.Secondary, pause.Source.Confidence);
    }

    private static List<Dictionary<string, string>> Rows(string file)
    {
        using var csv = new TextFieldParser(file) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
        var header = csv.ReadFields()!;
        var rows = new List<Dictionary<string, string>>();
        while (csv.ReadFields() is { } fields)
            rows.Add(header.Zip(fields).ToDictionary(field => field.First, field => field.Second, StringComparer.Ordinal));
        return rows;
    }
}

using Microsoft.VisualBasic.FileIO;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Sample;

/// <summary>
/// Compares the table with an independent timeline and master list: those in the folder REGISTRY_TEST_DATA, or a few rows in
/// <c>data/</c>. The table must have every event with its date and confidence.
/// </summary>
public sealed class TimelineTests
{
    private static readonly string Timeline = DataFile("seattle-governance-timeline.csv", "timeline.csv"),
        MasterList = DataFile("seattle-master-list-2025-09.csv", "master-list.csv");

    private static string DataFile(string externalName, string ownName) =>
        Environment.GetEnvironmentVariable("REGISTRY_TEST_DATA") is { Length: > 0 } folder
            ? Path.Combine(folder, "seattle", externalName)
            : Path.Combine(SampleCity.Root, "tests/Files.Tests/data", ownName);

    public static TheoryData<string, string, string> Events() =>
        [.. Rows(Timeline).Select(row => (row["date"], row["instrument"], row["confidence"]))];

    [Theory]
    [MemberData(nameof(Events))]
    public void The_table_has_every_event_of_the_timeline_with_date_and_confidence(string date, string instrument, string confidence)
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
            text => text.Version.Source.Confidence == trust && (cited is null || IsCited(text, cited)) && Dates(text.Version).Contains(date)
        );
    }

    [Fact]
    public void The_table_has_every_approval_of_the_master_list_with_bill_and_day()
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
                    text => text.Version.Passed.ToString() == approval.Day && IsCited(text, Citation.FindIn(approval.Bill).Single())
                )
        );
    }

    private static IEnumerable<(Instrument Instrument, InstrumentVersion Version)> Texts() =>
        SampleCity.Opening.Governance.Table.Instruments.SelectMany(instrument =>
            instrument.Versions.Select(version => (instrument, version))
        );

    /// <summary>True if the text is the cited one, or was adopted by it.</summary>
    private static bool IsCited((Instrument Instrument, InstrumentVersion Version) text, Citation cited) =>
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
    public void Every_effective_day_of_the_timeline_is_the_first_day_of_a_version()
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
                .Where(candidate =>
                    candidate.Citation == row["instrument"] || candidate.Version.By?.Contains(number, StringComparison.Ordinal) == true
                )
                .Select(candidate => candidate.Version)
                .ToArray();
            Assert.Contains(versions, version => version.Effective.From == LawDate.Parse(row["date"]));
            checkedRows++;
        }

        Assert.True(checkedRows >= 2);
    }

    [Fact]
    public void The_pause_is_a_secondary_source_in_the_timeline_and_in_the_table()
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

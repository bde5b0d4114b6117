using Microsoft.VisualBasic.FileIO;
using SurveillanceRegistry.Domain.Policies;

namespace SurveillanceRegistry.Files.Tests;

/// <summary>
/// Holds the table against a timeline that others made: the one in the folder that REGISTRY_TEST_DATA names, or a few rows of our own.
/// Every version that it calls effective on a day, of an instrument that the table holds, begins on that day in the table.
/// </summary>
public sealed class The_timeline_of_somebody_else
{
    private static readonly string Timeline = Environment.GetEnvironmentVariable("REGISTRY_TEST_DATA") is { Length: > 0 } folder
        ? Path.Combine(folder, "seattle", "seattle-governance-timeline.csv")
        : Path.Combine(SampleCity.Root, "tests/Files.Tests/data/timeline.csv");

    [Fact]
    public void Agrees_with_the_table_on_every_effective_day()
    {
        var instruments = SampleCity.Opening.Governance.Table.Instruments;
        var checkedRows = 0;
        foreach (var row in Rows().Where(row => row["confidence"] == "sourced" && row["event"].Contains("effective", StringComparison.Ordinal)))
        {
            var number = row["instrument"].Split(' ')[1];
            var versions = instruments.SelectMany(instrument => instrument.Versions.Select(version => (instrument.Citation, Version: version)))
                .Where(one => one.Citation == row["instrument"] || one.Version.By?.Contains(number, StringComparison.Ordinal) == true).Select(one => one.Version).ToArray();
            Assert.Contains(versions, version => version.Effective.From == LawDate.Parse(row["date"]));
            checkedRows++;
        }

        Assert.True(checkedRows >= 2);
    }

    [Fact]
    public void Names_the_pause_as_reported_and_so_does_the_table()
    {
        var reported = Rows().Where(row => row["confidence"] == "secondary").Select(row => row["date"]).ToArray();
        var pause = SampleCity.Opening.Governance.Table.Instruments.SelectMany(instrument => instrument.Versions).Single(version => version.Rules.Any(rule => rule.Pauses));
        Assert.Contains(pause.Effective.From.ToString(), reported);
        Assert.Equal(Confidence.Secondary, pause.Source.Confidence);
    }

    private static List<Dictionary<string, string>> Rows()
    {
        using var csv = new TextFieldParser(Timeline) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
        var header = csv.ReadFields()!;
        var rows = new List<Dictionary<string, string>>();
        while (csv.ReadFields() is { } fields)
            rows.Add(header.Zip(fields).ToDictionary(field => field.First, field => field.Second, StringComparer.Ordinal));
        return rows;
    }
}

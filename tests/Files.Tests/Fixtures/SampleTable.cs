using System.Text;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>The governance table of the sample city as CSV, and rows for tables that a test makes.</summary>
internal static class SampleTable
{
    /// <summary>A registry that holds the governance of the sample city.</summary>
    public static GovernanceHistory Registered { get; } = SampleCity.History(SampleCity.Opening.Governance);

    public static byte[] Bytes { get; } = TableCsv.Write(SampleCity.Opening.Governance);

    /// <summary>The table without the byte order mark.</summary>
    public static string Text { get; } = Encoding.UTF8.GetString(Bytes)[1..];

    public static string Header { get; } = string.Join(',', TableCsv.Columns) + "\n";

    /// <summary>The only row of the chapter on plate readers, without its line end.</summary>
    public static string PlateReaderRow { get; } =
        Text.Split("\r\n").Single(row => row.StartsWith("spd-manual-16.170,", StringComparison.Ordinal));

    public static FileReading<ProposalFromFiles> Read(string text, GovernanceHistory? history = null) =>
        Read(Encoding.UTF8.GetBytes(text), history);

    public static FileReading<ProposalFromFiles> Read(byte[] bytes, GovernanceHistory? history = null) =>
        // The rows of these tables name no revision.
        TableCsv.Read(new MemoryStream(bytes), "table.csv", history ?? Registered, isRegister: false);

    /// <summary>Returns a valid row with another text in one cell.</summary>
    public static string Row(string column, string cell)
    {
        var cells = TableCsv.Columns.ToDictionary(name => name, _ => "");
        cells["instrument"] = "ord-1";
        cells["kind"] = "ordinance";
        cells["citation"] = "An ordinance";
        cells["authority"] = "Council";
        cells["version"] = "1";
        cells["title"] = "Title";
        cells["from"] = "2020";
        cells["to"] = "open";
        cells["technology"] = "alpr";
        cells["records_access"] = "open";
        cells["source_title"] = "Read";
        cells["source_read_on"] = "2026-11-23";
        cells["source_confidence"] = "sourced";
        cells[column] = cell;
        return string.Join(',', TableCsv.Columns.Select(name => cells[name])) + "\n";
    }

    /// <summary>Returns a registry of many rows and its table: each instrument has four versions of five technologies.</summary>
    public static (GovernanceHistory History, string Text) Large(int rows)
    {
        var governance = LargeGovernance.Create(instruments: rows / 20);
        return (SampleCity.History(governance), Encoding.UTF8.GetString(TableCsv.Write(governance))[1..]);
    }
}

using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Facts;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>How the bytes of a list are read, where they do not say it themselves.</summary>
/// <param name="Encoding"><c>utf-8</c>, <c>utf-16</c> or <c>windows-1252</c>; null: UTF-8, or UTF-16 with its mark.</param>
/// <param name="Separator">Between the cells of a CSV; null: the one that the header has most often.</param>
/// <param name="Sheet">The sheet of a workbook; null: the first.</param>
public sealed record ListOptions(string? Encoding = null, string? Separator = null, string? Sheet = null);

/// <summary>A row of a list: its cells as text, and its geometry.</summary>
/// <param name="Number">The row as a spreadsheet shows it, from 2; of a feature of GeoJSON its place in the list, from 1.</param>
/// <param name="Cells">The cells, in the order of the columns; shorter rows have fewer.</param>
public sealed record ListRow(int Number, ImmutableArray<string> Cells)
{
    /// <summary>The point of a feature.</summary>
    public Position? Position { get; init; }

    /// <summary>The polygon of a feature.</summary>
    public Area? Coverage { get; init; }
}

/// <summary>A problem of a list: where it is, what was found there, and what was expected.</summary>
/// <param name="Row">0 for the whole file.</param>
/// <param name="Column">The name of the column; null for the whole row.</param>
public sealed record ListProblem(int Row, string? Column, string Found, string Expected)
{
    /// <summary>The most problems that are listed; the others are only counted.</summary>
    public const int MaxListed = 200;

    /// <summary>The most problems that are looked for: reading stops at the last.</summary>
    public const int MaxFound = 10_000;

    /// <summary>Says that reading stopped.</summary>
    /// <param name="row">The first row that was not looked at.</param>
    public static ListProblem TooMany(int row) =>
        new(row, null, $"{MaxFound} problems before this row", "fewer: correct them; this row and those after it were not looked at");

    public override string ToString() =>
        (Row == 0 ? "" : $"row {Row}{(Column is null ? "" : $", column {Column}")}: ") + $"found {Found}; expected {Expected}";
}

/// <summary>A list as it was read from a file: rows of text, not yet what they mean.</summary>
/// <param name="Format"><c>csv</c>, <c>geojson</c> or <c>xlsx</c>; null when the file could not be read.</param>
/// <param name="Notes">What the reader left out or did not do, in sentences.</param>
public sealed record CityList(
    string? Format,
    ImmutableArray<string> Columns,
    ImmutableArray<ListRow> Rows,
    ImmutableArray<string> Notes,
    ImmutableArray<ListProblem> Problems
)
{
    /// <summary>A larger file is not read, in bytes.</summary>
    public const int MaxBytes = 24 * 1024 * 1024;

    /// <summary>A list has at most this many rows.</summary>
    public const int MaxRows = 50_000;

    /// <summary>A list has at most this many columns.</summary>
    public const int MaxColumns = 200;

    /// <summary>The most characters of a cell.</summary>
    public const int MaxCell = 40_000;

    /// <summary>The most characters of the name of a column.</summary>
    public const int MaxColumnName = 200;

    /// <summary>The most characters of all cells together. A text that several cells share counts for each.</summary>
    public const int MaxCharacters = 32_000_000;

    /// <summary>A file that cannot be read.</summary>
    public static CityList Unreadable(string found, string expected, int row = 0) =>
        new(null, [], [], [], [new ListProblem(row, null, found, expected)]);
}

/// <summary>Reads the lists of cities: CSV, GeoJSON and workbooks.</summary>
public interface ICityListReader
{
    /// <summary>Reads a file. Never throws for its content: every error becomes a problem.</summary>
    CityList Read(ReadOnlyMemory<byte> bytes, ListOptions options, CancellationToken cancellationToken);

    /// <summary>Writes devices as a CSV that reads back to the same devices; with none the header alone, as a template.</summary>
    byte[] WriteCsv(IEnumerable<Device> devices);

    /// <summary>Writes fixed devices as a GeoJSON that reads back to the same devices.</summary>
    byte[] WriteGeoJson(IEnumerable<Device> devices);
}

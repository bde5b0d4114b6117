using System.Collections.Immutable;
using System.Text;
using CsvHelper;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Files.Csv;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>Reads a list in CSV: commas, semicolons or tabs between the cells.</summary>
internal static class CsvListReader
{
    private static readonly char[] Separators = [',', ';', '\t'];

    /// <summary>Reads a text. Never throws for its content.</summary>
    public static CityList Read(string text, ListOptions options, CancellationToken cancellationToken)
    {
        if (Separator(text, options.Separator) is not { } separator)
            return CityList.Unreadable($"the separator '{options.Separator}'", "a comma, a semicolon or a tab");
        var problems = ImmutableArray.CreateBuilder<ListProblem>();
        var isMalformed = false;
        using var csv = CsvReader.Create(
            Encoding.UTF8.GetBytes(text),
            new CsvReaderOptions
            {
                Separator = separator,
                HasHeader = false,
                SkipEmptyLines = false,
                Encoding = Encoding.UTF8,
                OnMalformedRecord = _ => isMalformed = true,
            }
        );
        if (!csv.Read() || csv.FieldCount == 1 && csv.GetString(0).Trim().Length == 0)
            return CityList.Unreadable("an empty file", "a first row with the names of the columns");
        if (csv.FieldCount > CityList.MaxColumns)
            return CityList.Unreadable($"{csv.FieldCount} columns", $"at most {CityList.MaxColumns}");
        if (ListColumns.TryName(Cells(csv, csv.FieldCount), out var columns) is { } unreadable)
            return unreadable;
        var rows = ImmutableArray.CreateBuilder<ListRow>();
        for (var number = 2; csv.Read(); number++)
        {
            if (number > CityList.MaxRows + 1)
                return CityList.Unreadable($"more than {CityList.MaxRows} rows", "at most that many: split the list into several files");
            cancellationToken.ThrowIfCancellationRequested();
            if (problems.Count >= ListProblem.MaxFound)
            {
                problems.Add(ListProblem.TooMany(number));
                break;
            }

            ReadRow(csv, number, columns, rows, problems);
        }

        if (isMalformed)
            problems.Add(new ListProblem(0, null, "quotes that do not fit together", "each quote within a quoted cell written twice"));
        return new CityList("csv", columns, rows.ToImmutable(), [], problems.ToImmutable());
    }

    private static void ReadRow(
        CsvReader csv,
        int number,
        ImmutableArray<string> columns,
        ImmutableArray<ListRow>.Builder rows,
        ImmutableArray<ListProblem>.Builder problems
    )
    {
        // Some programs end each row with separators; a row of a million is no row.
        var count = csv.FieldCount;
        var isTooWide = count > CityList.MaxColumns || Cells(csv, count)[Math.Min(count, columns.Length)..].Any(cell => !IsBlank(cell));
        if (isTooWide)
            problems.Add(new ListProblem(number, null, $"{count} cells", $"{columns.Length}, one for each column: is a quote missing?"));
        var cells = Cells(csv, Math.Min(count, columns.Length));
        if (!isTooWide && cells.All(IsBlank))
            return;
        foreach (var (index, cell) in cells.Index())
        {
            if (cell.Length > CityList.MaxCell)
                problems.Add(new ListProblem(number, columns[index], $"{cell.Length} characters", $"at most {CityList.MaxCell} in a cell"));
            cells[index] = cell.Length > CityList.MaxCell ? "" : FormulaEscaping.Unescape(cell);
        }

        rows.Add(new ListRow(number, [.. cells]));
    }

    private static bool IsBlank(string cell) => string.IsNullOrWhiteSpace(cell);

    private static string[] Cells(CsvReader csv, int count)
    {
        var cells = new string[count];
        for (var index = 0; index < cells.Length; index++)
            cells[index] = csv.GetString(index);
        return cells;
    }

    /// <summary>The separator that a person named, or that stands in the header most often outside quotes.</summary>
    private static char? Separator(string text, string? named)
    {
        if (named is { Length: > 0 })
            return named is "tab" or "\t" ? '\t'
                : named.Length == 1 && Separators.Contains(named[0]) ? named[0]
                : null;
        var counts = new int[Separators.Length];
        var isQuoted = false;
        foreach (var letter in text)
        {
            if (letter == '"')
                isQuoted = !isQuoted;
            else if (letter is '\n' or '\r' && !isQuoted)
                break;
            else if (!isQuoted && Array.IndexOf(Separators, letter) is >= 0 and var index)
                counts[index]++;
        }

        return Separators[Array.IndexOf(counts, counts.Max())];
    }
}

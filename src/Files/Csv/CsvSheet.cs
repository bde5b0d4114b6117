using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>A row of a sheet, its cells without what kept them from being formulas.</summary>
/// <param name="Number">As spreadsheets count, the header being row 1.</param>
/// <param name="Line">The line of the file on which it begins.</param>
internal sealed record CsvRow(CsvSheet Sheet, int Number, int Line, ImmutableArray<string> Texts)
{
    /// <summary>The cell of a column, which may be empty. Columns that the sheet does not have are.</summary>
    public YamlText this[string column]
    {
        get
        {
            var at = Sheet.ColumnOf(column);
            var text = at < 0 ? "" : Texts[at];
            return new YamlText(text, text.Length == 0, Line, Math.Max(at, 0) + 1);
        }
    }
}

/// <summary>
/// A file of comma-separated values with a header: its rows, and what is wrong with its bytes, its columns and its quotes.
/// </summary>
internal sealed class CsvSheet
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>The most rows that are read, without the header.</summary>
    public const int MaxRows = 100_000;

    /// <summary>The most problems that are listed.</summary>
    public const int MaxProblems = 200;

    /// <summary>The most bytes of a cell: a spreadsheet holds no more characters in one.</summary>
    private const int MaxCellBytes = 32_767;

    private const int ReadAtOnce = 64 * 1024;

    private readonly Dictionary<int, int> _rowOnLine = [];
    private readonly List<CsvRow> _rows = [];
    private int _counted;
    private FrozenDictionary<string, int> _columns = FrozenDictionary<string, int>.Empty;
    private ImmutableArray<string> _names = [];

    private CsvSheet(string name) => File = YamlFile.Otherwise(name);

    /// <summary>Where problems with cells are reported.</summary>
    public YamlFile File { get; }

    public IReadOnlyList<CsvRow> Rows => _rows;

    /// <summary>Where a column stands, from 0; -1 when the sheet does not have it.</summary>
    public int ColumnOf(string column) => _columns.GetValueOrDefault(column, -1);

    /// <summary>Reads a sheet. Everything that can be wrong with it becomes a problem.</summary>
    /// <param name="required">Columns that must be there, in whatever order.</param>
    /// <param name="optional">Columns that may be there.</param>
    public static CsvSheet Read(Stream stream, string name, ImmutableArray<string> required, ImmutableArray<string> optional)
    {
        var sheet = new CsvSheet(name);
        if (sheet.Bytes(stream) is { } bytes && sheet.IsText(bytes.Span))
            sheet.Parse(bytes, required, optional);
        return sheet;
    }

    /// <summary>
    /// The first problems, each with the row and the column that a spreadsheet shows; then one more that says how many others there are.
    /// </summary>
    public ImmutableArray<FileProblem> Problems()
    {
        FileProblem[] all = [.. File.Problems.Distinct().OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];
        var more = _counted + Math.Max(0, all.Length - MaxProblems);
        IEnumerable<FileProblem> told = all.Take(MaxProblems)
            .Select(problem => problem with { Found = problem.Found + Parse(problem.Line, problem.Column) });
        return more == 0
            ? [.. told]
            :
            [
                .. told,
                new FileProblem(File.Name, all[^1].Line, all[^1].Column, $"and {more} more problems from here on", "these mended first"),
            ];
    }

    /// <summary>Forgets what will not be listed: a large table may have a problem in every cell.</summary>
    public void CountOnly()
    {
        if (File.Problems.Count <= 2 * MaxProblems)
            return;
        _counted += File.Problems.Count - MaxProblems;
        File.Problems.RemoveRange(MaxProblems, File.Problems.Count - MaxProblems);
    }

    /// <summary>Where in the sheet a problem is, with a blank before it; empty for one that is in no row.</summary>
    private string Parse(int line, int column) =>
        _rowOnLine.TryGetValue(line, out var row) ? $" in row {row}, column {_names.ElementAtOrDefault(column - 1) ?? "1"}" : "";

    private void Say(int line, int column, string found, string expected) =>
        File.Problems.Add(new FileProblem(File.Name, line, column, found, expected));

    private ReadOnlyMemory<byte>? Bytes(Stream stream)
    {
        var all = new MemoryStream();
        var buffer = new byte[ReadAtOnce];
        for (int read; (read = stream.Read(buffer)) > 0; )
        {
            all.Write(buffer, 0, read);
            if (all.Length <= MaxBytes)
                continue;
            Say(1, 1, $"more than {MaxBytes} bytes", $"at most {MaxBytes} bytes: split the table into several files");
            return null;
        }

        return all.GetBuffer().AsMemory(0, (int)all.Length);
    }

    private bool IsText(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            Say(1, 1, "text in UTF-16", "UTF-8: save the sheet as 'CSV UTF-8'");
            return false;
        }

        var bad = bytes.IndexOf((byte)0);
        var found = "a byte of zero";
        if (bad < 0 && !Utf8.IsValid(bytes))
        {
            bad = FirstThatIsNotUtf8(bytes);
            found = "bytes that are not UTF-8";
        }

        if (bad < 0)
            return true;
        var before = bytes[..bad];
        Say(
            before.Count((byte)'\n') + 1,
            before.Length - before.LastIndexOf((byte)'\n'),
            found,
            "a text in UTF-8: save the sheet as 'CSV UTF-8'"
        );
        return false;
    }

    private static int FirstThatIsNotUtf8(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }

    private void Parse(ReadOnlyMemory<byte> bytes, ImmutableArray<string> required, ImmutableArray<string> optional)
    {
        using var csv = CsvReader.Create(
            bytes,
            new CsvReaderOptions
            {
                Separator = ',',
                HasHeader = false,
                SkipEmptyLines = false,
                TrackLineNumbers = true,
                Encoding = Encoding.UTF8,
                PoolStrings = true,
                OnMalformedRecord = record =>
                    Say(
                        (int)record.LineNumber,
                        1,
                        Malformed(record.Reason),
                        "a cell with quotes, commas or several lines in quotes, and each quote in it twice"
                    ),
            }
        );
        if (!csv.Read())
        {
            Say(1, 1, "an empty file", "a header: " + string.Join(',', required));
            return;
        }

        if (csv.FieldCount > 2 * (required.Length + optional.Length))
        {
            Say(1, 1, $"{csv.FieldCount} columns", $"{required.Length}: {string.Join(',', required)}");
            return;
        }

        if (!IsHeader([.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)], required, optional))
            return;
        for (var number = 2; csv.Read(); number++)
        {
            if (number > MaxRows + 1)
            {
                Say((int)csv.LineNumber, 1, $"more than {MaxRows} rows", $"at most {MaxRows} rows: split the table into several files");
                return;
            }

            Row(csv, number);
            CountOnly();
        }
    }

    private bool IsHeader(string[] names, ImmutableArray<string> required, ImmutableArray<string> optional)
    {
        var problems = File.Problems.Count;
        if (names is [var only] && only.AsSpan().IndexOfAny(';', '\t') >= 0)
        {
            Say(1, 1, "cells that no comma separates", "commas between the cells: save the sheet as 'CSV UTF-8 (comma separated)'");
            return false;
        }

        names = [.. names.Select(name => name.Trim())];
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (at, name) in names.Index())
        {
            if (!required.Contains(name) && !optional.Contains(name))
                Say(1, at + 1, $"the unknown column {YamlNode.Quote(name)}", "one of " + string.Join(", ", required));
            else if (!columns.TryAdd(name, at))
                Say(1, at + 1, $"the column {YamlNode.Quote(name)} again (first the {columns[name] + 1}.)", "each column once");
        }

        foreach (var missing in required.Where(name => !columns.ContainsKey(name)))
            Say(1, 1, $"no column '{missing}'", "every column, in whatever order: " + string.Join(',', required));
        (_columns, _names) = (columns.ToFrozenDictionary(StringComparer.Ordinal), [.. names]);
        return File.Problems.Count == problems;
    }

    private void Row(CsvReader csv, int number)
    {
        var line = (int)csv.LineNumber;
        _rowOnLine[line] = number;
        if (csv.FieldCount != _names.Length)
        {
            // A sheet may end with lines that hold nothing.
            if (csv.FieldCount > 1 || csv.GetSpan(0).Length > 0)
                Say(line, 1, $"{csv.FieldCount} cells", $"{_names.Length}, one for each column");
            return;
        }

        var texts = ImmutableArray.CreateBuilder<string>(_names.Length);
        for (var at = 0; at < _names.Length; at++)
            texts.Add(Cell(csv, line, at));
        if (texts.Any(text => text.Length > 0))
            _rows.Add(new CsvRow(this, number, line, texts.MoveToImmutable()));
    }

    private string Cell(CsvReader csv, int line, int at)
    {
        if (csv.GetSpan(at).Length is > MaxCellBytes and var bytes)
        {
            Say(line, at + 1, $"{bytes} bytes in one cell", $"at most {MaxCellBytes}");
            return "";
        }

        var text = csv.GetString(at);
        if (FormulaEscaping.IsFormula(text))
            Say(
                line,
                at + 1,
                $"{YamlNode.Quote(text)}, which a spreadsheet would run as a formula",
                $"the text with ' before it: {YamlNode.Quote("'" + text)}"
            );
        return FormulaEscaping.In(text);
    }

    private static string Malformed(CsvMalformedReason reason) =>
        reason switch
        {
            CsvMalformedReason.UnterminatedQuote => "a quoted cell that never ends",
            CsvMalformedReason.TextAfterClosingQuote => "text behind the closing quote of a cell",
            _ => "a quote in the middle of a cell without quotes",
        };
}

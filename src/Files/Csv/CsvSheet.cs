using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>A CSV file with a header: its rows, and the problems with its bytes, columns and quotes.</summary>
internal sealed class CsvSheet
{
    /// <summary>A larger file is not read.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>A sheet has at most this many rows, without the header.</summary>
    public const int MaxRows = 100_000;

    /// <summary>At most this many problems are listed; the others are only counted.</summary>
    public const int MaxProblems = 200;

    /// <summary>The largest cell, in bytes. Spreadsheets allow this many characters in a cell.</summary>
    private const int MaxCellBytes = 32_767;

    private const int BufferBytes = 64 * 1024;

    private readonly Dictionary<int, int> _rowNumberByLine = [];
    private readonly List<CsvRow> _rows = [];
    private int _droppedProblems;
    private FrozenDictionary<string, int> _columnIndexes = FrozenDictionary<string, int>.Empty;
    private ImmutableArray<string> _columnNames = [];

    private CsvSheet(string name) => File = YamlFile.CreateEmpty(name);

    /// <summary>Collects the problems of the sheet and of its cells.</summary>
    public YamlFile File { get; }

    public IReadOnlyList<CsvRow> Rows => _rows;

    /// <summary>Returns the index of a column, from 0; -1 when the sheet does not have it.</summary>
    public int ColumnOf(string column) => _columnIndexes.GetValueOrDefault(column, -1);

    /// <summary>Reads a sheet. Never throws for the file's content: every error becomes a problem.</summary>
    /// <param name="required">The mandatory columns, in any order.</param>
    /// <param name="optional">The other allowed columns.</param>
    public static CsvSheet Read(Stream stream, string name, ImmutableArray<string> required, ImmutableArray<string> optional)
    {
        var sheet = new CsvSheet(name);
        if (sheet.ReadBytes(stream) is { } bytes && sheet.CheckEncoding(bytes.Span))
            sheet.ReadRecords(bytes, required, optional);
        return sheet;
    }

    /// <summary>
    /// Returns the first problems, each with the row and column that a spreadsheet shows. If there are more, the last entry counts them.
    /// </summary>
    public ImmutableArray<FileProblem> Problems()
    {
        FileProblem[] all = [.. File.Problems.Distinct().OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];
        var unlisted = _droppedProblems + Math.Max(0, all.Length - MaxProblems);
        IEnumerable<FileProblem> listed = all.Take(MaxProblems)
            .Select(problem => problem with { Found = problem.Found + DescribeCell(problem.Line, problem.Column) });
        return unlisted == 0
            ? [.. listed]
            :
            [
                .. listed,
                new FileProblem(
                    File.Name,
                    all[^1].Line,
                    all[^1].Column,
                    $"and {unlisted} more problems from here on",
                    "the listed problems corrected first"
                ),
            ];
    }

    /// <summary>Drops and counts problems that will not be listed. A large table may have a problem in every cell.</summary>
    public void DropUnlistedProblems()
    {
        if (File.Problems.Count <= 2 * MaxProblems)
            return;
        _droppedProblems += File.Problems.Count - MaxProblems;
        File.Problems.RemoveRange(MaxProblems, File.Problems.Count - MaxProblems);
    }

    /// <summary>Names the row and column of a position, after a blank; returns an empty text for a line that no row begins on.</summary>
    private string DescribeCell(int line, int column) =>
        _rowNumberByLine.TryGetValue(line, out var row)
            ? $" in row {row}, column {_columnNames.ElementAtOrDefault(column - 1) ?? "1"}"
            : "";

    /// <summary>Reads the stream to its end; returns null, with a problem, when it is too large.</summary>
    private ReadOnlyMemory<byte>? ReadBytes(Stream stream)
    {
        var all = new MemoryStream();
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            all.Write(buffer, 0, read);
            if (all.Length <= MaxBytes)
                continue;
            File.Report(1, 1, $"more than {MaxBytes} bytes", $"at most {MaxBytes} bytes: split the table into several files");
            return null;
        }

        return all.GetBuffer().AsMemory(0, (int)all.Length);
    }

    /// <summary>Returns false, with a problem, for bytes that are not a text in UTF-8.</summary>
    private bool CheckEncoding(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            File.Report(1, 1, "text in UTF-16", "UTF-8: save the sheet as 'CSV UTF-8'");
            return false;
        }

        if (bytes is [(byte)'P', (byte)'K', 3, 4, ..])
        {
            File.Report(1, 1, "a workbook of a spreadsheet program", "the sheet alone: save it as 'CSV UTF-8'");
            return false;
        }

        var invalid = bytes.IndexOf((byte)0);
        var found = "a byte of zero";
        if (invalid < 0 && !Utf8.IsValid(bytes))
        {
            invalid = IndexOfInvalidUtf8(bytes);
            found = "bytes that are not UTF-8";
        }

        if (invalid < 0)
            return true;
        var before = bytes[..invalid];
        File.Report(
            before.Count((byte)'\n') + 1,
            before.Length - before.LastIndexOf((byte)'\n'),
            found,
            "a text in UTF-8: save the sheet as 'CSV UTF-8'"
        );
        return false;
    }

    private static int IndexOfInvalidUtf8(ReadOnlySpan<byte> bytes)
    {
        var index = 0;
        while (index < bytes.Length && Rune.DecodeFromUtf8(bytes[index..], out _, out var length) == OperationStatus.Done)
            index += length;
        return index;
    }

    private void ReadRecords(ReadOnlyMemory<byte> bytes, ImmutableArray<string> required, ImmutableArray<string> optional)
    {
        using var csv = CsvReader.Create(bytes, Options());
        if (!csv.Read())
        {
            File.Report(1, 1, "an empty file", "a header: " + string.Join(',', required));
            return;
        }

        if (csv.FieldCount > 2 * (required.Length + optional.Length))
        {
            File.Report(1, 1, $"{csv.FieldCount} columns", $"{required.Length}: {string.Join(',', required)}");
            return;
        }

        if (!ReadHeader([.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)], required, optional))
            return;
        for (var number = 2; csv.Read(); number++)
        {
            if (number > MaxRows + 1)
            {
                File.Report(
                    (int)csv.LineNumber,
                    1,
                    $"more than {MaxRows} rows",
                    $"at most {MaxRows} rows: split the table into several files"
                );
                return;
            }

            ReadRow(csv, number);
            DropUnlistedProblems();
        }
    }

    private CsvReaderOptions Options() =>
        new()
        {
            Separator = ',',
            HasHeader = false,
            SkipEmptyLines = false,
            TrackLineNumbers = true,
            Encoding = Encoding.UTF8,
            PoolStrings = true,
            OnMalformedRecord = record =>
                File.Report(
                    (int)record.LineNumber,
                    1,
                    Describe(record.Reason),
                    "a cell with quotes, commas or several lines in quotes, and each quote in it twice"
                ),
        };

    /// <summary>Returns false, with problems, unless each required column is there and each column is allowed and there once.</summary>
    private bool ReadHeader(string[] names, ImmutableArray<string> required, ImmutableArray<string> optional)
    {
        var problems = File.Problems.Count;
        // Other separators leave whole rows in a cell. Commas in the texts of a header may split even those.
        if (names.Any(name => name.AsSpan().IndexOfAny(';', '\t') >= 0) && !names.Any(name => required.Contains(name.Trim())))
        {
            File.Report(
                1,
                1,
                names.Any(name => name.Contains(';')) ? "cells with semicolons between them" : "cells with tabs between them",
                "commas between the cells: save the sheet as 'CSV UTF-8 (comma separated)'"
            );
            return false;
        }

        names = [.. names.Select(name => name.Trim())];
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, name) in names.Index())
        {
            if (!required.Contains(name) && !optional.Contains(name))
                File.Report(1, index + 1, $"the unknown column {YamlNode.Quote(name)}", "one of " + string.Join(", ", required));
            else if (!indexes.TryAdd(name, index))
                File.Report(1, index + 1, $"the column {YamlNode.Quote(name)} again (first the {indexes[name] + 1}.)", "each column once");
        }

        foreach (var missing in required.Where(name => !indexes.ContainsKey(name)))
            File.Report(1, 1, $"no column '{missing}'", "every column, in any order: " + string.Join(',', required));
        _columnIndexes = indexes.ToFrozenDictionary(StringComparer.Ordinal);
        _columnNames = [.. names];
        return File.Problems.Count == problems;
    }

    private void ReadRow(CsvReader csv, int number)
    {
        var line = (int)csv.LineNumber;
        _rowNumberByLine[line] = number;
        if (csv.FieldCount != _columnNames.Length)
        {
            // A sheet may end with empty lines.
            if (csv.FieldCount > 1 || csv.GetSpan(0).Length > 0)
                File.Report(line, 1, $"{csv.FieldCount} cells", $"{_columnNames.Length}, one for each column");
            return;
        }

        var texts = ImmutableArray.CreateBuilder<string>(_columnNames.Length);
        for (var column = 0; column < _columnNames.Length; column++)
            texts.Add(ReadCell(csv, line, column));
        if (texts.Any(text => text.Length > 0))
            _rows.Add(new CsvRow(this, number, line, texts.MoveToImmutable()));
    }

    /// <summary>Returns the unescaped text of a cell. Reports a formula, and returns an empty text for a cell that is too large.</summary>
    private string ReadCell(CsvReader csv, int line, int index)
    {
        if (csv.GetSpan(index).Length is > MaxCellBytes and var bytes)
        {
            File.Report(line, index + 1, $"{bytes} bytes in one cell", $"at most {MaxCellBytes}");
            return "";
        }

        var text = csv.GetString(index);
        if (FormulaEscaping.IsFormula(text))
            File.Report(
                line,
                index + 1,
                $"{YamlNode.Quote(text)}, which a spreadsheet would run as a formula",
                $"the text with ' before it: {YamlNode.Quote("'" + text)}"
            );
        return FormulaEscaping.Unescape(text);
    }

    private static string Describe(CsvMalformedReason reason) =>
        reason is CsvMalformedReason.UnterminatedQuote ? "a quoted cell that never ends"
        : reason is CsvMalformedReason.TextAfterClosingQuote ? "text behind the closing quote of a cell"
        : "a quote in the middle of a cell without quotes";
}

using System.Collections.Immutable;
using System.Diagnostics;
using CsvHelper;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Csv;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// Ten thousand rows of a CSV table are read, compared with the registered ones, and validated. The peer is CsvHelper alone, which only
/// reads the same cells.
/// </summary>
internal static class CsvTable
{
    private const int Repetitions = 9,
        LimitMilliseconds = 2000;

    public static void Run()
    {
        var registered = LargeGovernance.Create(retentionDays: 30);
        var history = new GovernanceHistory([
            .. registered
                .Documents()
                .Select((document, entry) => new PolicyRevision(document, 1, entry, DateTimeOffset.UnixEpoch, 0, null)),
        ]);
        var unchangedTable = TableCsv.Write(registered);
        var changedTable = TableCsv.Write(LargeGovernance.Create(retentionDays: 31));
        ImmutableArray<PolicyDocument> changedDocuments =
        [
            .. TableCsv
                .Read(new MemoryStream(changedTable), "table.csv", history, isRegister: false)
                .Value!.Documents.Select(proposed => proposed.Document),
        ];

        var csvHelper = MedianMilliseconds(() => CountCharacters(unchangedTable));
        var unchanged = MedianMilliseconds(() => CountDocuments(unchangedTable, history, 0));
        var changed = MedianMilliseconds(() => CountDocuments(changedTable, history, LargeGovernance.Instruments));
        var validation = MedianMilliseconds(() => PolicyValidator.Problems(history, changedDocuments).Length);

        Figures.Print(
            $"{LargeGovernance.Rules} rows of CSV ({unchangedTable.Length / 1024} KB) read and compared, nothing differs",
            $"{unchanged:0} ms, {unchanged / csvHelper:0.0} × CsvHelper alone",
            unchanged,
            LimitMilliseconds
        );
        Figures.Print(
            "… every row differs: read, compared, validated, proposed",
            $"{changed:0} ms, {changed / csvHelper:0.0} × CsvHelper alone",
            changed,
            LimitMilliseconds
        );
        Figures.Print("… of that: PolicyValidator", $"{validation:0} ms", validation, LimitMilliseconds);
        Figures.Print("… CsvHelper alone reads the same cells", $"{csvHelper:0.0} ms", csvHelper, LimitMilliseconds);
    }

    private static int CountDocuments(byte[] table, GovernanceHistory history, int expected)
    {
        var reading = TableCsv.Read(new MemoryStream(table), "table.csv", history, isRegister: false);
        return reading.Value?.Documents.Length == expected
            ? expected
            : throw new InvalidOperationException(
                $"{reading.Value?.Documents.Length} documents instead of {expected}: {reading.Problems.FirstOrDefault()}"
            );
    }

    private static int CountCharacters(byte[] table)
    {
        using var csv = CsvReader.Create(table, new CsvReaderOptions { Separator = ',' });
        var characters = 0;
        while (csv.Read())
        {
            for (var index = 0; index < csv.FieldCount; index++)
                characters += csv.GetString(index).Length;
        }

        return characters;
    }

    /// <summary>Returns the median of several runs after one that does not count.</summary>
    private static double MedianMilliseconds(Func<int> run)
    {
        run();
        double[] times = [.. Enumerable.Range(0, Repetitions).Select(_ => Milliseconds(run)).Order()];
        return times[Repetitions / 2];
    }

    private static double Milliseconds(Func<int> run)
    {
        var began = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}

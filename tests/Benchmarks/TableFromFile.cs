using System.Collections.Immutable;
using System.Diagnostics;
using CsvHelper;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// Ten thousand rows of a table as CSV: read, compared with what is registered, and checked. Beside it, the time in which CsvHelper merely
/// reads the same cells.
/// </summary>
internal static class TableFromFile
{
    private const int Instruments = 500,
        Versions = 4,
        Technologies = 5,
        Times = 9;

    public static void Run()
    {
        var registered = Large(days: 30);
        var history = new GovernanceHistory([
            .. registered.Documents().Select((document, at) => new PolicyRevision(document, 1, at, DateTimeOffset.UnixEpoch, 0, null)),
        ]);
        var (same, other) = (TableCsv.Write(registered), TableCsv.Write(Large(days: 31)));

        var merely = Median(() => Cells(same));
        var compared = Median(() => Documents(same, history, 0));
        var proposed = Median(() => Documents(other, history, Instruments));
        ImmutableArray<PolicyDocument> documents =
        [
            .. TableCsv.Read(new MemoryStream(other), "table.csv", history).Value!.Documents.Select(one => one.Document),
        ];
        var check = Median(() => PolicyValidator.Problems(history, documents).Length);
        const int Rows = Instruments * Versions * Technologies;
        Figures.Print(
            $"{Rows} rows of CSV ({same.Length / 1024} KB) read and compared, nothing differs",
            $"{compared:0} ms, {compared / merely:0.0} × CsvHelper alone",
            compared,
            2000
        );
        Figures.Print(
            $"… every row differs: read, compared, checked, proposed",
            $"{proposed:0} ms, {proposed / merely:0.0} × CsvHelper alone",
            proposed,
            2000
        );
        Figures.Print("… of that: PolicyCheck", $"{check:0} ms", check, 2000);
        Figures.Print("… CsvHelper merely reads the same cells", $"{merely:0.0} ms", merely, 2000);
    }

    private static int Documents(byte[] sheet, GovernanceHistory history, int expected)
    {
        var reading = TableCsv.Read(new MemoryStream(sheet), "table.csv", history);
        return reading.Value?.Documents.Length == expected
            ? expected
            : throw new InvalidOperationException(
                $"{reading.Value?.Documents.Length} documents instead of {expected}: {reading.Problems.FirstOrDefault()}"
            );
    }

    private static int Cells(byte[] sheet)
    {
        using var csv = CsvReader.Create(sheet, new CsvReaderOptions { Separator = ',' });
        var characters = 0;
        while (csv.Read())
        {
            for (var at = 0; at < csv.FieldCount; at++)
                characters += csv.GetString(at).Length;
        }

        return characters;
    }

    /// <summary>Milliseconds in the middle of several runs, the first not counted.</summary>
    private static double Median(Func<int> run)
    {
        run();
        double[] times =
        [
            .. Enumerable
                .Range(0, Times)
                .Select(_ =>
                {
                    var began = Stopwatch.GetTimestamp();
                    run();
                    return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                })
                .Order(),
        ];
        return times[Times / 2];
    }

    private static GovernanceSnapshot Large(int days)
    {
        var real = PolicyFiles.Read(Path.Combine(Programs.Root, "policies")).Value!.Governance;
        LawDate Year(int year) => LawDate.On(year, 1, 1);
        return real with
        {
            Table = new GovernanceTable(
                real.Table.Technologies,
                [
                    .. Enumerable
                        .Range(0, Instruments)
                        .Select(at => new Instrument(
                            $"ordinance-{at:0000}",
                            InstrumentKind.Ordinance,
                            $"Ordinance {120_000 + at}",
                            "City Council",
                            [
                                .. Enumerable
                                    .Range(1, Versions)
                                    .Select(number => new InstrumentVersion(
                                        number,
                                        $"On technology, title {number}",
                                        new EffectivePeriod(Year(1990 + number), To: Year(1991 + number)),
                                        null,
                                        null,
                                        null,
                                        $"Ordinance {number + 110_000}",
                                        null,
                                        new Source(
                                            "Read in the clerk's files",
                                            "https://clerk.example/" + at,
                                            new DateOnly(2026, 11, 23),
                                            Confidence.Sourced
                                        ),
                                        [
                                            .. real
                                                .Table.Technologies.Take(Technologies)
                                                .Select(technology => new Rule(
                                                    technology.Id,
                                                    [Capture.Video, Capture.Audio],
                                                    [new Retention(RetentionBound.Limit, days, null, "patrol reads", "with exceptions")],
                                                    [new RequiredNotice(NoticeDuty.PostedSign)],
                                                    new RecordsAccess(RecordsAccessKind.Conditions, "On request, as the law says."),
                                                    ["police"],
                                                    Note: "A sentence for readers of the table.",
                                                    Purposes: ["public safety purposes"],
                                                    Owner: "police"
                                                )),
                                        ]
                                    )),
                            ]
                        )),
                ]
            ),
        };
    }
}

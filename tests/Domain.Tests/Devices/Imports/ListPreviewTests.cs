using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Tests.Devices.Imports;

/// <summary>Lists of the greatest length, and lists that no person would write.</summary>
public sealed class ListPreviewTests
{
    private static readonly City City = new(
        "Smallville",
        true,
        "America/Los_Angeles",
        ["en"],
        [new Department("sdot", "Transportation", "555-0100")],
        new RecordsPortal("Records", "https://records.example", "555-0199", 5, "Records Act"),
        90
    );

    private static readonly FactChecks Checks = new(City, NamedLists.From([]), new NoAreaCheck(), new DateOnly(2026, 11, 30));

    private static readonly ImmutableArray<Place> Places =
    [
        .. Enumerable.Range(0, 300).Select(one => new Place($"place-{one}", $"Place {one}", $"{one} Main Street", "all of it")),
    ];

    private static readonly ListMapping Mapping = new()
    {
        List = "cameras",
        Defaults = new Dictionary<string, string>
        {
            ["kind"] = "traffic-camera",
            ["sensors"] = "video",
            ["place"] = "place-1",
            ["department"] = "sdot",
        }.ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static CityList List(string columns, int rows, Func<int, string[]> cells) =>
        new("csv", [.. columns.Split(',')], [.. Enumerable.Range(2, rows).Select(row => new ListRow(row, [.. cells(row)]))], [], []);

    private static ListPreview Create(CityList list, ListMapping? mapping = null, CancellationToken? cancellationToken = null)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var preview = ListPreview.Create(
            list,
            mapping ?? Mapping,
            new ImportDecisions { OtherDuplicates = RowDecision.New },
            Checks,
            Places,
            [],
            cancellationToken ?? Cancellation
        );
        process.Refresh();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{list.Rows.Length} rows in {(process.TotalProcessorTime - before).TotalMilliseconds:0} ms of the processor, "
                + $"{preview.Problems.Length} problems, {preview.Compared.Duplicates.Length} questions"
        );
        return preview;
    }

    private static string Degrees(double degrees) => degrees.ToString(CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(
        "id",
        "audit-CAM-2",
        "'audit-CAM-2'",
        "an id of small letters, digits and hyphens, at most 64, and no name, badge or serial number"
    )]
    [InlineData("kind", "“cctv”", "'“cctv”'", "one of ")]
    [InlineData("installedOn", "2/1/2018", "'2/1/2018', which can mean February 1, 2018 or January 2, 2018", "a date such as")]
    public void A_cell_that_the_register_refuses_is_told_with_what_is_expected(string column, string cell, string found, string expected)
    {
        var mapping = Mapping with { Columns = Mapping.Columns.SetItem(column, column) };
        var problem = Create(List(column, 1, _ => [cell]), mapping).Problems[0];
        Assert.Equal(found, problem.Found);
        Assert.StartsWith(expected, problem.Expected, StringComparison.Ordinal);
        Assert.DoesNotContain("is not a valid id", problem.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_the_greatest_length_without_a_mapping_is_told_of_up_to_a_limit()
    {
        var preview = Create(List("what", CityList.MaxRows, row => [$"camera {row}"]), new ListMapping { List = "cameras" });
        Assert.Equal(ListProblem.MaxFound + 1, preview.Problems.Length);
        Assert.Contains("were not looked at", preview.Problems[^1].Expected, StringComparison.Ordinal);
        Assert.InRange(preview.Problems[^1].Row, 2, ListProblem.MaxFound);
    }

    [Fact]
    public void A_problem_of_a_cell_is_told_once_and_shortly()
    {
        var preview = Create(List("vendor,latitude,longitude", 1, _ => [new string('v', CityList.MaxCell), "north", "1"]));
        Assert.Equal(["vendor", "latitude"], preview.Problems.Select(problem => problem.Column).Order().Reverse());
        Assert.All(preview.Problems, problem => Assert.InRange(problem.ToString().Length, 1, 600));
    }

    [Fact]
    public void Rows_that_are_all_near_each_other_are_each_asked_about()
    {
        const int Rows = 5_000;
        var preview = Create(
            List("latitude,longitude", Rows, row => [Degrees(47.6001 + row * 1e-9), Degrees(-122.3301 - row % 1000 * 1e-8)])
        );
        Assert.Empty(preview.Problems);
        Assert.Equal(Rows - 1, preview.Compared.Duplicates.Length);
        Assert.All(preview.Compared.Duplicates, duplicate => Assert.Equal(DuplicateReason.Near, duplicate.Reason));
    }

    [Fact]
    public void Ten_cameras_on_one_pole_are_asked_about_with_the_nearest_of_them()
    {
        double[] offsets = [0, 1e-4, 2e-4, 3e-4, 3e-4, 9e-4];
        var preview = Create(List("latitude,longitude", offsets.Length, row => [Degrees(47.6 + offsets[row - 2]), "-122.33"]));
        Assert.Equal([(3, 2), (4, 3), (5, 4), (6, 5)], preview.Compared.Duplicates.Select(one => (one.Row, one.OtherRow ?? 0)));
        Assert.Equal([11.1, 11.1, 11.1, 0], preview.Compared.Duplicates.Select(one => one.Metres ?? -1));
    }

    [Fact]
    public void Two_rows_with_one_id_are_a_problem_of_the_second()
    {
        var problem = Assert.Single(Create(List("id", 2, _ => ["camera-1"])).Problems);
        Assert.Equal((3, "id"), (problem.Row, problem.Column));
        Assert.Contains("row 2", problem.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"vendor":null}""")]
    [InlineData("""{"position":{"source":"city-list","confidence":"secondary","import":"\u0000"}}""")]
    [InlineData("""{"position":{}}""")]
    [InlineData("""{"position":3}""")]
    [InlineData("""{"\ud800":null}""")]
    [InlineData("[null]")]
    public void Odd_sources_are_problems_of_their_cell(string sources)
    {
        var preview = Create(List("sources,latitude,longitude", 1, _ => [sources, "47.6", "-122.3"]));
        Assert.Equal("sources", Assert.Single(preview.Problems).Column);
    }

    [Fact]
    public void A_preview_that_is_not_wanted_any_more_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Create(List("id", 2, row => [$"c-{row}"]), null, cancelled.Token));
    }

    [Fact]
    public void What_was_seen_is_the_draft_in_its_version_with_name_source_and_confidence()
    {
        var draft = new ListImport("im-aaaaaaaaaaaa", "f", "0", "csv", Mapping, new ImportDecisions(), ListImportState.Draft, default)
        {
            Version = 1,
        };
        var preview = Create(List("id", 1, row => [$"c-{row}"]));
        ListImport[] others =
        [
            draft with
            {
                Version = 2,
            },
            draft with
            {
                Mapping = Mapping with { List = "others" },
            },
            draft with
            {
                Mapping = Mapping with { Source = FactOrigin.Plan },
            },
            draft with
            {
                Mapping = Mapping with { Confidence = Confidence.Sourced },
            },
        ];
        Assert.Equal(preview.FingerprintOf(draft), preview.FingerprintOf(draft with { FileName = "g" }));
        Assert.Equal(5, others.Append(draft).Select(preview.FingerprintOf).Distinct().Count());
    }

    private sealed class NoAreaCheck : IAreaCheck
    {
        public string? FindProblem(Area area) => null;
    }
}

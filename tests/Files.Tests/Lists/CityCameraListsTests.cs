using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Geometry;
using SurveillanceRegistry.Files.Lists;

namespace SurveillanceRegistry.Files.Tests.Lists;

/// <summary>Whole lists of cities: read, mapped, and compared with a register.</summary>
public sealed class CityCameraListsTests
{
    private static readonly City City = new(
        "Seattle",
        true,
        "America/Los_Angeles",
        ["en"],
        [new Department("sdot", "Transportation", "555-0100")],
        new RecordsPortal("Records", "https://records.example", "555-0199", 5, "Records Act"),
        90
    );

    private static readonly FactChecks Checks = new(
        City,
        NamedLists.From([new ListedName(NamedList.Organisations, "WSDOT")]),
        new AreaCheck(),
        new DateOnly(2026, 11, 30)
    );

    private static readonly ImmutableArray<Place> Places = [new("streets", "Streets of the city", "Everywhere", "the streets")];

    private static readonly ListMapping Seattle = new()
    {
        List = "traffic-cameras",
        Columns = Map(("name", "name"), ("latitude", "lat"), ("longitude", "lon"), ("owner", "owner")),
        Defaults = Map(
            ("kind", "traffic-camera"),
            ("sensors", "video"),
            ("place", "streets"),
            ("department", "sdot"),
            ("lifecycle", "active")
        ),
        Words = ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty.Add("owner", Map(("SDOT", "sdot"))),
    };

    private static ImmutableSortedDictionary<string, string> Map(params (string, string)[] pairs) =>
        pairs.ToImmutableSortedDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    private static (ImmutableArray<ListedDevice> Devices, ImmutableArray<ListProblem> Problems) Read(byte[] bytes, ListMapping mapping)
    {
        var list = new CityListReader().Read(bytes, mapping.Options, TestContext.Current.CancellationToken);
        Assert.Empty(list.Problems);
        Assert.Empty(mapping.Check(list));
        return ListedDevice.ReadAll(list, mapping, Checks, Places, TestContext.Current.CancellationToken);
    }

    private static ImmutableArray<RegisteredFixedDevice> Register(ListComparison compared) =>
        [.. compared.New.Select(row => new RegisteredFixedDevice(row.Device, 1, true))];

    [Fact]
    public async Task The_cameras_of_Seattle_are_read_and_their_duplicates_are_asked()
    {
        if (Environment.GetEnvironmentVariable("REGISTRY_TEST_DATA") is not { Length: > 0 } data)
        {
            Assert.Skip("REGISTRY_TEST_DATA is not set.");
            return;
        }

        var bytes = await File.ReadAllBytesAsync(
            Path.Combine(data, "seattle", "seattle-traffic-cameras-2015.csv"),
            TestContext.Current.CancellationToken
        );
        var (devices, problems) = Read(bytes, Seattle);
        Assert.Empty(problems);
        Assert.Equal(135, devices.Length);
        Assert.Equal(135, devices.Select(row => row.Device.Id).Distinct().Count());
        Assert.Equal(21, devices.Count(row => row.Device.Owner == "WSDOT"));

        var open = ListComparison.Create(devices, [], new ImportDecisions(), TestContext.Current.CancellationToken);
        Assert.NotEmpty(open.Duplicates);
        Assert.Equal(open.Duplicates.Length, open.Undecided.Count());
        var decided = ListComparison.Create(
            devices,
            [],
            new ImportDecisions { OtherDuplicates = RowDecision.New },
            TestContext.Current.CancellationToken
        );
        Assert.Equal((135, 0), (decided.New.Length, decided.Undecided.Count()));

        // The same list again changes nothing, and asks nothing again.
        var again = ListComparison.Create(devices, Register(decided), new ImportDecisions(), TestContext.Current.CancellationToken);
        Assert.Equal((true, 135, 0), (again.IsEmpty, again.Unchanged, again.Undecided.Count()));
    }

    [Fact]
    public void A_later_list_is_compared_and_what_is_gone_is_asked()
    {
        const string First = "owner,name,lat,lon\nSDOT,A & B,47.50,-122.30\nSDOT,C & D,47.51,-122.31\nSDOT,E & F,47.52,-122.32\n";
        const string Later = "owner,name,lat,lon\nSDOT,A & B,47.50,-122.30\nWSDOT,C & D,47.51,-122.31\nSDOT,G & H,47.53,-122.33\n";
        var registered = Register(
            ListComparison.Create(
                Read(Encoding.UTF8.GetBytes(First), Seattle).Devices,
                [],
                new ImportDecisions(),
                TestContext.Current.CancellationToken
            )
        );
        var later = ListComparison.Create(
            Read(Encoding.UTF8.GetBytes(Later), Seattle).Devices,
            registered,
            new ImportDecisions(),
            TestContext.Current.CancellationToken
        );
        Assert.Equal((1, 1, 1, 1), (later.New.Length, later.Changed.Length, later.Unchanged, later.Gone.Length));
        Assert.Equal("WSDOT", later.Changed[0].After.Owner);
        Assert.Single(later.Undecided);
    }

    [Fact]
    public void A_unit_near_another_under_other_words_is_asked()
    {
        const string Text = "owner,name,lat,lon\nSDOT,A & B,47.50000,-122.30000\nSDOT,Corner of A,47.50005,-122.30005\n";
        var compared = ListComparison.Create(
            Read(Encoding.UTF8.GetBytes(Text), Seattle).Devices,
            [],
            new ImportDecisions(),
            TestContext.Current.CancellationToken
        );
        var duplicate = Assert.Single(compared.Duplicates);
        Assert.Equal((3, DuplicateReason.Near, 2), (duplicate.Row, duplicate.Reason, duplicate.OtherRow));
        Assert.InRange(duplicate.Metres!.Value, 5, 9);
    }

    [Fact]
    public void Every_wrong_cell_is_named_with_row_and_column()
    {
        const string Text =
            "owner,name,lat,lon\nSDOT,A,47.5,-122.3\nJane Doe,B,47.5,-122.3\nSDOT,C,-122.3,47.5\nSDOT,D,47.5,\nSDOT,E,north,-122.3\n"
            + "SDOT,F,47.6,-122.4\nSDOT,G,35.1,-106.6\n";
        var (devices, problems) = Read(Encoding.UTF8.GetBytes(Text), Seattle);
        Assert.Equal(
            [(3, "owner"), (4, "lat"), (5, "lon"), (6, "lat"), (8, "lat")],
            problems.OrderBy(problem => problem.Row).Select(problem => (problem.Row, problem.Column))
        );
        Assert.Contains("swapped", problems.Single(problem => problem.Row == 4).Expected, StringComparison.Ordinal);
        Assert.Equal(3, devices.Length);
    }

    [Fact]
    public void The_shapes_of_other_cities_are_taken_with_a_mapping()
    {
        var toronto = Seattle with
        {
            Columns = Map(("assetNumber", "PX"), ("name", "Main"), ("latitude", "Latitude"), ("longitude", "Longitude")),
        };
        var one = Assert.Single(
            Read("PX,Main,Side_1_Rou,Latitude,Longitude\n0012,FIRST ST,SECOND ST,43.6,-79.3\n"u8.ToArray(), toronto).Devices
        );
        Assert.Equal(("0012", new Position(-79.3, 43.6)), (one.Device.AssetNumber, one.Device.Position));
        Assert.StartsWith("first-st-", one.Device.Id, StringComparison.Ordinal);
        Assert.DoesNotContain("0012", one.Device.Id, StringComparison.Ordinal);

        var amsterdam = Seattle with
        {
            Columns = Map(
                ("assetNumber", "Referentie"),
                ("sensors", "Wat meet de sensor?"),
                ("latitude", "Latitude"),
                ("longitude", "Longitude")
            ),
            Words = ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty.Add(
                "sensors",
                Map(("geluid", "audio"), ("beeld", "video"))
            ),
        };
        var sensor = Assert.Single(
            Read(
                Encoding.UTF8.GetBytes(
                    "\uFEFFReferentie;Kies soort / type sensor;Latitude;Longitude;Wat meet de sensor?\n"
                        + "R-1;Optische / camera sensor;52,3;4.9;geluid, beeld\n"
                ),
                amsterdam
            ).Devices
        );
        Assert.Equal([Capture.Audio, Capture.Video], sensor.Device.Sensors);
        Assert.Equal(52.3, sensor.Device.Position!.Value.Latitude);
    }

    [Fact]
    public void An_export_of_devices_reads_back_to_the_same_devices()
    {
        var source = new FactSource(FactOrigin.Inspection, new DateOnly(2026, 11, 1), Domain.Policies.Law.Confidence.Sourced);
        Device[] devices =
        [
            new FixedDevice("cam-1", "traffic-camera", [Capture.Video, Capture.Plates], "streets", null, "sdot", Lifecycle.Active)
            {
                AssetNumber = " =1, \"42\" ",
                Position = new Position(-122.28819, 47.51369),
                Directions = [0.5, 270],
                MountingHeight = 9.25,
                Coverage = new Area([
                    [
                        [new(-122.1, 47.5), new(-122.1001, 47.5), new(-122.1, 47.5001), new(-122.1, 47.5)],
                    ],
                ]),
                OwnDeadlineSeconds = 120,
                Sources = ImmutableSortedDictionary<string, FactSource>.Empty.Add("position", source),
            },
            new FixedDevice("cam-2", "speed-camera", [Capture.Stills], "streets", null, "sdot", Lifecycle.Paused),
        ];
        var reader = new CityListReader();
        var mapping = new ListMapping { List = "export" };
        foreach (var bytes in new[] { reader.WriteCsv(devices), reader.WriteGeoJson(devices) })
        {
            var (read, problems) = Read(bytes, mapping);
            Assert.Empty(problems);
            var compared = ListComparison.Create(
                read,
                [.. devices.Select(device => new RegisteredFixedDevice(device, 1, true))],
                new ImportDecisions(),
                TestContext.Current.CancellationToken
            );
            Assert.Equal((true, 2), (compared.IsEmpty, compared.Unchanged));
        }
    }

    [Fact]
    public void Ten_thousand_devices_are_read_and_compared_within_five_seconds()
    {
        var text = new StringBuilder("owner,name,lat,lon\n");
        for (var row = 0; row < 10_000; row++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"SDOT,Street {row} & Avenue {row},{47.4 + row / 100 * 0.001},{-122.4 + row % 100 * 0.001}\n"
            );
        var clock = Stopwatch.StartNew();
        var (devices, problems) = Read(Encoding.UTF8.GetBytes(text.ToString()), Seattle);
        var compared = ListComparison.Create(devices, [], new ImportDecisions(), TestContext.Current.CancellationToken);
        var again = ListComparison.Create(devices, Register(compared), new ImportDecisions(), TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.ElapsedMilliseconds} ms");
        Assert.Empty(problems);
        Assert.Equal((10_000, 10_000), (compared.New.Length, again.Unchanged));
    }
}

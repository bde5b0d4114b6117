using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Tests.Devices.Facts;

/// <summary>The facts about a device beside what it captures.</summary>
public sealed class FactChecksTests
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

    private static readonly NamedLists Lists = NamedLists.From([
        new ListedName(NamedList.Vendors, "Axis"),
        new ListedName(NamedList.Models, "P1455-LE", "Axis"),
        new ListedName(NamedList.Organisations, "WSDOT"),
    ]);

    private static readonly FactChecks Checks = new(City, Lists, new NoAreaCheck(), new DateOnly(2026, 11, 30));

    private static readonly FixedDevice Camera = new(
        "cam-1",
        "traffic-camera",
        [Capture.Video],
        "corner",
        null,
        "sdot",
        Lifecycle.Installed
    )
    {
        AssetNumber = "TMC 0042/B",
        Vendor = "Axis",
        Model = "P1455-LE",
        InstalledOn = LawDate.Parse("2015"),
        Operator = "sdot",
        Owner = "WSDOT",
        Position = new Position(-122.28819, 47.51369),
        Directions = [0, 359.5],
        MountingHeight = 9.5,
        Sources = ImmutableSortedDictionary<string, FactSource>.Empty.Add(
            "position",
            new FactSource(FactOrigin.CityList, new DateOnly(2015, 6, 1), Confidence.Secondary)
        ),
    };

    [Fact]
    public void A_device_with_every_fact_and_one_with_none_are_taken()
    {
        Assert.Empty(Checks.Check(Camera));
        Assert.Empty(Checks.Check(new FixedDevice("cam-2", "traffic-camera", [Capture.Video], "corner", null, "sdot", Lifecycle.Active)));
    }

    [Fact]
    public void A_device_of_a_retired_technology_is_taken_only_as_removed()
    {
        var checks = Checks with { RetiredTechnologies = ["traffic-camera"] };
        Assert.Equal("kind", Assert.Single(checks.Check(Camera)).Where);
        Assert.Equal("kind", Assert.Single(checks.Check(Camera with { Lifecycle = Lifecycle.Planned })).Where);
        Assert.Empty(checks.Check(Camera with { Lifecycle = Lifecycle.Removed }));
        Assert.Empty((Checks with { RetiredTechnologies = ["alpr"] }).Check(Camera));
    }

    [Theory]
    [InlineData("assetNumber")]
    [InlineData("vendor")]
    [InlineData("model")]
    [InlineData("installedOn")]
    [InlineData("operator")]
    [InlineData("owner")]
    [InlineData("position")]
    [InlineData("directions")]
    [InlineData("mountingHeight")]
    [InlineData("sources.position")]
    public void A_wrong_fact_is_refused_at_its_member(string member)
    {
        var wrong = member switch
        {
            "assetNumber" => Camera with { AssetNumber = new string('9', FactChecks.MaxAssetNumberLength + 1) },
            "vendor" => Camera with { Vendor = "Jane Doe", Model = null },
            "model" => Camera with { Model = "Q6075" },
            "installedOn" => Camera with { InstalledOn = LawDate.Parse("2026-12-01") },
            "operator" => Camera with { Operator = "Jane Doe" },
            "owner" => Camera with { Owner = "Jane Doe" },
            "position" => Camera with { Position = new Position(47.51369, -122.28819) },
            "directions" => Camera with { Directions = [90, 360] },
            "mountingHeight" => Camera with { MountingHeight = -1 },
            _ => Camera with
            {
                Sources = Camera.Sources!.SetItem(
                    "position",
                    new FactSource(FactOrigin.Inspection, new DateOnly(2027, 1, 1), Confidence.Sourced)
                ),
            },
        };
        Assert.Equal(member, Assert.Single(Checks.Check(wrong)).Where);
    }

    [Fact]
    public void A_swapped_position_is_told_as_swapped() =>
        Assert.Contains(
            "swapped",
            Assert.Single(Checks.Check(Camera with { Position = new Position(47.51369, -122.28819) })).Sentence,
            StringComparison.Ordinal
        );

    [Fact]
    public void An_area_larger_than_a_city_is_refused()
    {
        ImmutableArray<Position> ring = [new(-122, 47), new(-121, 47), new(-121, 48), new(-122, 47)];
        var refusal = Assert.Single(
            Checks.Check(
                Camera with
                {
                    Coverage = new Area([
                        [ring],
                    ]),
                }
            )
        );
        Assert.Equal("coverage", refusal.Where);
    }

    [Fact]
    public void A_source_without_its_fact_is_refused() =>
        Assert.Equal("sources.position", Assert.Single(Checks.Check(Camera with { Position = null })).Where);

    [Fact]
    public void A_changed_fact_does_not_keep_the_source_of_its_old_value()
    {
        var moved = DeviceFact.WithSources(
            Camera,
            Camera with
            {
                Position = new Position(-122.3, 47.6),
            },
            ImmutableDictionary<string, FactSource>.Empty
        );
        Assert.Null(moved.Sources);
        var kept = DeviceFact.WithSources(Camera, Camera with { MountingHeight = 8 }, ImmutableDictionary<string, FactSource>.Empty);
        Assert.True(kept.Sources!.ContainsKey("position"));
    }

    private sealed class NoAreaCheck : IAreaCheck
    {
        public string? FindProblem(Area area) => null;
    }
}

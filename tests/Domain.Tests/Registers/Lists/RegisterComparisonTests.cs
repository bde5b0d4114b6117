using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Registers.Lists;

namespace SurveillanceRegistry.Domain.Tests.Registers.Lists;

/// <summary>A list of places or screens beside what is registered.</summary>
public sealed class RegisterComparisonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 20, 0, 0, TimeSpan.Zero);

    private static readonly ListShape<Place> Places = PlaceLists.Places(new NoAreaCheck());

    private static readonly ListShape<Kiosk> Screens = PlaceLists.Screens(new HashSet<string> { "lobby" });

    private static readonly Place Lobby = new("lobby", "Lobby", "1 Main St", "the lobby")
    {
        Geometry = new PlaceGeometry(new Position(-122.3, 47.6)),
    };

    [Fact]
    public void A_list_tells_what_is_new_what_is_changed_and_what_it_does_not_name()
    {
        var compared = Compare(
            ["id", "name", "address", "area", "geometry", "retired"],
            ["lobby", "Lobby", "1 Main St", "the lobby", "47.6, -122.3", ""],
            ["corner", "Corner", "2 Main St", "the corner", "", ""]
        );
        Assert.Empty(compared.Problems);
        Assert.Equal((1, 1), (compared.New, compared.Unchanged));
        Assert.Equal(new ListedChange<Place>(3, new Place("corner", "Corner", "2 Main St", "the corner"), 0), compared.Changes.Single());
        Assert.Equal(["gate"], compared.Missing);
        var renamed = Compare(["id", "name"], ["lobby", "Main lobby"]).Changes.Single();
        Assert.Equal((Lobby with { Name = "Main lobby" }, 3), (renamed.Value, renamed.Version));
        Assert.Null(Compare(["id", "geometry"], ["lobby", ""]).Changes.Single().Value.Geometry);
        var moved = Compare(["id", "latitude", "longitude"], ["lobby", "47.7", "-122.3"]).Changes.Single();
        Assert.Equal(new Position(-122.3, 47.7), moved.Value.Geometry!.Point);
        Assert.True(Compare(["id", "retired"], ["gate", "true"]).Changes.Single().Value.IsRetired);
    }

    [Fact]
    public void The_geometry_of_a_feature_is_where_its_place_is()
    {
        var feature = new ListRow(1, ["lobby"]) { Position = new Position(1, 2) };
        var list = new CityList("geojson", ["id"], [feature], [], []);
        Assert.Equal(new Position(1, 2), Compare(list).Changes.Single().Value.Geometry!.Point);
        Assert.Empty(Compare(list with { Rows = [feature with { Position = null }] }).Changes);
    }

    [Theory]
    [InlineData("id,name|,A", "row 2, column id")]
    [InlineData("id,name|lobby,A|lobby,B", "row 3, column id: found 'lobby' a second time; expected each id once")]
    [InlineData("id,name|corner,A", "row 2, column address: found it; expected The address is missing")]
    [InlineData("id,geometry|lobby,north", "row 2, column geometry: found 'north'; expected latitude and longitude")]
    [InlineData("id,latitude,longitude|lobby,-122.3;47.6", "row 2, column geometry")]
    [InlineData("id,latitude,longitude|lobby,97.6,1", "row 2, column geometry: found it; expected Latitude 97.6")]
    [InlineData("id,retired|lobby,maybe", "row 2, column retired: found 'maybe'; expected true, false or nothing")]
    [InlineData("id,colour|lobby,red", "found an unknown column; expected only id, name")]
    [InlineData("name|A", "found no such column; expected a column of ids")]
    public void A_problem_is_told_with_its_row_and_column_and_nothing_is_compared(string list, string problem)
    {
        string[][] rows = [.. list.Split('|').Select(row => row.Split(','))];
        var compared = Compare(rows[0], rows[1..]);
        Assert.Contains(compared.Problems, one => one.ToString().Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_screen_is_at_a_place_in_use_and_has_all_four_measures_or_none()
    {
        var measured = Screen("lobby", "1080", "1920", "398", "2000");
        Assert.Equal(new Glass(1080, 1920, 398, 2000), measured.Changes.Single().Value.Glass);
        Assert.Null(Screen("lobby", "", "", "", "").Changes.Single().Value.Glass);
        Assert.Contains(Screen("lobby", "1080", "", "", "").Problems, problem => problem.Column == "height");
        Assert.Contains(Screen("lobby", "wide", "", "", "").Problems, problem => problem.Column == "width");
        Assert.Contains(Screen("nowhere", "", "", "", "").Problems, problem => problem.Column == "place");

        static RegisterComparison<Kiosk> Screen(params string[] cells) =>
            RegisterComparison.Create(
                new CityList(
                    "csv",
                    ["id", "place", "width", "height", "widthMm", "distanceMm"],
                    [new ListRow(2, ["screen", .. cells])],
                    [],
                    []
                ),
                Screens,
                []
            );
    }

    private static RegisterComparison<Place> Compare(string[] columns, params string[][] rows) =>
        Compare(new CityList("csv", [.. columns], [.. rows.Select((cells, i) => new ListRow(i + 2, [.. cells]))], [], []));

    private static RegisterComparison<Place> Compare(CityList list) =>
        RegisterComparison.Create(
            list,
            Places,
            [
                new RegisterVersion<Place>(1, Noon, Noon, 1, new Place("gate", "Gate", "3 Main St", "the gate")),
                new RegisterVersion<Place>(3, Noon, Noon, 2, Lobby),
            ]
        );

    private sealed class NoAreaCheck : IAreaCheck
    {
        public string? FindProblem(Area area) => null;
    }
}

using System.Net;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Web.Tests.Devices;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Registers;

/// <summary>The registers of places and screens, for programs.</summary>
public sealed class RegisterApiTests(StaffedCity staffed) : DeviceClerkApiTestBase(staffed)
{
    private const string Placed = """{"id":"a","name":"a","address":"a","area":"a","reason":"r" """;

    [Fact]
    public async Task A_place_is_added_renamed_retired_and_brought_back_with_its_current_version()
    {
        var (status, added, etag) = await SendAsync("POST", "places", Corner("api-corner"));
        Assert.Equal((HttpStatusCode.Created, "\"1\"", false), (status, etag, (bool)added!["retired"]!));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/taken"), await ProblemAsync("POST", "places", Corner("api-corner")));
        Assert.Equal("Fifth and Main", (string?)(await City.Json("/api/v1/places/api-corner"))["name"]);
        Assert.Contains("Fifth and Main", await NoticeAsync("api-corner"));

        const string Renamed = """{"name":"Fifth and Pine","reason":"Its name."}""";
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await ProblemAsync("PATCH", "places/api-corner", Renamed)).Item1);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await ProblemAsync("PATCH", "places/api-corner", Renamed, "\"9\"")).Item1);
        var (_, _, seen) = await SendAsync("GET", "places/api-corner");
        var (_, renamed, next) = await SendAsync("PATCH", "places/api-corner", Renamed, seen);
        Assert.Equal(("Fifth and Pine", "500 Fifth Ave", "\"2\""), ((string?)renamed!["name"], (string?)renamed["address"], next));
        Assert.Contains("Fifth and Pine", await NoticeAsync("api-corner"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await ProblemAsync("PATCH", "places/api-corner", Renamed, seen)).Item1);

        await SendAsync("PATCH", "places/api-corner", """{"retired":true,"reason":"Built over."}""", next);
        foreach (var path in (string[])["places/api-corner", "places/api-corner/notice"])
            Assert.Equal((HttpStatusCode.Gone, "/problems/gone"), await ProblemAsync("GET", path, ""));
        Assert.DoesNotContain("api-corner", (await City.Json("/api/v1/places")).ToJsonString());
        var (_, _, gone) = await SendAsync("GET", "places/api-corner");
        await SendAsync("PATCH", "places/api-corner", """{"retired":false,"reason":"Open again."}""", gone);
        Assert.Contains("Fifth and Pine", await NoticeAsync("api-corner"));
        Assert.Equal(
            ["1 false New.", "2 false Its name.", "3 true Built over.", "4 false Open again."],
            (await City.Json("/api/v1/places/api-corner/history"))["items"]!
                .AsArray()
                .Select(version => $"{version!["version"]} {version["retired"]} {version["reason"]}")
        );
    }

    [Fact]
    public async Task A_place_is_answered_as_of_one_time_and_as_known_at_another()
    {
        await SendAsync("POST", "places", Corner("dated-corner", ""","since":"2026-11-01" """));
        var known = City.Time.GetUtcNow();
        City.Time.Advance(TimeSpan.FromMinutes(1));
        const string Corrected = """{"name":"Sixth and Main","since":"2026-11-10","reason":"It was another corner."}""";
        var (_, corrected, _) = await SendAsync("PATCH", "places/dated-corner", Corrected, "\"1\"");
        Assert.Equal("2026-11-10T08:00:00.000000Z", (string?)corrected!["since"]);

        Assert.Equal("Fifth and Main", await NameAsync("?asOf=2026-11-09"));
        Assert.Equal("Sixth and Main", await NameAsync("?asOf=2026-11-10"));
        Assert.Equal("Fifth and Main", await NameAsync($"?asOf=2026-11-10&knownAt={LedgerEntry.FormatTime(known)}"));
        Assert.Equal("Fifth and Main", await NameAsync("?asOf=2026-11-10T07:59:59Z"));
        var (status, problem, _) = await SendAsync("GET", "places/dated-corner?asOf=2026-10-31");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("The place 'dated-corner' was not registered then: asOf is '2026-10-31'.", (string?)problem!["detail"]);
        var listed = await City.Json("/api/v1/places?asOf=2026-11-09");
        Assert.Contains("Fifth and Main", listed.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "places?asOf=2026-10-31")).Status);

        async Task<string?> NameAsync(string query) => (string?)(await City.Json("/api/v1/places/dated-corner" + query))["name"];
    }

    [Fact]
    public async Task A_place_has_a_point_or_an_area_and_each_version_answers_with_its_own()
    {
        const string Point = """{"type":"Point","coordinates":[-122.3331,47.6097]}""",
            Square = """{"type":"Polygon","coordinates":[[[-122.34,47.6],[-122.33,47.6],[-122.33,47.61],[-122.34,47.6]]]}""";
        await SendAsync("POST", "places", Corner("mapped-corner", $$""","geometry":{{Point}},"since":"2026-11-01" """));
        City.Time.Advance(TimeSpan.FromMinutes(1));
        var (_, moved, _) = await SendAsync(
            "PATCH",
            "places/mapped-corner",
            $$"""{"geometry":{{Square}},"since":"2026-11-10","reason":"Measured."}""",
            "\"1\""
        );
        Assert.Equal(Square, moved!["geometry"]!.ToJsonString());
        Assert.Equal(Point, await GeometryAsync("?asOf=2026-11-09"));
        Assert.Equal(Square, await GeometryAsync("?asOf=2026-11-10"));
        Assert.Equal(Square, await GeometryAsync(""));
        var (same, _, _) = await SendAsync("PATCH", "places/mapped-corner", $$"""{"geometry":{{Square}},"reason":"r"}""", "\"2\"");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, same);
        Assert.Contains(
            "an outline of 4 points",
            await City.Reader.GetStringAsync("/places/mapped-corner", TestContext.Current.CancellationToken)
        );
        var then = await City.Reader.GetStringAsync(
            "/places/mapped-corner/history?lang=es&asOf=2026-11-09",
            TestContext.Current.CancellationToken
        );
        Assert.Contains("latitud 47.6097, longitud -122.3331", then);

        async Task<string?> GeometryAsync(string query) =>
            (await City.Json("/api/v1/places/mapped-corner" + query))["geometry"]?.ToJsonString();
    }

    [Fact]
    public async Task A_screen_is_measured_and_its_measures_are_answered_on_both_axes_of_time()
    {
        const string Glass = """{"width":1920,"height":1080,"widthMm":708,"distanceMm":2000}""";
        await SendAsync("POST", "kiosks", """{"id":"api-glass","place":"harbor-bridge","since":"2026-11-01","reason":"New."}""");
        var known = City.Time.GetUtcNow();
        City.Time.Advance(TimeSpan.FromMinutes(1));
        var wrong = Glass.Replace("708", "7", StringComparison.Ordinal);
        var (status, problem, _) = await SendAsync("PATCH", "kiosks/api-glass", $$"""{"glass":{{wrong}},"reason":"Measured."}""", "\"1\"");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("glass.widthMm is 7: expected 50 to 20000 millimetres", problem!.ToJsonString());
        var (_, measured, _) = await SendAsync(
            "PATCH",
            "kiosks/api-glass",
            $$"""{"glass":{{Glass}},"since":"2026-11-10","reason":"Measured."}""",
            "\"1\""
        );
        Assert.Equal(Glass, measured!["glass"]!.ToJsonString());

        Assert.Null(await GlassAsync("?asOf=2026-11-09"));
        Assert.Equal(Glass, await GlassAsync("?asOf=2026-11-10"));
        Assert.Null(await GlassAsync($"?asOf=2026-11-10&knownAt={LedgerEntry.FormatTime(known)}"));
        var (_, moved, _) = await SendAsync("PATCH", "kiosks/api-glass", """{"place":"meadow-green","reason":"Moved."}""", "\"2\"");
        Assert.Equal(Glass, moved!["glass"]!.ToJsonString());

        async Task<string?> GlassAsync(string query) => (await City.Json("/api/v1/kiosks/api-glass" + query))["glass"]?.ToJsonString();
    }

    [Theory]
    [InlineData("places?asOf=yesterday", "asOf is 'yesterday': expected a day as YYYY-MM-DD")]
    [InlineData("places/harbor-bridge?asOf=2199-01-01", "asOf is '2199-01-01': that time has not come.")]
    [InlineData("kiosks?knownAt=noon", "knownAt is 'noon': expected an instant as RFC 3339")]
    public async Task A_time_that_cannot_be_answered_is_refused(string path, string sentence)
    {
        var (status, problem, _) = await SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith(sentence, (string?)problem!["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("places", """{"id":"Corner","name":"","address":" x","area":"a\nb"}""", "id name address area reason")]
    [InlineData("places", """{"id":"a","name":"a","address":"a","area":"a","reason":"r","since":"soon"}""", "since")]
    [InlineData("kiosks", """{"id":"a","reason":"r"}""", "place")]
    [InlineData("places", Placed + ""","geometry":{"type":"Point","coordinates":[-122.3,97.6]}}""", "geometry")]
    [InlineData("places", Placed + ""","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}""", "geometry")]
    [InlineData("places", Placed + ""","geometry":{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]]]}}""", "geometry")]
    public async Task Every_part_that_cannot_be_registered_is_named(string path, string body, string parts)
    {
        var (status, problem, _) = await SendAsync("POST", path, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(parts, string.Join(' ', problem!["errors"]!.AsArray().Select(error => (string?)error!["where"])));
    }

    [Fact]
    public async Task A_screen_is_added_moved_and_retired()
    {
        const string Added = """{"id":"api-screen","place":"east-precinct-lobby","reason":"New."}""";
        var (status, _, etag) = await SendAsync("POST", "kiosks", Added);
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (status, etag));
        Assert.Contains("api-screen", await ScreensAsync("east-precinct-lobby"));
        var known = City.Time.GetUtcNow();
        City.Time.Advance(TimeSpan.FromMinutes(1));

        var (_, moved, next) = await SendAsync("PATCH", "kiosks/api-screen", """{"place":"harbor-bridge","reason":"Moved."}""", etag);
        Assert.Equal("harbor-bridge", (string?)moved!["place"]);
        Assert.DoesNotContain("api-screen", await ScreensAsync("east-precinct-lobby"));
        Assert.Contains("api-screen", await ScreensAsync("harbor-bridge"));
        var then = await City.Json($"/api/v1/kiosks/api-screen?asOf={LedgerEntry.FormatTime(known)}");
        Assert.Equal("east-precinct-lobby", (string?)then["place"]);
        var lobby = await City.Json($"/api/v1/places/east-precinct-lobby?asOf={LedgerEntry.FormatTime(known)}");
        Assert.Contains("api-screen", lobby["kiosks"]!.AsArray().Select(one => (string?)one));

        await SendAsync("PATCH", "kiosks/api-screen", """{"retired":true,"reason":"Broken."}""", next);
        Assert.Equal((HttpStatusCode.Gone, "/problems/gone"), await ProblemAsync("GET", "kiosks/api-screen", ""));
        Assert.DoesNotContain("api-screen", (await City.Json("/api/v1/kiosks")).ToJsonString());
        var history = (await City.Json("/api/v1/kiosks/api-screen/history"))["items"]!.AsArray();
        Assert.Equal(["east-precinct-lobby", "harbor-bridge", "harbor-bridge"], history.Select(version => (string?)version!["place"]));
        Assert.Equal("device-clerk", (string?)history[1]!["by"]!["role"]);

        async Task<string> ScreensAsync(string place) => (await City.Json("/api/v1/places/" + place))["kiosks"]!.ToJsonString();
    }

    [Fact]
    public async Task A_notice_of_before_the_retirement_is_still_answered()
    {
        await SendAsync("POST", "places", Corner("past-corner"));
        var before = LedgerEntry.FormatTime(City.Time.GetUtcNow());
        City.Time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync("PATCH", "places/past-corner", """{"retired":true,"reason":"Built over."}""", "\"1\"");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", $"places/past-corner/notice?at={before}")).Status);
        var after = LedgerEntry.FormatTime(City.Time.GetUtcNow());
        Assert.Equal(HttpStatusCode.Gone, (await SendAsync("GET", $"places/past-corner/notice?at={after}")).Status);
    }

    private static string Corner(string id, string more = "") =>
        $$"""{"id":"{{id}}","name":"Fifth and Main","address":"500 Fifth Ave","area":"the crossing","reason":"New."{{more}}}""";

    private async Task<string> NoticeAsync(string place)
    {
        var notice = await City.Json($"/api/v1/places/{place}/notice");
        var payload = System.Buffers.Text.Base64Url.DecodeFromChars((string)notice["notice"]!["payload"]!);
        return JsonNode.Parse(payload)!.ToJsonString();
    }
}

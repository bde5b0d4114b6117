using System.Net;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices.Facts;

/// <summary>The facts about devices by the API and on pages.</summary>
public sealed class DeviceFactsApiTests(StaffedCity staffed) : DeviceClerkApiTestBase(staffed)
{
    private const string Camera = """
        {"id":"fact-cam-1","kind":"facility-camera","sensors":["video"],"place":"east-precinct-lobby","department":"police",
        "assetNumber":"EP 07/b","installedOn":"2019-03","owner":"police",
        "position":{"type":"Point","coordinates":[-122.3171,47.6148]},"directions":[90,270.5],"mountingHeight":3.5,
        "coverage":{"type":"Polygon","coordinates":[[[-122.3171,47.6148],[-122.3170,47.6148],[-122.3170,47.6149],[-122.3171,47.6148]]]},
        "sources":{"position":{"source":"inspection","inspectedOn":"2026-11-01","confidence":"sourced"}}}
        """;

    [Fact]
    public async Task A_fixed_device_carries_its_facts_and_their_sources()
    {
        Assert.Equal(HttpStatusCode.Created, (await SendAsync("POST", "devices", Camera)).Status);
        var (_, read, etag) = await SendAsync("GET", "devices/fact-cam-1");
        Assert.Equal("EP 07/b", (string?)read!["assetNumber"]);
        Assert.Equal("""{"type":"Point","coordinates":[-122.3171,47.6148]}""", read["position"]!.ToJsonString());
        Assert.Equal("[90,270.5]", read["directions"]!.ToJsonString());
        Assert.Equal("inspection", (string?)read["sources"]!["position"]!["source"]);
        using var page = await City.Reader.GetAsync("/devices/fact-cam-1?lang=es", Cancellation);
        var html = await page.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("EP 07/b (fuente no indicada)", html);
        Assert.Contains("latitud 47.6148, longitud -122.3171 (visto en el lugar", html);

        const string Moved = """{"position":{"type":"Point","coordinates":[-122.3,47.6]},"removes":["coverage","mountingHeight"]}""";
        var (status, moved, _) = await SendAsync("PATCH", "devices/fact-cam-1", Moved, etag);
        Assert.Equal((HttpStatusCode.OK, "{}"), (status, moved!["sources"]!.ToJsonString()));
        Assert.Null(moved["coverage"]);
        Assert.Equal("2019-03", (string?)moved["installedOn"]);
    }

    [Theory]
    [InlineData("\"position\":{\"type\":\"Point\",\"coordinates\":[47.6,-122.3]}", "position")]
    [InlineData("\"coverage\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}", "coverage")]
    [InlineData("\"vendor\":\"Jane Doe\"", "vendor")]
    [InlineData("\"sources\":{\"owner\":{\"source\":\"inspection\",\"confidence\":\"sourced\"}}", "sources.owner")]
    [InlineData("\"removes\":[\"place\"]", "removes")]
    public async Task A_wrong_fact_is_refused_where_it_stands(string member, string where)
    {
        var body =
            """{"id":"fact-cam-2","kind":"facility-camera","sensors":["video"],"place":"east-precinct-lobby","department":"police","""
            + member
            + "}";
        var (status, problem, _) = await SendAsync("POST", "devices", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(where, (string?)problem!["errors"]![0]!["where"]);
    }

    [Fact]
    public async Task A_mobile_device_takes_no_position_and_its_answer_has_no_member_for_one()
    {
        const string Unit = """{"id":"fact-unit-1","kind":"body-worn","sensors":["video"],"fleet":"patrol","department":"police" """;
        var position = Unit + ""","position":{"type":"Point","coordinates":[-122.3,47.6]}}""";
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/invalid"), await ProblemAsync("POST", "devices", position));
        var (status, registered, _) = await SendAsync("POST", "devices", Unit + ""","assetNumber":"B-1"}""");
        Assert.Equal((HttpStatusCode.Created, "B-1"), (status, (string?)registered!["assetNumber"]));
        var (_, read, _) = await SendAsync("GET", "devices/fact-unit-1");
        foreach (var member in (string[])["position", "directions", "coverage", "mountingHeight"])
            Assert.False(registered.AsObject().ContainsKey(member) || read!.AsObject().ContainsKey(member), member);
    }

    [Fact]
    public async Task A_vendor_and_its_models_come_from_lists_that_a_clerk_extends()
    {
        const string Model = """{"list":"models","name":"P1455-LE","of":"Axis","reason":"Bought."}""";
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/invalid"), await ProblemAsync("POST", "names", Model));
        Assert.Equal(HttpStatusCode.Created, (await SendAsync("POST", "names", """{"list":"vendors","name":"Axis"}""")).Status);
        Assert.Equal(HttpStatusCode.Created, (await SendAsync("POST", "names", Model)).Status);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/taken"), await ProblemAsync("POST", "names", Model));
        const string Camera =
            """{"id":"fact-cam-3","kind":"facility-camera","sensors":["video"],"place":"east-precinct-lobby","department":"police","""
            + """ "vendor":"Axis","model":"P1455-LE"}""";
        Assert.Equal(HttpStatusCode.Created, (await SendAsync("POST", "devices", Camera)).Status);
        Assert.Equal(2, ((await SendAsync("GET", "names")).Body!["items"] as JsonArray)!.Count);
    }

    [Fact]
    public async Task The_facts_of_a_device_are_answered_as_they_were_known_at_an_instant()
    {
        const string Device =
            """{"id":"fact-cam-4","kind":"facility-camera","sensors":["video"],"place":"east-precinct-lobby","department":"police","""
            + """ "assetNumber":"1"}""";
        Assert.Equal(HttpStatusCode.Created, (await SendAsync("POST", "devices", Device)).Status);
        var before = City.Time.GetUtcNow();
        City.Time.Advance(TimeSpan.FromSeconds(1));
        var (_, _, etag) = await SendAsync("GET", "devices/fact-cam-4");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("PATCH", "devices/fact-cam-4", """{"assetNumber":"2"}""", etag)).Status);
        var path = $"devices/fact-cam-4?knownAt={before:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}";
        Assert.Equal("1", (string?)(await SendAsync("GET", path)).Body!["assetNumber"]);
        Assert.Equal("2", (string?)(await SendAsync("GET", "devices/fact-cam-4")).Body!["assetNumber"]);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "devices/fact-cam-4?knownAt=2026-01-01T00:00:00Z")).Status);
    }
}

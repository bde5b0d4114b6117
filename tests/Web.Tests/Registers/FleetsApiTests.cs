using System.Net;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Web.Tests.Devices;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Registers;

/// <summary>The register of fleets, for programs.</summary>
public sealed class FleetsApiTests(StaffedCity staffed) : DeviceClerkApiTestBase(staffed)
{
    private const string Spare =
        """{"id":"api-spare","name":"Spare cars","department":"police","places":["harbor-bridge"],"reason":"New."}""";

    [Fact]
    public async Task A_fleet_is_added_moved_retired_and_brought_back_with_its_current_version()
    {
        var (status, added, etag) = await SendAsync("POST", "fleets", Spare);
        Assert.Equal((HttpStatusCode.Created, "\"1\"", "[\"harbor-bridge\"]"), (status, etag, added!["places"]!.ToJsonString()));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/taken"), await ProblemAsync("POST", "fleets", Spare));
        var fleet = await City.Json("/api/v1/fleets/api-spare");
        Assert.Equal(("Spare cars", "police", 1), ((string?)fleet["name"], (string?)fleet["department"], (int)fleet["version"]!));
        Assert.Equal(
            """{"id":"api-spare","kind":null,"technology":null,"department":null,"units":null}""",
            Assert.Single(fleet["kinds"]!.AsArray())!.ToJsonString()
        );

        const string Moved = """{"places":[],"reason":"Away."}""";
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await ProblemAsync("PATCH", "fleets/api-spare", Moved)).Item1);
        var (_, moved, next) = await SendAsync("PATCH", "fleets/api-spare", Moved, etag);
        Assert.Equal(("Spare cars", "[]", "\"2\""), ((string?)moved!["name"], moved["places"]!.ToJsonString(), next));
        await SendAsync("PATCH", "fleets/api-spare", """{"retired":true,"reason":"Sold."}""", next);
        Assert.Equal((HttpStatusCode.Gone, "/problems/gone"), await ProblemAsync("GET", "fleets/api-spare", ""));
        Assert.DoesNotContain("api-spare", (await City.Json("/api/v1/fleets")).ToJsonString());
        var (_, _, gone) = await SendAsync("GET", "fleets/api-spare");
        await SendAsync("PATCH", "fleets/api-spare", """{"retired":false,"reason":"Bought again."}""", gone);
        Assert.Equal(
            ["1 false New.", "2 false Away.", "3 true Sold.", "4 false Bought again."],
            (await City.Json("/api/v1/fleets/api-spare/history"))["items"]!
                .AsArray()
                .Select(version => $"{version!["version"]} {version["retired"]} {version["reason"]}")
        );
    }

    [Fact]
    public async Task A_fleet_is_answered_as_of_one_time_and_as_known_at_another()
    {
        await SendAsync("POST", "fleets", Spare.Replace("api-spare", "dated-spare", StringComparison.Ordinal));
        var known = City.Time.GetUtcNow();
        City.Time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync("PATCH", "fleets/dated-spare", """{"places":[],"since":"2026-11-20","reason":"Wrong."}""", "\"1\"");
        var at = LedgerEntry.FormatTime(known);
        Assert.Equal("[]", await PlacesAsync($"?asOf={at}"));
        Assert.Equal("[\"harbor-bridge\"]", await PlacesAsync($"?asOf={at}&knownAt={at}"));
        Assert.DoesNotContain("dated-spare", await BridgeAsync($"?asOf={at}"));
        Assert.Contains("dated-spare", await BridgeAsync($"?asOf={at}&knownAt={at}"));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "fleets/dated-spare?asOf=2026-11-19")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "fleets?asOf=2026-10-31")).Status);

        async Task<string> PlacesAsync(string query) => (await City.Json("/api/v1/fleets/dated-spare" + query))["places"]!.ToJsonString();

        async Task<string> BridgeAsync(string query) => (await City.Json("/api/v1/places/harbor-bridge" + query))["fleets"]!.ToJsonString();
    }

    [Theory]
    [InlineData("""{"id":"wrong","department":"parks","reason":"why"}""", "department")]
    [InlineData("""{"id":"wrong","reason":"why"}""", "department")]
    [InlineData("""{"id":"Wrong One","department":"police","reason":"why"}""", "id")]
    [InlineData("""{"id":"wrong","department":"police","places":["gate","gate"],"reason":"why"}""", "places")]
    [InlineData("""{"id":"wrong","department":"police"}""", "reason")]
    public async Task A_wrong_fleet_is_refused_where_it_is_wrong(string body, string where)
    {
        var (status, problem, _) = await SendAsync("POST", "fleets", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(where, problem!["errors"]!.AsArray().Select(refusal => (string?)refusal!["where"]));
    }

    [Fact]
    public async Task Every_fleet_that_a_place_names_has_an_item_also_when_its_last_device_is_gone()
    {
        await using var own = new SampleCity();
        await own.InitializeAsync();
        var register = own.Part<IDeviceRegister>();
        foreach (var device in own.Opening.Devices.Where(device => device.Fleet == "in-car-east"))
        {
            var removed = device with { Lifecycle = Lifecycle.Removed };
            var done = await register.ChangeAsync(removed, 1, new Attribution("device-clerk"), "", own.Time.GetUtcNow(), Cancellation);
            Assert.True(done.IsDone);
        }

        own.Time.Advance(TimeSpan.FromHours(2));
        var places = (await own.Json("/api/v1/places"))["items"]!.AsArray();
        var named = places.SelectMany(place => place!["fleets"]!.AsArray()).Select(fleet => (string)fleet!).Distinct().ToArray();
        Assert.Contains("in-car-east", named);
        foreach (var fleet in named)
            Assert.NotEmpty((await own.Json("/api/v1/fleets/" + fleet))["kinds"]!.AsArray());
        var gone = Assert.Single((await own.Json("/api/v1/fleets/in-car-east"))["kinds"]!.AsArray())!;
        Assert.Equal(("in-car-video", null, null), ((string?)gone["technology"], (JsonNode?)gone["kind"], (JsonNode?)gone["units"]));
        Assert.Contains(
            "No device of this fleet was registered at that time.",
            await own.Reader.GetStringAsync("/fleets/in-car-east", Cancellation),
            StringComparison.Ordinal
        );
    }
}

using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Api;

/// <summary>The HTTP API in the shapes of its contract.</summary>
public sealed class PublicApiTests(SampleCity city)
{
    [Fact]
    public async Task The_governance_table_has_the_members_of_the_contract()
    {
        var table = await city.Json("/api/v1/governance?asOf=2026-03-31");
        Assert.Equal("2026-03-31", (string?)table["asOf"]);
        Assert.EndsWith("Z", (string?)table["knownAt"]);
        var row = Row(table, "alpr", "spd-manual-16.170");
        Assert.Equal("""{"id":"alpr","name":"Automatic License Plate Readers"}""", row["technology"]!.ToJsonString());
        Assert.Equal(
            ("manual-chapter", "SPD Manual 16.170"),
            ((string?)row["instrument"]!["kind"], (string?)row["instrument"]!["citation"])
        );
        Assert.Equal("in-force", (string?)row["status"]);
        Assert.Equal(
            ("2019-02-01", "day", "open"),
            ((string?)row["effective"]!["from"], (string?)row["effective"]!["fromPrecision"], (string?)row["effective"]!["toPrecision"])
        );
        Assert.Null(row["effective"]!["to"]);
        Assert.Equal(["stills", "plates"], row["capture"]!.AsArray().Select(capture => (string)capture!));
        Assert.Equal(
            ("limit", 90, "patrol reads"),
            ((string?)row["retention"]![0]!["bound"], (int?)row["retention"]![0]!["days"], (string?)row["retention"]![0]!["dataClass"])
        );
        Assert.Equal("not-known", (string?)row["recordsAccess"]!["access"]);
        Assert.Equal(["laws-2026-ch-239"], row["disagreesWith"]!.AsArray().Select(id => (string)id!));
        Assert.Equal("sourced", (string?)row["source"]!["confidence"]);
        Assert.True((int?)row["version"] >= 1);
    }

    [Theory]
    [InlineData("2013-04-15", "surveillance-equipment", "smc-14.18", "adopted", "possible")]
    [InlineData("2013-04-15", "alpr", "spd-manual-16.170", "not-known", "possible")]
    [InlineData("2018-11-04", "surveillance-equipment", "smc-14.18", "in-force", "certain")]
    [InlineData("2020-10-01", "body-worn-video", "spd-manual-16.091", "superseded", "certain")]
    public async Task The_governance_table_has_status_and_certainty_of_a_day(
        string day,
        string technology,
        string instrument,
        string status,
        string certainty
    )
    {
        var row = Row(await city.Json($"/api/v1/governance?asOf={day}"), technology, instrument);
        Assert.Equal((status, certainty), ((string?)row["status"], (string?)row["certainty"]));
    }

    [Fact]
    public async Task The_scheduled_filter_finds_an_upcoming_version_of_a_rule_in_force()
    {
        var table = await city.Json("/api/v1/governance?asOf=2017-08-31&status=scheduled");
        Assert.Equal("2017-09-01", (string?)Row(table, "surveillance-equipment", "smc-14.18")["effective"]!["from"]);
        Assert.All(table["rows"]!.AsArray(), row => Assert.Equal("scheduled", (string?)row!["status"]));
    }

    [Theory]
    [InlineData("/api/v1/governance?asOf=2026-13-01", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/governance?status=sleeping", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/places/east-precinct-lobby/notice?at=noon", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/devices?presence=asleep", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/devices?exceeds=perhaps", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/devices?kind=toaster", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/devices?technology=telepathy", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/devices?place=nowhere", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/devices?after=%00", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/devices?asOf=yesterday", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/devices?asOf=2026-03-31", 400, "/problems/only-today")]
    [InlineData("/api/v1/devices?knownAt=2026-03-31T00:00:00Z", 400, "/problems/only-today")]
    [InlineData("/api/v1/devices/east-precinct-lobby-1?knownAt=2099-03-31T00:00:00Z", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/places?asOf=2026-03-31", 404, "/problems/not-found")]
    [InlineData("/api/v1/places/east-precinct-lobby?asOf=2026-03-31", 404, "/problems/not-found")]
    [InlineData("/api/v1/kiosks?asOf=2026-11-24", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/kiosks/kiosk-east-precinct-lobby?asOf=2026-03-31", 404, "/problems/not-found")]
    [InlineData("/api/v1/devices?limit=0", 400, "/problems/bad-parameter")]
    [InlineData("/api/v1/instruments/spd-manual-99.999", 404, "/problems/not-found")]
    [InlineData("/api/v1/technologies/periscope", 404, "/problems/not-found")]
    [InlineData("/api/v1/places/nowhere", 404, "/problems/not-found")]
    [InlineData("/api/v1/devices/nothing", 404, "/problems/not-found")]
    [InlineData("/api/v1/kiosks/nowhere", 404, "/problems/not-found")]
    [InlineData("/kiosks/nowhere/notice", 404, "/problems/not-found")]
    public async Task An_invalid_request_is_answered_with_a_problem_of_a_stable_type(string address, int status, string type)
    {
        using var answer = await city.Reader.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var problem = await city.Json(address, (HttpStatusCode)status);
        Assert.Equal((type, status), ((string?)problem["type"], (int?)problem["status"]));
        Assert.NotEmpty((string)problem["detail"]!);
    }

    [Theory]
    [InlineData("places", 24)]
    [InlineData("devices", 140)]
    [InlineData("kiosks", 21)]
    [InlineData("technologies", 22)]
    [InlineData("devices?asOf=2026-11-23", 140)]
    [InlineData("devices?place=harbor-bridge", 3)]
    [InlineData("devices?kind=red-light-camera", 14)]
    [InlineData("devices?technology=alpr", 6)]
    public async Task Every_collection_has_items_and_next(string collection, int count)
    {
        var list = await city.Json("/api/v1/" + collection);
        Assert.Equal(["items", "next"], list.AsObject().Select(member => member.Key));
        Assert.Null(list["next"]);
        Assert.Equal(count, list["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("kiosks")]
    [InlineData("fleets")]
    [InlineData("places")]
    [InlineData("instruments")]
    public async Task A_collection_is_read_page_by_page(string collection)
    {
        var whole = (await city.Json("/api/v1/" + collection))["items"]!.AsArray().Select(item => item!.ToJsonString()).ToArray();
        var pages = new List<string>();
        string? after = "";
        while (after is not null)
        {
            var page = await city.Json($"/api/v1/{collection}?limit=5&after={after}");
            pages.AddRange(page["items"]!.AsArray().Select(item => item!.ToJsonString()));
            after = (string?)page["next"];
        }

        Assert.True(whole.Length > 5);
        Assert.Equal(whole, pages);
    }

    [Fact]
    public async Task Devices_are_filtered_by_their_current_state_page_by_page()
    {
        await using var own = new SampleCity(); // Its own: the session of a camera ends in it.
        await own.InitializeAsync();
        await own.MakesItsFirstRound(); // Computes the expected state of each device.
        var (dead, listening) = ("city-hall-lobby-1", "east-precinct-holding-1");
        var device = (await own.Part<IDeviceRegister>().FindAsync(dead, TestContext.Current.CancellationToken))!;
        await own.Dies(device, SessionEnd.KeepAlive);
        await own.Hears(listening, default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Faces, Mode.Live));

        var found = Assert.Single((await own.Json("/api/v1/devices?presence=disconnected"))["items"]!.AsArray())!;
        Assert.Equal(
            (dead, "disconnected", "death", "keep-alive"),
            ((string?)found["id"], (string?)found["presence"], (string?)found["evidence"], (string?)found["sessionEnd"])
        );
        Assert.Contains(listening, Ids(await own.Json("/api/v1/devices?exceeds=true&presence=online,late")));
        Assert.DoesNotContain(listening, Ids(await own.Json("/api/v1/devices?exceeds=false")));
        Assert.Equal(140, await CountAsync("exceeds=true") + await CountAsync("exceeds=false"));
        Assert.Empty(Ids(await own.Json("/api/v1/devices?kind=body-worn&presence=unknown,online"))); // Mobile devices are in no list.

        var whole = Ids(await own.Json("/api/v1/devices?presence=online,unknown,disconnected"));
        Assert.Equal(140, whole.Length);
        var pages = new List<string>();
        for (string? next = ""; next is not null; next = (string?)(await PageAsync(next))["next"])
            pages.AddRange(Ids(await PageAsync(next)));
        Assert.Equal(whole, pages);

        async Task<int> CountAsync(string query) => Ids(await own.Json("/api/v1/devices?" + query)).Length;
        Task<JsonNode> PageAsync(string after) => own.Json($"/api/v1/devices?presence=online,unknown,disconnected&limit=47&after={after}");
        static string[] Ids(JsonNode list) => [.. list["items"]!.AsArray().Select(device => (string)device!["id"]!)];
    }

    [Fact]
    public async Task The_public_API_shows_no_mobile_device()
    {
        var mobile = city.Opening.Devices.Where(device => device.KindOf.IsMobile).ToArray();
        Assert.NotEmpty(mobile);
        Assert.DoesNotContain("body-worn", (await city.Json("/api/v1/devices"))["items"]!.ToJsonString());
        await city.Json($"/api/v1/devices/{mobile[0].Id}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_device_has_the_rules_that_govern_it()
    {
        var device = await city.Json("/api/v1/devices/east-precinct-holding-1");
        Assert.Equal(
            ("holding-cell-camera", "holding-cell-camera", "police", "active", "online"),
            (
                (string?)device["kind"],
                (string?)device["technology"],
                (string?)device["department"],
                (string?)device["lifecycle"],
                (string?)device["presence"]
            )
        );
        Assert.Equal("""{"video":"recorded"}""", device["capture"]!.ToJsonString());
        Assert.Contains("spd-manual-10.060", device["governedBy"]!.ToJsonString());
    }

    [Fact]
    public async Task The_notice_of_a_place_verifies_with_the_published_key()
    {
        var answer = await city.Json("/api/v1/places/harbor-bridge/notice");
        var key = (await city.Json("/.well-known/jwks.json"))["keys"]![0]!;
        using var ecdsa = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new() { X = Decoded(key["x"]), Y = Decoded(key["y"]) },
            }
        );
        var jws = answer["notice"]!;
        Assert.True(
            ecdsa.VerifyData(
                Encoding.ASCII.GetBytes($"{jws["protected"]}.{jws["payload"]}"),
                Decoded(jws["signature"]),
                HashAlgorithmName.SHA256,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation
            )
        );
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Decoded(jws["payload"]))), (string?)answer["hash"]);
        Assert.Equal((string?)key["kid"], (string?)JsonNode.Parse(Decoded(jws["protected"]))!["kid"]);

        static byte[] Decoded(JsonNode? text) => Base64Url.DecodeFromChars((string)text!);
    }

    [Fact]
    public async Task The_event_stream_hints_at_a_change_without_its_content()
    {
        using var stream = await city
            .Reader.GetStreamAsync("/kiosks/kiosk-city-hall-lobby/changes", TestContext.Current.CancellationToken)
            .ContinueWith(open => new StreamReader(open.Result), TestContext.Current.CancellationToken);
        Assert.Equal("event: hello", await stream.ReadLineAsync(TestContext.Current.CancellationToken));
        await stream.ReadLineAsync(TestContext.Current.CancellationToken);
        await stream.ReadLineAsync(TestContext.Current.CancellationToken);
        foreach (var device in city.Opening.Devices.Where(device => device.Place == "city-hall-lobby"))
            await city.Hears(device.Id, default(CaptureReport).With(Capture.Video, Mode.Live));
        Assert.Equal("event: changed", await stream.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: changed", await stream.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_registry_is_not_ready_before_its_first_wake_up_pass()
    {
        Assert.Equal("/problems/not-ready", (string?)(await city.Json("/health/ready", HttpStatusCode.ServiceUnavailable))["type"]);
        await city.MakesItsFirstRound();
        Assert.Equal(HttpStatusCode.OK, (await city.Reader.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await city.Reader.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode);
        Assert.NotNull((await city.Json("/version"))["version"]);
    }

    private static JsonNode Row(JsonNode table, string technology, string instrument) =>
        table["rows"]!
            .AsArray()
            .Single(row => (string?)row!["technology"]!["id"] == technology && (string?)row["instrument"]!["id"] == instrument)!;
}
